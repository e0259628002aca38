"""Wagtail pages that present courses and lessons, one per language."""

from __future__ import annotations

from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page


class CourseIndexPage(Page):
    """The course catalogue."""

    introduction = models.TextField(blank=True)
    content_panels = [*Page.content_panels, FieldPanel("introduction")]


class CoursePage(Page):
    """A course as the reader sees it, in one language."""

    course = models.ForeignKey("catalog.Course", on_delete=models.PROTECT, related_name="pages")
    summary = models.TextField(blank=True)
    body = RichTextField(blank=True)
    content_panels = [*Page.content_panels, FieldPanel("course"), FieldPanel("summary"), FieldPanel("body")]


class LessonPage(Page):
    """A lesson as the reader sees it, in one language."""

    lesson = models.ForeignKey("catalog.Lesson", on_delete=models.PROTECT, related_name="pages")
    content_panels = [*Page.content_panels, FieldPanel("lesson")]
