"""How often the public may ask about certificates in vain, so that numbers and names cannot be tried through.

A right pair of number and name counts against nobody, and what one asker tries in vain is spent by that asker alone:
by the person who is signed in, else by the address. Nothing that others try shuts a certificate. An asker who has
missed too often is answered no more until the stretch of time is over; if right pairs were still answered then, the
answers would tell right from wrong at any speed.
"""

from __future__ import annotations

from django.http import HttpRequest

from portal.users.limits import address_of, count, is_spent, seconds_left, tell_to_wait

Limit = tuple[int, int]

MISSES_PER_ASKER: Limit = (40, 600)
"""Wrong pairs of number and name by one asker, and seconds."""
MISSES_PER_SERIAL: Limit = (40, 3600)
"""Wrong names for one serial from anywhere after which it counts as guessed at, and seconds."""
MISSES_WHILE_GUARDED: Limit = (5, 3600)
"""Wrong names by one asker for a serial that is guessed at, and seconds. Whoever types the right one is not asked."""
UNKNOWN_TOKENS: Limit = (120, 600)
"""Verification addresses that do not exist, asked for by one asker, and seconds."""


def is_lookup_allowed(request: HttpRequest, serial: str) -> bool:
    """Return whether this asker may have one more pair looked up; counts nothing."""
    asker = _asker(request)
    limits = [(_missed(asker), MISSES_PER_ASKER)]
    if is_spent(_missed(serial), *MISSES_PER_SERIAL):
        limits.append((_missed(asker, serial), MISSES_WHILE_GUARDED))
    for what, limit in limits:
        if is_spent(what, *limit):
            tell_to_wait(request, seconds_left(limit[1]))
            return False
    return True


def count_miss(request: HttpRequest, serial: str) -> None:
    """Note a pair that does not fit, whether or not there is such a number."""
    asker = _asker(request)
    count(_missed(asker), *MISSES_PER_ASKER)
    count(_missed(serial), *MISSES_PER_SERIAL)
    count(_missed(asker, serial), *MISSES_WHILE_GUARDED)


def count_unknown_token(request: HttpRequest) -> bool:
    """Note an address that does not exist; False once there were too many of them."""
    if count(f"certificate-token:{_asker(request)}", *UNKNOWN_TOKENS):
        return True
    tell_to_wait(request, seconds_left(UNKNOWN_TOKENS[1]))
    return False


def _missed(*parts: str) -> str:
    return "certificate-miss:" + ":".join(parts)


def _asker(request: HttpRequest) -> str:
    user = getattr(request, "user", None)
    return f"person-{user.pk}" if user is not None and user.is_authenticated else f"address-{address_of(request)}"
