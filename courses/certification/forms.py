"""Forms of certification. They check what was typed; the rules are in the actions."""

from __future__ import annotations

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from portal.writing import code_form

SERIAL = re.compile(r"([A-Z][A-Z0-9]*)-?(\d{4})-?(\d{6})")
"""Code, year and number; dashes are easily lost."""
CODE = re.compile(r"[A-Z][A-Z0-9]{1,19}")


class LookupForm(forms.Form):
    """What stands on a printed certificate."""

    serial = forms.CharField(
        label=_("Certificate number"),
        max_length=40,
        help_text=_("As printed at the lower left, for example ZHZL-2026-000000."),
        error_messages={"required": _("Type the certificate number that is printed at the lower left.")},
    )
    name = forms.CharField(
        label=_("Name of the holder"),
        max_length=80,
        help_text=_("The full name as printed."),
        error_messages={
            "required": _("Type the full name of the holder as it is printed; the number alone finds no certificate.")
        },
    )

    def clean_serial(self) -> str:
        """One form for width, dashes, blanks and letter case; dashes may be left out."""
        typed = code_form(str(self.cleaned_data["serial"])).upper()
        parts = SERIAL.fullmatch(typed)
        return "-".join(parts.groups()) if parts else typed


class ReasonForm(forms.Form):
    """Why an award is revoked or replaced; the holder reads it and it is kept."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "The holder and everybody who verifies the certificate read this, for good: no numbers, no private matters."
        ),
    )


class CertificationForm(WagtailAdminModelForm):
    """A certification on the authors' screens."""

    def clean_code(self) -> str:
        """Refuse a code that is not plain or that changes: it is printed in every number."""
        code = code_form(str(self.cleaned_data["code"])).upper()
        if not CODE.fullmatch(code):
            raise ValidationError(_("Letters and digits, for example ZHZL."))
        before = self.initial.get("code")
        if self.instance.pk and before and code != before and self.instance.awards.exists():
            raise ValidationError(_("The code is part of numbers that were issued and stays as it is."))
        return code
