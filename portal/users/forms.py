"""Forms of users."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.writing import code_form

LOGIN_NAME = "login_name_of_the_slip"
"""Session key of the login name with which a password was just set; signing in begins another session."""


class NameLoginForm(LoginForm):
    """allauth's form; a name typed in full width is the same name, and who has just set a password need not type it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = self.request.session.get(LOGIN_NAME) if self.request is not None else None
        if known:
            self.fields["login"].initial = known
            self.fields["login"].widget.attrs.pop("autofocus", None)
            self.fields["password"].widget.attrs["autofocus"] = True

    def clean_login(self) -> str:
        """One form of the name, before it is looked up and counted."""
        return code_form(str(self.cleaned_data["login"]))

    def clean(self) -> dict[str, Any]:
        """Say of a refused password that a blank is at its edge; it is never cut, for it may be part of it."""
        try:
            cleaned: dict[str, Any] = super().clean()
        except forms.ValidationError as refusal:
            hint = edge_blank_hint(str(self.cleaned_data.get("password", "")))
            raise (forms.ValidationError([refusal, hint]) if hint else refusal) from refusal
        return cleaned


class OwnPasswordForm(ChangePasswordForm):
    """allauth's form; a wrong password is not said to be missing."""

    def clean_oldpassword(self) -> str:
        """Return the password that holds now."""
        typed = str(self.cleaned_data.get("oldpassword", ""))
        if not self.user.check_password(typed):
            said = _("The current password is not right.")
            raise forms.ValidationError(f"{said} {edge_blank_hint(typed)}".strip())
        return typed


def edge_blank_hint(password: str) -> str:
    """Return what to say about blanks that nobody sees in a hidden field."""
    return gettext("It begins or ends with a blank: copied by mistake?") if password != password.strip() else ""


class FirstLoginForm(forms.Form):
    """Login name, the slip's code, and a password of one's own, typed twice."""

    username = forms.CharField(
        label=_("Login name"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    code = forms.CharField(
        label=_("Code on the slip"),
        max_length=40,
        help_text=_(
            "16 characters in groups of four, such as ABCD-2345-EFGH-6789. Upper and lower case do not matter."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=_("New password"),
        max_length=200,
        strip=False,
        help_text=_("At least 10 characters. A short sentence is easy to remember and hard to guess."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    repeated = forms.CharField(
        label=_("New password again"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_username(self) -> str:
        """Return the login name, however it was typed."""
        return code_form(str(self.cleaned_data["username"]))

    def clean(self) -> dict[str, Any]:
        """Both passwords must be the same."""
        cleaned = super().clean() or {}
        if cleaned.get("password") != cleaned.get("repeated"):
            self.add_error("repeated", _("The two passwords differ. Type the same one twice."))
        return cleaned
