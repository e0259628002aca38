"""Pages of the site that are not courses."""

from __future__ import annotations

from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page


class HomePage(Page):
    """The front page."""

    introduction = models.TextField(blank=True)
    content_panels = [*Page.content_panels, FieldPanel("introduction")]
