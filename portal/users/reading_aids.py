"""Print size and colors of a person: kept with the account, carried by cookies so that a page needs no query for them."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpResponseBase

from .models import User

THEMES = ("light", "dark")
MODES = ("standard", "large")
AIDS = {"theme": THEMES, "mode": MODES}


def keep_aids(*, user: User, chosen: Mapping[str, str]) -> None:
    """Keep the choices with the account; how a page looks to its reader is no act that anybody audits."""
    for name, value in chosen.items():
        setattr(user, name, value)
    user.save(update_fields=list(chosen))


def set_aid(response: HttpResponseBase, name: str, value: str) -> None:
    """Have the browser carry a choice."""
    response.set_cookie(
        f"{settings.COOKIE_PREFIX}{name}",
        value,
        max_age=365 * 86400,
        samesite="Lax",
        secure=settings.IS_HTTPS,
        httponly=True,
    )


def set_own_aids(response: HttpResponseBase, user: User) -> None:
    """Have the browser carry what the account keeps; what the person never chose stays as it is there."""
    for name in AIDS:
        if value := getattr(user, name):
            set_aid(response, name, value)
