"""The filters of the roster. Only places in the reader's own scope can be chosen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.certification.models import Certification
from portal.organizations.models import Organization

from .enums import CertificateState


class RosterForm(forms.Form):
    """Place, certification, state and text; all optional."""

    q = forms.CharField(label=_("Name or login name"), max_length=80, required=False)
    place = forms.ChoiceField(label=_("Region or unit"), required=False)
    certification = forms.ChoiceField(label=_("Certification"), required=False)
    state = forms.ChoiceField(label=_("Certificate"), required=False)
    days = forms.IntegerField(
        label=_("Expires within days"),
        min_value=1,
        max_value=3650,
        required=False,
        error_messages={
            "invalid": _("Give a whole number of days."),
            "min_value": _("At least 1 day."),
            "max_value": _("At most 3650 days."),
        },
    )
    closed = forms.BooleanField(label=_("With deactivated people"), required=False)

    def __init__(
        self, data: Any, *, organizations: Iterable[Organization], certifications: Iterable[Certification]
    ) -> None:
        super().__init__(data)
        units = sorted(organizations, key=lambda unit: (unit.region.code, unit.path))
        regions = {unit.region.code: unit.region.name for unit in units}
        self._choose(
            "place",
            [
                ("", _("All")),
                (_("Regions"), [(f"region:{code}", name) for code, name in regions.items()]),
                (_("Units"), [(f"unit:{unit.uuid}", unit.name) for unit in units]),
            ],
        )
        self._choose("certification", [("", _("All")), *((one.code, one.name) for one in certifications)])
        self._choose("state", [("", _("All")), *CertificateState.choices])

    def clean(self) -> dict[str, Any]:
        """Days belong to certificates that hold: with any other state nobody could fit."""
        cleaned = super().clean() or {}
        holding = ("", CertificateState.VALID.value, CertificateState.EXPIRING.value)
        if cleaned.get("days") and cleaned.get("state", "") not in holding:
            self.add_error("days", _("Only valid certificates expire. Choose another state, or leave the days out."))
        return cleaned

    def _choose(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
