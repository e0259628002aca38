"""From raw batch to release: the recipe, the draft that carries it through the desk, the builds and every step taken."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .batches import RawBatch
from .desk_work import OPEN_WORK, DeskWork
from .registry import Dataset
from .states import DraftState, ReleaseClass, Statement
from .versions import DatasetVersion

HAS_VERSION = (DraftState.RELEASED.value, DraftState.WITHDRAWN.value)


class Recipe(models.Model):
    """What is done with every column, as data. A build freezes the draft's recipe into such a row; never changed."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="recipes")
    number = models.PositiveSmallIntegerField()
    document = models.JSONField(help_text="docs/reference/recipe.schema.json, or {} where no person is described.")
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "number"],
                name="recipe_number_once",
                violation_error_message=_("This dataset has a recipe with this number already."),
            ),
            models.UniqueConstraint(
                fields=["dataset", "sha256"],
                name="recipe_content_once",
                violation_error_message=_("This dataset has the same recipe already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dataset_id} recipe {self.number}"


class Draft(models.Model):
    """A release in the making: one batch, one recipe, the words around them, and where they stand.

    `revision` grows with every change; whoever changes names the revision that they saw, so that two stewards
    never overwrite each other unseen.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="drafts")
    number = models.PositiveSmallIntegerField()
    batch = models.ForeignKey(RawBatch, on_delete=models.PROTECT, related_name="drafts")
    population = models.ForeignKey(
        RawBatch,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="A table of everybody that the batch is drawn from, for k-map, δ-presence and journalist risk.",
    )
    state = models.CharField(max_length=10, choices=DraftState.choices, default=DraftState.DRAFT)
    revision = models.PositiveIntegerField(default=1)
    release_class = models.CharField(max_length=10, choices=ReleaseClass.choices, default=ReleaseClass.LAB)
    statement = models.CharField(max_length=16, choices=Statement.choices, default=Statement.DEIDENTIFIED)
    document = models.JSONField(default=dict, help_text="The recipe as it is being written; {} for NO_PERSONS.")
    reason = models.TextField(blank=True, help_text="Why the data tells of no person, or why it counts as anonymized.")
    reason_en = models.TextField(blank=True)
    dictionary = models.JSONField(default=dict, help_text="{table/column: {description, description_en}}")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.OneToOneField(
        DatasetVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="draft"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "number"],
                name="draft_number_once",
                violation_error_message=_("This dataset has a draft with this number already."),
            ),
            models.CheckConstraint(
                condition=Q(version__isnull=False, state__in=HAS_VERSION)
                | (Q(version__isnull=True) & ~Q(state__in=HAS_VERSION)),
                name="draft_released_has_version",
                violation_error_message=_("Only a released draft has a version."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dataset_id} draft {self.number}"

    @property
    def is_editable(self) -> bool:
        """Whether its recipe and words may change."""
        return self.state == DraftState.DRAFT

    @property
    def is_without_persons(self) -> bool:
        """Whether it is released as delivered, because nobody is described."""
        return self.statement == Statement.NO_PERSONS


class Build(DeskWork):
    """Making the release that a draft's recipe describes, outside every place that a lab can see."""

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="builds")
    draft_revision = models.PositiveIntegerField(help_text="The draft that was built; a later change makes it stale.")
    recipe = models.ForeignKey(Recipe, on_delete=models.PROTECT, related_name="builds")
    population = models.ForeignKey(RawBatch, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    engine = models.CharField(max_length=40, blank=True, help_text="Version of the engine.")
    numbers = models.JSONField(default=dict, help_text="The engine's report: before, after, levels, losses.")
    findings = models.JSONField(default=list, help_text="[{check, severity, column, row, message_zh, message_en}]")
    files = models.JSONField(default=list, help_text="[{name, sha256, bytes}] of what would be released.")
    columns = models.JSONField(default=list, help_text="[{name, type, description, description_en}]")
    rows = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, help_text="Digest over names and digests of the files.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["draft"],
                condition=OPEN_WORK,
                name="one_open_build_per_draft",
                violation_error_message=_("This draft is being built already. Wait until it is done."),
            )
        ]

    def __str__(self) -> str:
        return f"build of draft {self.draft_id}"

    @property
    def stops(self) -> list[dict[str, object]]:
        """Findings that forbid the release."""
        return [finding for finding in self.findings if finding.get("severity") == "stop"]

    @property
    def folder(self) -> str:
        """Where its output lies, below the raw folder."""
        return f"builds/{self.uuid}"


class AcceptedFinding(models.Model):
    """A finding of the build that the privacy officer answers for, with the reason. Never changed.

    It is no part of the draft: a steward cannot write it, and an officer who wrote it may still sign.
    """

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="accepted_findings")
    check_name = models.CharField(max_length=40, help_text="Check of the engine, such as identifying_column.")
    column = models.CharField(max_length=200)
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["draft", "check_name", "column"],
                name="finding_accepted_once",
                violation_error_message=_("This finding is accepted already."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="finding_accepted_with_reason",
                violation_error_message=_("Give the reason for accepting the finding."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.check_name} of {self.column}"


class DraftEvent(models.Model):
    """One step of a draft, with who, when and why. Never changed."""

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="events")
    from_state = models.CharField(max_length=10, choices=DraftState.choices, blank=True)
    to_state = models.CharField(max_length=10, choices=DraftState.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    details = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.draft_id}: {self.from_state} → {self.to_state}"
