"""States of a draft and how one follows from another; the diagram in docs/reference/data-desk.md is drawn from here."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy


class DraftState(models.TextChoices):
    """Where a draft stands on its way from raw data to a version that labs read."""

    DRAFT = "draft", pgettext_lazy("data desk", "Draft")
    ASSESSED = "assessed", pgettext_lazy("data desk", "Assessed")
    APPROVED = "approved", pgettext_lazy("data desk", "Approved")
    RELEASED = "released", pgettext_lazy("data desk", "Released")
    WITHDRAWN = "withdrawn", pgettext_lazy("data desk", "Withdrawn")


TRANSITIONS: dict[DraftState, dict[DraftState, str]] = {
    DraftState.DRAFT: {DraftState.ASSESSED: "finish_build"},
    DraftState.ASSESSED: {DraftState.APPROVED: "approve_draft", DraftState.DRAFT: "return_draft"},
    DraftState.APPROVED: {DraftState.RELEASED: "release_draft", DraftState.DRAFT: "return_draft"},
    DraftState.RELEASED: {DraftState.WITHDRAWN: "withdraw_version"},
    DraftState.WITHDRAWN: {},
}
"""From each state the states that may follow, with the action that leads there. Nothing else is possible."""


class ReleaseClass(models.TextChoices):
    """For whom a version is meant; each class asks for a smallest class size (`deidentification/recipe.py`, TIERS)."""

    LAB = "lab", pgettext_lazy("data desk", "Labs of this province")
    PARTNER = "partner", pgettext_lazy("data desk", "Partner universities")
    PUBLIC = "public", pgettext_lazy("data desk", "The public")


class Statement(models.TextChoices):
    """What the release claims to be, in the words of the Personal Information Protection Law, article 73."""

    NO_PERSONS = "no_persons", pgettext_lazy("data desk", "No personal information")
    DEIDENTIFIED = "deidentified", pgettext_lazy("data desk", "De-identified")
    ANONYMIZED = "anonymised", pgettext_lazy("data desk", "Anonymized")
