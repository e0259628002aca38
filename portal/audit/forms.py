"""The auditor's filter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .queries import EventFilter
from .sentences import event_label


class EventFilterForm(forms.Form):
    """Who, what, words, from and to; every field may stay empty."""

    who = forms.CharField(label=_("Who"), required=False, max_length=80)
    what = forms.ChoiceField(label=_("What"), required=False)
    text = forms.CharField(label=_("Words in it"), required=False, max_length=80)
    first_date = forms.DateField(
        label=pgettext_lazy("date", "From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    last_date = forms.DateField(
        label=pgettext_lazy("date", "Until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, codes: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(code, event_label(code)) for code in codes]
        what = self.fields["what"]
        assert isinstance(what, forms.ChoiceField)
        what.choices = [("", _("Everything")), *sorted(choices, key=lambda choice: str(choice[1]))]

    def clean(self) -> dict[str, Any]:
        """Refuse a last day before the first: an empty list would be taken for the truth."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("first_date"), cleaned.get("last_date")
        if first and last and last < first:
            self.add_error("last_date", _("The last day must not lie before the first day."))
        return cleaned

    def chosen(self) -> EventFilter:
        """Return the filter; wrong values ask for nothing."""
        data = getattr(self, "cleaned_data", {}) if self.is_valid() or self.errors else {}
        return EventFilter(**{key: value for key, value in data.items() if value})
