"""People read which roles they have now, had, and for how long; whoever has one reads why a second factor is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.dispatch import receiver
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.users.models import Role, RoleGrant, User
from portal.users.scopes import scope_label
from portal.users.signals import role_changed

from .actions import notify


def day_in_words(written: str) -> str:
    """Return a day that a notice keeps as 2026-03-01, in the reader's form."""
    return date_format(date.fromisoformat(written), "DATE_FORMAT")


def words(params: Mapping[str, Any]) -> dict[str, Any]:
    """Role, term and reason in the reader's language."""
    known = dict(Role.choices)
    first = day_in_words(params["from"])
    last = day_in_words(params["to"]) if params["to"] else ""
    term = _("from %(first)s to %(last)s") if last else _("from %(first)s on")
    return {
        **params,
        "role": str(known.get(params["role"], params["role"])),
        "term": term % {"first": first, "last": last},
        "by": params["by"] or _("The system"),
        "why": _(" Reason: %(reason)s") % {"reason": params["reason"]} if params["reason"] else "",
    }


@receiver(role_changed)
def tell_the_person(grant: RoleGrant, change: str, reason: str, by: User | None, at: datetime, **_: Any) -> None:
    """Write a notice in the transaction of the change.

    What an installation sets up by itself is no news, nor the learner's role of an account that was just made or that
    follows a post.
    """
    is_learner = grant.role == Role.LEARNER
    if (by is None and change == "granted") or (is_learner and (change == "moved" or grant.user.last_login is None)):
        return
    params = {
        "role": grant.role,
        "scope": scope_label(grant.scope_kind, grant.scope_uuid),
        "from": grant.start_date.isoformat(),
        "to": grant.end_date.isoformat() if grant.end_date else "",
        "reason": reason,
        "by": by.name if by is not None else "",
    }
    address = reverse("organizations:my_account")
    notify(user=grant.user, kind=f"users.role_{change}", params=params, url=address, at=at)
