"""The words of the field, explained once and shown wherever they stand."""

from __future__ import annotations

import uuid

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import DraftStateMixin, LockableMixin, RevisionMixin, WorkflowMixin


class GlossaryTerm(WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, models.Model):
    """A term with its meaning and where the meaning comes from, in Chinese and English."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    term = models.CharField(_("term"), max_length=60, unique=True)
    term_en = models.CharField(_("term in English"), max_length=80, blank=True)
    definition = models.TextField(_("meaning"), max_length=600)
    definition_en = models.TextField(_("meaning in English"), max_length=900, blank=True)
    source = models.CharField(_("source"), max_length=200, help_text=_("Policy or standard that defines it."))
    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="term",
        for_concrete_model=False,
    )
    revisions = GenericRelation(
        "wagtailcore.Revision",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="term",
        for_concrete_model=False,
    )

    panels = [
        FieldPanel("term"),
        FieldPanel("term_en"),
        FieldPanel("definition"),
        FieldPanel("definition_en"),
        FieldPanel("source"),
    ]

    class Meta:
        verbose_name = _("glossary term")
        verbose_name_plural = _("glossary terms")

    def __str__(self) -> str:
        return self.term

    @property
    def anchor(self) -> str:
        """Its place on the glossary's page."""
        return f"term-{self.uuid.hex[:12]}"

    def get_absolute_url(self) -> str:
        """Its place in the glossary."""
        return f"/policies/glossary/#{self.anchor}"
