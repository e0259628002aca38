"""What codes in the details of this app's events mean."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.audit.details import Words

from .models import Role
from .scopes import scope_kind_name

FACTORS: dict[str, str | Promise] = {
    "totp": _("Code from an app"),
    "webauthn": _("Passkey"),
    "recovery_codes": _("Recovery codes"),
}
LOSSES: dict[str, str | Promise] = {
    "role_revoked": pgettext_lazy("why access ended", "a role was taken away"),
    "role_ended": pgettext_lazy("why access ended", "a role ended"),
    "deactivated": pgettext_lazy("why access ended", "the account was closed"),
    "logout": pgettext_lazy("why access ended", "the person signed out"),
    "password_reset": pgettext_lazy("why access ended", "the password was set anew"),
    "second_factor_reset": pgettext_lazy("why access ended", "the second factor was removed"),
    "withdrawn": pgettext_lazy("why access ended", "the person withdrew from a run"),
}
"""Reasons of the signal `access_reduced`."""


WORDS: dict[str, Words] = {
    "role": dict(Role.choices),
    "scope_kind": scope_kind_name,
    "users.type": FACTORS,
    "users.removed": lambda value: str(FACTORS.get(str(value), value)),
    "hub.access_revoked.reason": LOSSES,
}
