"""How often something may be asked in a while, counted for every process in the cache."""

from __future__ import annotations

import hashlib
import time

from django.core.cache import cache


def count(what: str, most: int, seconds: int) -> bool:
    """This will count one more of `what`; False once there were more than `most` within the present stretch of time."""
    key = _key(what, seconds)
    if cache.add(key, 1, seconds):
        return True
    try:
        counted = int(cache.incr(key))
    except ValueError:
        # It expired between the two calls.
        return bool(cache.add(key, 1, seconds))
    # The database cache gives a counted key its default lifetime: without this it would be forgotten too early.
    cache.touch(key, seconds)
    return counted <= most


def counted(what: str, seconds: int) -> int:
    """How many of `what` were counted within the present stretch of time."""
    return int(cache.get(_key(what, seconds), 0))


def _key(what: str, seconds: int) -> str:
    """The key names its stretch of time, so that no later question can make a full one last longer."""
    return f"limit-{hashlib.sha256(what.encode()).hexdigest()}-{seconds}-{stretch(seconds)}"


def stretch(seconds: int) -> int:
    """Number of the present stretch of so many seconds."""
    return int(time.time() // seconds)
