"""Forms for one-time codes: read in any width, taken one step early or late, and never twice.

allauth forgets a used code after one step, although with a tolerance it is valid for three.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.core.cache import cache
from django.utils.translation import gettext as _

LONGEST_CODE = 64
"""What a code is cut to, before it becomes part of a key."""


def as_digits(typed: str) -> str:
    """Return the code without blanks, dashes and full-width dress; an empty text stays empty."""
    return "".join(character for character in unicodedata.normalize("NFKC", typed) if character.isalnum())


def seconds_valid() -> int:
    """Return how long a code may be taken, from the first moment to the last."""
    return int(app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1))


class OnceForm(forms.Form):
    """What the three forms of allauth share: the code is normalized first and used up last."""

    user: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label = _("Code of the authenticator app")
        # The label says it; gray words in a field look like something that was typed.
        field.widget.attrs.pop("placeholder", None)

    def clean_code(self) -> str:
        """Raise ValidationError for a code that does not fit or was used already."""
        code = as_digits(str(self.cleaned_data["code"]))[:LONGEST_CODE]
        key = f"one-time-code:{self.user.pk}:{code}"
        # A used code is tried as none at all, so that it counts as a failure and says no more than one.
        self.cleaned_data["code"] = "" if cache.get(key) else code
        found = str(super().clean_code())  # type: ignore[misc]  # allauth's form comes next
        if self._is_of_the_app() and not cache.add(key, 1, seconds_valid()):
            # Somebody else used it between the two calls.
            raise get_adapter().validation_error("incorrect_code")
        return found

    def _is_of_the_app(self) -> bool:
        authenticator = getattr(self, "authenticator", None)
        return authenticator is None or authenticator.type == Authenticator.Type.TOTP


class CodeForm(OnceForm, AuthenticateForm):
    """The second factor at sign-in."""


class CodeAgainForm(OnceForm, ReauthenticateForm):
    """The second factor before something delicate."""


class FirstCodeForm(OnceForm, ActivateTOTPForm):
    """The code that shows that the app is set up; it does not sign in afterwards."""
