"""Wagtail pages that present courses and lessons, one per language. They are made with their rows, never by hand."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from portal.pages.blocks import BodyBlock
from portal.pages.fields import MigrationFriendlyStreamField

from .blocks import LessonBlock


class CourseIndexPage(Page):
    """The course catalog."""

    introduction = models.TextField(_("introduction"), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    max_count_per_parent = 1
    parent_page_types = ["pages.HomePage"]
    subpage_types = ["catalog.CoursePage", "partners.PartnerPage"]

    class Meta:
        verbose_name = _("course catalog")
        verbose_name_plural = _("course catalogs")


class CoursePage(Page):
    """A course as the reader sees it, in one language."""

    course = models.ForeignKey("catalog.Course", on_delete=models.PROTECT, related_name="pages")
    audience = models.CharField(_("for whom"), max_length=160, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    body = MigrationFriendlyStreamField(BodyBlock(), blank=True, verbose_name=_("body"))

    content_panels = [*Page.content_panels, FieldPanel("audience"), FieldPanel("summary"), FieldPanel("body")]
    served_with = ("course__program__partner",)
    is_creatable = False
    parent_page_types = ["catalog.CourseIndexPage", "partners.PartnerPage"]
    subpage_types = ["catalog.LessonPage"]

    class Meta:
        verbose_name = _("course page")
        verbose_name_plural = _("course pages")


class LessonPage(Page):
    """A lesson as the reader sees it, in one language."""

    lesson = models.ForeignKey("catalog.Lesson", on_delete=models.PROTECT, related_name="pages")
    summary = models.TextField(_("summary"), blank=True)
    body = MigrationFriendlyStreamField(LessonBlock(), blank=True, verbose_name=_("body"))

    content_panels = [*Page.content_panels, FieldPanel("summary"), FieldPanel("body")]
    served_with = ("lesson__course",)
    is_creatable = False
    parent_page_types = ["catalog.CoursePage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("lesson page")
        verbose_name_plural = _("lesson pages")
