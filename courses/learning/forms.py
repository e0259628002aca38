"""What pages of lessons send."""

from __future__ import annotations

from django import forms


class BeatForm(forms.Form):
    """Still reading: in which run, at which block."""

    run = forms.SlugField(max_length=60)
    block = forms.UUIDField(required=False)


class CompletionForm(forms.Form):
    """I have finished this lesson: in which run, and where to go on."""

    run = forms.SlugField(max_length=60)
    next = forms.CharField(max_length=300, required=False)
