"""What a password may not be, beyond Django's own rules."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

SHORTEST = 4
"""A shorter login name stands in too many words by chance."""


class NoLoginName:
    """The login name is known to everybody, with its dots or without."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError for a password that holds the login name."""
        name = _bare(getattr(user, "username", "") or "")
        if len(name) >= SHORTEST and name in _bare(password):
            raise ValidationError(self.get_help_text(), code="holds_login_name")

    def get_help_text(self) -> str:
        """Return the rule in a sentence."""
        return _("The password must not contain the login name.")


def _bare(text: str) -> str:
    return re.sub(r"[._-]", "", text).lower()
