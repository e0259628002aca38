"""How often a password may be tried, so that guessing is slow and nobody's guessing keeps somebody else out.

Only failures count, and they count for the pair of address and name: a room behind one address signs in as fast as it
can type, and whoever guesses at a name spends the allowance of the own address alone. Where many failures come
together, for one name from anywhere or from one address for any names, the allowance of each pair shrinks but never to
nothing, so a right password from an address that has not guessed at the name always passes. A browser in which the
person has signed in before is known by a cookie and has an allowance of its own, so that guesses from the own office
keep nobody out either.
"""

from __future__ import annotations

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import get_random_string

from portal.users.limits import address_of, count, give_back, is_spent, seconds_left, take, tell_to_wait
from portal.writing import code_form

Limit = tuple[int, int]

PER_PAIR: Limit = (5, 300)
"""Wrong passwords for one name from one address, and seconds."""
PER_PAIR_GUARDED: Limit = (2, 900)
"""The same while the name or the address is guessed at."""
PER_NAME: Limit = (30, 6 * 3600)
"""Wrong passwords for one name from anywhere after which it counts as guessed at, and seconds."""
PER_ADDRESS: Limit = (90, 900)
"""Wrong passwords from one address for any names after which it counts as guessing. A room of 60 may all mistype once."""
PER_DEVICE: Limit = (10, 3600)
"""Wrong passwords for one name in a browser in which the person has signed in before, and seconds."""

DEVICE_COOKIE = "__Host-chengxue-device" if settings.IS_HTTPS else "chengxue-device"
DEVICE_SECONDS = 180 * 24 * 3600
MOST_DEVICES = 8
"""People whom one browser may know, as on the computers of a training room."""

_signer = TimestampSigner(salt="portal.users.attempts", sep=":")


class Attempt:
    """One try to sign in: holds a place among the tries that may still fail."""

    def __init__(self, request: HttpRequest, name: str) -> None:
        self._name = plain_name(name)
        self._address = address_of(request)
        self._device = _device_of(request, self._name)
        self._place: str | None = None
        self.seconds_to_wait = 0

    def may_be_made(self) -> bool:
        """Take a place before the password is looked at, so that tries at once count too."""
        if self._device and (place := take(f"sign-in-device:{self._device}:{self._name}", *PER_DEVICE)):
            self._place = place
            return True
        limit = PER_PAIR_GUARDED if self._is_guarded() else PER_PAIR
        self._place = take(f"sign-in:{self._address}:{self._name}", *limit)
        self.seconds_to_wait = seconds_left(limit[1])
        return self._place is not None

    def succeeded(self) -> None:
        """Hand the place back: a right password counts against nobody."""
        if self._place:
            give_back(self._place)

    def failed(self) -> None:
        """Keep the place, and note that name and address are tried.

        An address that counts as guessing marks no more names: made-up ones would fill the cache.
        """
        if count(f"sign-in-address:{self._address}", *PER_ADDRESS):
            count(f"sign-in-name:{self._name}", *PER_NAME)

    def _is_guarded(self) -> bool:
        return is_spent(f"sign-in-name:{self._name}", *PER_NAME) or is_spent(
            f"sign-in-address:{self._address}", *PER_ADDRESS
        )


SLIP_MISSES: Limit = (10, 600)
"""Wrong slips for one name from one address, and seconds."""
SLIP_MISSES_PER_ADDRESS: Limit = (120, 600)
"""Wrong slips from one address; further ones are told to wait and leave no trace that would fill the cache."""


def note_slip_miss(request: HttpRequest, name: str) -> None:
    """Count a slip that does not fit, and ask for patience after many.

    A right one always passes: its 78 random bits cannot be guessed, however many may be tried.
    """
    address = address_of(request)
    if not (
        count(f"slip-address:{address}", *SLIP_MISSES_PER_ADDRESS)
        and count(f"slip:{address}:{plain_name(name)}", *SLIP_MISSES)
    ):
        tell_to_wait(request, seconds_left(SLIP_MISSES[1]))


def plain_name(name: str) -> str:
    """One form of a login name, whatever its letter case and width."""
    return code_form(name).casefold()


def remember_device(request: HttpRequest, response: HttpResponseBase, name: str) -> None:
    """Let the browser be known as one in which this person has signed in. The cookie tells no names."""
    others = [token for token in _tokens(request) if not _is_of(token, plain_name(name))]
    token = get_random_string(16)
    signed = _signer.sign(f"{token}.{_mark(token, plain_name(name))}")
    response.set_cookie(
        DEVICE_COOKIE,
        "~".join([signed, *others][:MOST_DEVICES]),
        max_age=DEVICE_SECONDS,
        secure=settings.IS_HTTPS,
        httponly=True,
        samesite="Lax",
    )


def _tokens(request: HttpRequest) -> list[str]:
    return [token for token in request.COOKIES.get(DEVICE_COOKIE, "")[:2000].split("~") if token][:MOST_DEVICES]


def _device_of(request: HttpRequest, name: str) -> str:
    """Return what this browser is known by to this person, or nothing."""
    return next((token for token in _tokens(request) if _is_of(token, name)), "")


def _is_of(token: str, name: str) -> bool:
    try:
        device, _, mark = _signer.unsign(token, max_age=DEVICE_SECONDS).partition(".")
    except BadSignature:
        return False
    return mark == _mark(device, name)


def _mark(device: str, name: str) -> str:
    """Ties a browser to a name, which only the portal can compute and nobody can read back."""
    return TimestampSigner(salt="portal.users.attempts.name").signature(f"{device}:{name}")[:22]
