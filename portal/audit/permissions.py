"""Who may read audit events and erase words. Upper apps know people and places, so they answer; until one does, nobody may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from search.plugging import OneAnswer

Reading = Callable[[Any, date], Q | None]
Erasing = Callable[[Any, date], bool]

_reading: OneAnswer[Reading] = OneAnswer("who reads audit events")
_erasing: OneAnswer[Erasing] = OneAnswer("who erases words of audit events")


def register_reading(reading: Reading) -> None:
    """Make `reading(user, on)` the answer: a condition on AuditEvent, or None for no right at all."""
    _reading.give(reading)


def register_erasing(erasing: Erasing) -> None:
    """Make `erasing(user, on)` the answer to whether the user may erase words."""
    _erasing.give(erasing)


def require_reading(user: Any, on: date) -> Q:
    """Return the condition under which the user may read events, or raise PermissionDenied."""
    reading = _reading.given
    condition = reading(user, on) if reading is not None else None
    if condition is None:
        raise PermissionDenied
    return condition


def require_erasing(user: Any, on: date) -> None:
    """Raise PermissionDenied unless the user may erase words."""
    erasing = _erasing.given
    if erasing is None or not erasing(user, on):
        raise PermissionDenied
