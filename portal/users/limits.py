"""How often something may be asked in a while, counted for every process in the cache.

A count is a row of numbered places, each taken by `cache.add`, which no backend gives twice: guesses that arrive at
once cannot slip past a count that is read and written back, and a place can be handed back.
"""

from __future__ import annotations

import hashlib
import ipaddress
import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

HOUSEHOLD_V6 = 64
"""Bits of an IPv6 address that one subscriber holds; the rest is theirs to change at will."""


def take(what: str, most: int, seconds: int) -> str | None:
    """Take a place for `what`; None when all of them are taken in the present stretch of time."""
    places = _places(what, most, seconds)
    taken = cache.get_many(places)
    free = (place for place in places if place not in taken)
    return next((place for place in free if cache.add(place, 1, seconds)), None)


def give_back(place: str) -> None:
    """Free a place: what was asked is no reason to count."""
    cache.delete(place)


def count(what: str, most: int, seconds: int) -> bool:
    """Count one more of `what`; False once there were `most` within the present stretch of time."""
    return take(what, most, seconds) is not None


def is_spent(what: str, most: int, seconds: int) -> bool:
    """Return whether `most` of `what` were counted within the present stretch of time."""
    return len(cache.get_many(_places(what, most, seconds))) >= most


def _places(what: str, most: int, seconds: int) -> list[str]:
    """Name the stretch of time in the keys, so that no later question can make a full one last longer."""
    name = hashlib.sha256(what.encode()).hexdigest()
    return [f"limit-{name}-{seconds}-{stretch(seconds)}-{number}" for number in range(most)]


def stretch(seconds: int) -> int:
    """Return number of the present stretch of so many seconds."""
    return int(time.time() // seconds)


def seconds_left(seconds: int) -> int:
    """Return how long the present stretch of so many seconds still lasts."""
    return max(1, seconds - int(time.time() % seconds))


def address_of(request: HttpRequest) -> str:
    """Return where a request comes from, as far as limits tell places apart."""
    said = str(get_adapter(request).get_client_ip(request))
    try:
        address = ipaddress.ip_address(said)
    except ValueError:
        return said
    if address.version == 4:
        return said
    if address.ipv4_mapped is not None:  # all of IPv4 lies within one such network, which would be one household
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network(f"{address}/{HOUSEHOLD_V6}", strict=False))


def tell_to_wait(request: HttpRequest, seconds: int) -> None:
    """Have the answer say 429 and when to come again, whatever page it is (`middleware.WaitingMiddleware`)."""
    request.seconds_to_wait = seconds  # type: ignore[attr-defined]
