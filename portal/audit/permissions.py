"""Who may read audit events and erase words. Upper apps know people and places, so they answer; until one does, nobody may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q

Reading = Callable[[Any, date], Q | None]
Erasing = Callable[[Any, date], bool]

_readings: list[Reading] = []
_erasings: list[Erasing] = []


def register_reading(reading: Reading) -> None:
    """This will make `reading(user, on)` the answer: a condition on AuditEvent, or None for no right at all."""
    _readings[:] = [reading]


def register_erasing(erasing: Erasing) -> None:
    """This will make `erasing(user, on)` the answer to whether the user may erase words."""
    _erasings[:] = [erasing]


def require_reading(user: Any, on: date) -> Q:
    """This will return the condition under which the user may read events, or raise PermissionDenied."""
    for reading in _readings:
        condition = reading(user, on)
        if condition is not None:
            return condition
    raise PermissionDenied


def require_erasing(user: Any, on: date) -> None:
    """This will raise PermissionDenied unless the user may erase words."""
    if not any(erasing(user, on) for erasing in _erasings):
        raise PermissionDenied
