"""Who calls: the user behind a hub token, remembered for a minute and forgotten at once by a revocation."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime

from django.core.cache import cache

from portal.users.models import User

from .client import Hub

REMEMBERED_S = 60
REFUSAL_REMEMBERED_S = 10
REVOCATION_REMEMBERED_S = 10 * REMEMBERED_S
HUB_USERNAME = re.compile(r"^u([1-9][0-9]{0,17})$")


def user_of_token(token: str, hub: Hub, at: datetime) -> User | None:
    """The active user whose Lab holds the token, or None. Raises HubAway when the hub must be asked and is away."""
    if not token or len(token) > 200 or not token.isascii() or not token.isprintable():
        return None
    key = f"hub-token:{hashlib.sha256(token.encode()).hexdigest()}"
    known = cache.get(key)
    if known == "":
        return None
    if known is None or known[1] <= cache.get(_revocation_key(known[0]), 0.0):
        known = _ask(token, key, hub, at)
    return User.objects.filter(pk=known[0], is_active=True).first() if known else None


def forget_user(user_id: int, at: datetime) -> None:
    """This will make what is remembered of the user's tokens, and was asked until now, worth nothing in every process."""
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
