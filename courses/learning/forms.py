"""What pages of lessons send."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .lists import LONGEST_LIST, ListLine, read_list


class BeatForm(forms.Form):
    """Still reading: in which run, at which block; and whether the page goes out of sight."""

    run = forms.SlugField(max_length=60)
    block = forms.UUIDField(required=False)
    is_left = forms.BooleanField(required=False)


class CompletionForm(forms.Form):
    """I have finished this lesson: in which run, and where to go on."""

    run = forms.SlugField(max_length=60)
    next = forms.CharField(max_length=300, required=False)


class ListForm(forms.Form):
    """Whom to enroll."""

    people = forms.CharField(
        label=_("Login names or staff list"),
        help_text=_(
            "One person a line. The login name may stand alone or among other columns, as copied from a spreadsheet."
        ),
        widget=forms.Textarea(attrs={"rows": 10, "autocomplete": "off", "spellcheck": "false"}),
        max_length=60_000,
    )

    def clean_people(self) -> list[ListLine]:
        """Return the lines of the list."""
        lines = read_list(self.cleaned_data["people"])
        if len(lines) > LONGEST_LIST:
            message: Any = _("The list has more than %(most)d people. Split it.")
            raise forms.ValidationError(message % {"most": LONGEST_LIST})
        return lines
