"""Marks and filters."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from courses.catalog.models import CourseRun

STATES = (
    ("", _("All")),
    ("needs_manual", _("Waiting for marks")),
    ("failed", _("Could not be graded")),
    ("waiting", _("Being graded")),
    ("graded", _("Graded")),
)


class MarkForm(forms.Form):
    """Points in steps of a hundredth and a comment for the trainee."""

    score = forms.DecimalField(label=_("Points"), min_value=Decimal(0), max_digits=6, decimal_places=2)
    comment = forms.CharField(
        label=_("Comment for the trainee"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def hundredths(self) -> int:
        """The points as the record keeps them."""
        return int(self.cleaned_data["score"] * 100)


class SubmissionFilter(forms.Form):
    """Which submissions an instructor looks at."""

    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)
    run = forms.ChoiceField(label=_("Run"), required=False)
    lab = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any], runs: QuerySet[CourseRun]) -> None:
        super().__init__(data)
        choices = [("", _("All")), *runs.order_by("-starts_at", "pk").values_list("code", "name")]
        self.fields["run"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
