"""Forms of requests for datasets."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from labs.datasets.models import Dataset, DatasetVersion
from labs.datasets.passports import usable_versions
from labs.datasets.queries import units_spoken_for
from portal.organizations.models import Organization
from portal.users.models import User


class AskForDataForm(forms.Form):
    """Which unit asks, what for, for which work and for how long."""

    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Organization.objects.none())
    purpose = forms.CharField(label=_("Purpose"), max_length=200)
    work = forms.CharField(
        label=_("The work it is for"),
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("A project, a course or an order, so that the owner can judge."),
    )
    start_date = forms.DateField(label=_("From"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    end_date = forms.DateField(
        label=_("Until"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The grant ends by itself after this day."),
    )

    def __init__(self, *args: Any, user: User, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = units_spoken_for(user, on)
        self.fields["start_date"].initial = on
        self.on = on

    def clean(self) -> dict[str, Any]:
        """Refuse a term that does not lie ahead or that ends before it begins."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("start_date"), cleaned.get("end_date")
        if first and last and last < max(first, self.on):
            self.add_error("end_date", _("The end must not lie before the start."))
        return cleaned


class AnswerForm(forms.Form):
    """Which version is granted, and why; without a version the request is refused."""

    version = forms.ModelChoiceField(
        label=_("Version"), queryset=DatasetVersion.objects.none(), required=False, empty_label=None
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Who asked reads it."),
    )

    def __init__(self, *args: Any, dataset: Dataset, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["version"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = usable_versions(on).filter(dataset=dataset).order_by("-number")
        field.initial = field.queryset.first()
