"""Who calls: the user behind a token, and what the token may do.

A Lab's own hub token is remembered for a minute and forgotten at once by a revocation; a command line's short token is
looked up each time.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.utils import timezone

from portal.users.models import User

from .client import Hub
from .models import CommandToken, Scope
from .permissions import may_publish

REMEMBERED_S = 60
REFUSAL_REMEMBERED_S = 10
REVOCATION_REMEMBERED_S = 10 * REMEMBERED_S
TOKEN_PREFIX = "cx_"  # noqa: S105  (what tells a command line's token from the hub's)
HUB_USERNAME = re.compile(r"^u([1-9][0-9]{0,17})$")


@dataclass(frozen=True)
class Caller:
    """A person, and whether the token carries the authority of a session with a second factor."""

    user: User
    may_publish: bool = False


def caller_of_token(token: str, hub: Hub, at: datetime) -> Caller | None:
    """Return whom the token names, or None. Raises HubAway when the hub must be asked and is away."""
    if not token or len(token) > 200 or not token.isascii() or not token.isprintable():
        return None
    if token.startswith(TOKEN_PREFIX):
        return _caller_of_command(token, at)
    user = _user_of_lab(token, hub, at)
    return Caller(user) if user else None


def _caller_of_command(token: str, at: datetime) -> Caller | None:
    found = (
        CommandToken.objects.select_related("user")
        .filter(sha256=hashlib.sha256(token.encode()).hexdigest(), ended_at__isnull=True, expires_at__gt=at)
        .filter(user__is_active=True)
        .first()
    )
    if found is None:
        return None
    # Roles and factor are looked at again: what was right when it was issued may have ended since.
    return Caller(found.user, found.scope == Scope.PUBLISH and may_publish(found.user, timezone.localdate(at)))


def _user_of_lab(token: str, hub: Hub, at: datetime) -> User | None:
    key = f"hub-token:{hashlib.sha256(token.encode()).hexdigest()}"
    known = cache.get(key)
    if known == "":
        return None
    if known is None or known[1] <= cache.get(_revocation_key(known[0]), 0.0):
        known = _ask(token, key, hub, at)
    return User.objects.filter(pk=known[0], is_active=True).first() if known else None


def forget_user(user_id: int, at: datetime) -> None:
    """Make what is remembered of the user's tokens, and was asked until now, worth nothing in every process."""
    cache.set(_revocation_key(user_id), at.timestamp(), REVOCATION_REMEMBERED_S)


def _ask(token: str, key: str, hub: Hub, at: datetime) -> list[float] | None:
    caller = hub.caller(token)
    match = HUB_USERNAME.match(caller.name) if caller is not None and caller.kind == "user" else None
    if match is None:
        cache.set(key, "", REFUSAL_REMEMBERED_S)
        return None
    # `at` is before the question: a revocation in between makes the memory stale, never fresh.
    known = [int(match[1]), at.timestamp()]
    cache.set(key, known, REMEMBERED_S)
    return known


def _revocation_key(user_id: float) -> str:
    return f"hub-revoked:{user_id}"
