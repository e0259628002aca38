"""What the worker does: lanes of leased rows and things that happen by date, registered by the apps that own them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models

from .models import LeasedRow


@dataclass(frozen=True)
class Kind:
    """A kind of work: which rows, in which order, under which lease, and what is done with one."""

    name: str
    lane: str
    rows: Callable[[], models.QuerySet[LeasedRow]]
    work: Callable[[LeasedRow], None]
    lease: timedelta = timedelta(seconds=30)


@dataclass(frozen=True)
class Chore:
    """Something done by date. `work` takes the instant at which it runs; a missed time is caught up once."""

    name: str
    every: timedelta
    work: Callable[[datetime], None]


@dataclass(frozen=True)
class Drain:
    """Work without leased rows, for the one worker of a lane: `work` does what waits and says whether there was any.

    It may be killed anywhere and must be safe to repeat; two workers are kept apart by what it writes to.
    """

    name: str
    lane: str
    work: Callable[[], bool]


LANES = ("interactive", "batch", "index", "data", "other")

_kinds: dict[str, Kind] = {}
_chores: dict[str, Chore] = {}
_drains: dict[str, Drain] = {}


def register_kind(kind: Kind) -> None:
    """This will let the worker of `kind.lane` do this kind of work; call it from an AppConfig's `ready`."""
    if kind.lane not in LANES:
        raise ValueError(f"unknown lane {kind.lane!r}; one of {', '.join(LANES)}")
    _kinds[kind.name] = kind


def register_drain(drain: Drain) -> None:
    """This will let the worker of `drain.lane` do this work between its rows; call it from an AppConfig's `ready`."""
    if drain.lane not in LANES:
        raise ValueError(f"unknown lane {drain.lane!r}; one of {', '.join(LANES)}")
    _drains[drain.name] = drain


def register_chore(chore: Chore) -> None:
    """This will have the worker run the chore by date; call it from an AppConfig's `ready`."""
    _chores[chore.name] = chore


def kinds_of(lane: str) -> list[Kind]:
    """The kinds of a lane, in the order of their registration."""
    return [kind for kind in _kinds.values() if kind.lane == lane]


def all_kinds() -> list[Kind]:
    """Every kind, lane by lane."""
    return [kind for lane in LANES for kind in kinds_of(lane)]


def drains_of(lane: str) -> list[Drain]:
    """The drains of a lane, in the order of their registration."""
    return [drain for drain in _drains.values() if drain.lane == lane]


def chores() -> list[Chore]:
    """Every chore."""
    return list(_chores.values())
