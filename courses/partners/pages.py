"""The page that presents a partner, one per language; the partner's course pages lie below it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from portal.pages.blocks import BodyBlock
from portal.pages.fields import MigrationFriendlyStreamField


class PartnerPage(Page):
    """A partner as the reader sees it. Made with the partner's row, never by hand."""

    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="pages")
    body = MigrationFriendlyStreamField(BodyBlock(), blank=True, verbose_name=_("body"))

    content_panels = [*Page.content_panels, FieldPanel("body")]
    served_with = ("partner",)
    is_creatable = False
    parent_page_types = ["catalog.CourseIndexPage"]
    subpage_types = ["catalog.CoursePage"]

    class Meta:
        verbose_name = _("partner page")
        verbose_name_plural = _("partner pages")
