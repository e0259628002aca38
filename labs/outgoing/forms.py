"""Forms of outgoing files."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import OutgoingRule, Rule
from .wording import RULES


class AskForm(forms.Form):
    """Why a held file is needed."""

    reason = forms.CharField(
        label=_("What you need the file for"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("The reviewer reads this, sees the file, and answers with a reason."),
    )


class DecisionForm(forms.Form):
    """What a reviewer says."""

    reason = forms.CharField(
        label=_("Reason for the decision"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("The trainee reads it."),
    )


class RuleForm(forms.Form):
    """The rule of a dataset."""

    rule = forms.ChoiceField(label=_("Rule"), choices=[(rule, RULES[rule]) for rule in Rule], widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Reason for the rule"), max_length=300)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, current: OutgoingRule | None, **kwargs: Any) -> None:
        initial = {"rule": current.rule if current else Rule.SCANNED, "seen": current.pk if current else None}
        super().__init__(*args, **{**kwargs, "initial": initial})
