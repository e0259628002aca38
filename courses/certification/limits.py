"""How often the public may ask about certificates, so that numbers and names cannot be tried through."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.http import HttpRequest

from portal.users.limits import count, counted

LOOKUPS_PER_ADDRESS = (20, 600)
"""Questions by serial and name from one address, and seconds."""
MISSES_PER_SERIAL = (8, 3600)
"""Wrong names for one serial from anywhere, and seconds."""
READINGS_PER_ADDRESS = (120, 600)
"""Verification pages from one address, and seconds."""


def is_lookup_allowed(request: HttpRequest) -> bool:
    """Whether this address may ask by serial and name once more; counts the question."""
    return count(f"certificate-lookup:{_address(request)}", *LOOKUPS_PER_ADDRESS)


def is_reading_allowed(request: HttpRequest) -> bool:
    """Whether this address may read one more verification page; counts it."""
    return count(f"certificate-reading:{_address(request)}", *READINGS_PER_ADDRESS)


def is_serial_open(serial: str) -> bool:
    """Whether names may still be tried for the serial."""
    most, seconds = MISSES_PER_SERIAL
    return counted(_missed(serial), seconds) < most


def count_miss(serial: str) -> None:
    """This will note a wrong name for the serial."""
    count(_missed(serial), *MISSES_PER_SERIAL)


def _missed(serial: str) -> str:
    return f"certificate-miss:{serial}"


def _address(request: HttpRequest) -> str:
    return str(get_adapter(request).get_client_ip(request))
