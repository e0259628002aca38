"""Forms of certification. They check what was typed; the rules are in the actions."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class LookupForm(forms.Form):
    """What stands on a printed certificate."""

    serial = forms.CharField(
        label=_("Certificate number"),
        max_length=40,
        help_text=_("As printed at the lower left, for example ZHZL-2026-000001."),
    )
    name = forms.CharField(label=_("Name of the holder"), max_length=80, help_text=_("The full name as printed."))

    def clean_serial(self) -> str:
        """One form for blanks and letter case."""
        return "".join(str(self.cleaned_data["serial"]).split()).upper()


class ReasonForm(forms.Form):
    """Why an award is revoked or replaced; the holder reads it and it is kept."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The holder will read this. It is kept for good."),
    )  # fmt: skip
