"""How often the public may ask about certificates, so that numbers and names cannot be tried through."""

from __future__ import annotations

import hashlib

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

LOOKUPS_PER_ADDRESS = (20, 600)
"""Questions by serial and name from one address, and seconds."""
MISSES_PER_SERIAL = (8, 3600)
"""Wrong names for one serial from anywhere, and seconds."""
READINGS_PER_ADDRESS = (120, 600)
"""Verification pages from one address, and seconds."""


def is_lookup_allowed(request: HttpRequest) -> bool:
    """Whether this address may ask by serial and name once more; counts the question."""
    return _count(f"lookup:{_address(request)}", *LOOKUPS_PER_ADDRESS)


def is_reading_allowed(request: HttpRequest) -> bool:
    """Whether this address may read one more verification page; counts it."""
    return _count(f"reading:{_address(request)}", *READINGS_PER_ADDRESS)


def is_serial_open(serial: str) -> bool:
    """Whether names may still be tried for the serial."""
    return int(cache.get(_key(f"miss:{serial}"), 0)) < MISSES_PER_SERIAL[0]


def count_miss(serial: str) -> None:
    """This will note a wrong name for the serial."""
    _count(f"miss:{serial}", *MISSES_PER_SERIAL)


def _count(what: str, most: int, seconds: int) -> bool:
    key = _key(what)
    if cache.add(key, 1, seconds):
        return True
    try:
        return int(cache.incr(key)) <= most
    except ValueError:
        # It expired between the two calls.
        return bool(cache.add(key, 1, seconds))


def _key(what: str) -> str:
    return "certificate-limit-" + hashlib.sha256(what.encode()).hexdigest()


def _address(request: HttpRequest) -> str:
    return str(get_adapter(request).get_client_ip(request))
