"""Which login names are allowed: a staff number or a chosen code, never an identity or phone number."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LOGIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]{1,39}")
IDENTITY_NUMBER = re.compile(r"\d{17}[\dXx]")
PHONE_NUMBER = re.compile(r"(?:\+?86)?1\d{10}")


def check_login_name(login_name: str) -> None:
    """Raise ValidationError for a name that is no login name or that gives away who the person is."""
    digits = re.sub(r"[\s._-]", "", login_name)
    if IDENTITY_NUMBER.search(digits):
        raise ValidationError(
            _(
                "An ID-card number cannot be a login name. Use the staff number with a letter in front, or a chosen code."
            ),
            code="identity_number",
        )
    if PHONE_NUMBER.search(digits):
        raise ValidationError(
            _("A phone number cannot be a login name. Use the staff number with a letter in front, or a chosen code."),
            code="phone_number",
        )
    if not LOGIN_NAME.fullmatch(login_name):
        raise ValidationError(
            _("A login name begins with a letter and has 2 to 40 letters, digits, dots, hyphens or underscores."),
            code="login_name",
        )
