"""Marks and filters."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

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
    run = forms.CharField(label=_("Run"), required=False, max_length=60)
    lab = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
