"""The dated texts of a policy and their clauses. Both are record: rows are added, never changed."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .works import PolicyWork


class PolicyExpressionQuerySet(models.QuerySet["PolicyExpression"]):
    """Filters and orders over texts."""

    def in_order(self) -> PolicyExpressionQuerySet:
        """Return the oldest first: by the day from which a text holds, then by its coming here."""
        return self.order_by(models.F("effective_date").asc(nulls_first=True), "pk")


class PolicyExpression(models.Model):
    """The wording of a policy from a day on, as it was taken from a source. A changed text is a new row."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    work = models.ForeignKey(PolicyWork, on_delete=models.PROTECT, related_name="expressions")
    version_date = models.DateField(_("version of"), null=True, blank=True, help_text="Day on which it was adopted.")
    effective_date = models.DateField(
        _("in force since"), null=True, blank=True, help_text="Day from which it is the text that holds."
    )
    language = models.CharField(max_length=10, default="zh-hans")
    source = models.CharField(_("source"), max_length=300)
    source_key = models.CharField(max_length=200, help_text="The importer's name for what it was read from.")
    sha256 = models.CharField(max_length=64, help_text="Of the clauses as kept here.")
    preamble = models.TextField(blank=True, help_text="What stands before the first clause.")
    history = models.JSONField(default=list, blank=True, help_text="Adoption and amendments, a line each.")
    clause_count = models.PositiveIntegerField(default=0)
    imported_at = models.DateTimeField()
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = PolicyExpressionQuerySet.as_manager()

    class Meta:
        verbose_name = _("policy text")
        verbose_name_plural = _("policy texts")
        constraints = [
            models.UniqueConstraint(
                fields=["work", "source_key", "sha256"],
                name="policy_text_once_per_source",
                violation_error_message=_("This text has been imported from this source already."),
            )
        ]
        indexes = [models.Index(fields=["work", "effective_date"], name="policy_text_by_date")]

    def __str__(self) -> str:
        return f"{self.work_id} {self.effective_date or self.version_date or ''}"


class ProvisionKind(models.TextChoices):
    """The ranks of a text's tree."""

    PART = "part", _("Part")
    CHAPTER = "chapter", _("Chapter")
    SECTION = "section", pgettext_lazy("law", "Section")
    ARTICLE = "article", _("Article")
    PARAGRAPH = "paragraph", pgettext_lazy("law", "Paragraph")
    ITEM = "item", pgettext_lazy("law", "Item")


class ProvisionQuerySet(models.QuerySet["Provision"]):
    """Filters over clauses."""

    def clauses(self) -> ProvisionQuerySet:
        """Return what people call a clause: articles, and the numbered paragraphs of documents without articles."""
        return self.filter(is_clause=True)


class Provision(models.Model):
    """A piece of a text: a part, chapter, section, article, paragraph or item, with an address for life.

    `eid` is the anchor within the text: `art-27`, a number that comes twice `art-3~2`, below it `art-27-p2-i1`.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    expression = models.ForeignKey(PolicyExpression, on_delete=models.PROTECT, related_name="provisions")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    kind = models.CharField(max_length=10, choices=ProvisionKind.choices)
    is_clause = models.BooleanField(default=False)
    order = models.PositiveIntegerField(help_text="Place in the whole text.")
    eid = models.CharField(max_length=60)
    number = models.CharField(max_length=40, help_text="As printed: 第二十七条.")
    heading = models.CharField(max_length=300, blank=True)
    path = models.CharField(max_length=400, blank=True, help_text="Titles above, as printed.")
    text = models.TextField(blank=True)
    text_sha256 = models.CharField(max_length=64, blank=True)
    source_id = models.CharField(max_length=60, blank=True, help_text="The importer's id of a clause.")

    objects = ProvisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("clause")
        verbose_name_plural = _("clauses")
        constraints = [
            models.UniqueConstraint(
                fields=["expression", "eid"],
                name="provision_eid_once_in_text",
                violation_error_message=_("Another clause of this text has this number."),
            )
        ]
        indexes = [
            models.Index(fields=["expression", "order"], name="provision_in_order"),
            models.Index(fields=["source_id"], condition=~Q(source_id=""), name="provision_by_source"),
        ]

    def __str__(self) -> str:
        return f"{self.number or self.eid} {self.heading or self.text[:40]}".strip()
