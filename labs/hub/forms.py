"""What somebody asks a command-line token for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Scope


class TokenForm(forms.Form):
    """The kind of token; publishing is offered to who teaches."""

    scope = forms.TypedChoiceField(label=_("What for"), coerce=Scope, widget=forms.RadioSelect)

    def __init__(self, *args: Any, offers_publishing: bool, **kwargs: Any) -> None:
        super().__init__(*args, initial={"scope": Scope.WORK}, **kwargs)
        scopes = list(Scope) if offers_publishing else [Scope.WORK]
        self.fields["scope"].choices = [(scope.value, scope.label) for scope in scopes]
