"""How many traces one asker may leave: nobody fills the table or drowns what the staff reads about searches.

Signed-in readers have a budget each; others share that of their address, which is kept only as a hash and only in the
cache. Searching itself is not limited.
"""

from __future__ import annotations

import hashlib
import time

from django.core.cache import cache
from django.http import HttpRequest

from search import registry

PER_ASKER = ((60, 600), (400, 24 * 3600))
"""Traces and seconds: for a while and for a day."""


def may_leave_trace(request: HttpRequest, said: str) -> bool:
    """Count one trace of this asker; False when the budget is spent or the same was just said."""
    user = request.user
    asker = f"person-{user.pk}" if user.is_authenticated else f"address-{registry.address_of(request)}"
    shortest = PER_ASKER[0][1]
    if not cache.add(_key(asker, shortest, said), 1, shortest):
        return False
    return all(_count(_key(asker, seconds, ""), seconds) <= most for most, seconds in PER_ASKER)


def _count(key: str, seconds: int) -> int:
    if cache.add(key, 1, seconds):
        return 1
    try:
        counted = int(cache.incr(key))
    except ValueError:  # it lapsed between the two calls
        return 1
    # The database cache would give a counted key its default lifetime.
    cache.touch(key, seconds)
    return counted


def _key(asker: str, seconds: int, said: str) -> str:
    name = hashlib.sha256(f"{asker}\n{said}".encode()).hexdigest()
    return f"search-trace-{name}-{seconds}-{int(time.time() // seconds)}"
