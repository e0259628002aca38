"""What somebody asks a command-line token for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Scope


class TokenForm(forms.Form):
    """The kind of token; publishing is offered to who teaches."""

    scope = forms.TypedChoiceField(
        label=_("What for"), coerce=Scope, choices=Scope.choices, initial=Scope.WORK, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, offers_publishing: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not offers_publishing:
            scope = self.fields["scope"]
            assert isinstance(scope, forms.TypedChoiceField)
            scope.choices = [(Scope.WORK.value, Scope.WORK.label)]
