"""What the worker does: lanes of leased rows and things that happen by date, registered by the apps that own them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.utils.functional import Promise

from search.plugging import Registry

from .models import LeasedRow


@dataclass(frozen=True)
class Kind:
    """A kind of work: which rows, in which order, under which lease, and what is done with one.

    `is_owed` says that this kind goes first for once, although its lane stands behind another.
    """

    name: str
    lane: str
    rows: Callable[[], models.QuerySet[LeasedRow]]
    work: Callable[[LeasedRow], None]
    lease: timedelta = timedelta(seconds=30)
    is_owed: Callable[[], bool] | None = None
    label: str | Promise = field(kw_only=True)
    """What people call it."""


@dataclass(frozen=True)
class Chore:
    """Something done by date. `work` takes the instant at which it runs; a missed time is caught up once."""

    name: str
    every: timedelta
    work: Callable[[datetime], object]


@dataclass(frozen=True)
class Drain:
    """Work without leased rows, for the one worker of a lane: `work` does what waits and says whether there was any.

    It may be killed anywhere and must be safe to repeat; two workers are kept apart by what it writes to.
    """

    name: str
    lane: str
    work: Callable[[], bool]


LANES = ("interactive", "check", "batch", "labs", "index", "data", "exports", "other")
"""`interactive` is what a grade waits for, `check` what a trainee tries out, `batch` what is graded again.
`labs` has no place of the grader: a lab is checked for minutes, part by part, and the grader lets others in between."""

GRADED = ("interactive", "check", "batch")
"""Lanes that share the places of this host's grader, the urgent one first."""

_kinds: Registry[str, Kind] = Registry("kind of work")
_chores: Registry[str, Chore] = Registry("chore")
_drains: Registry[str, Drain] = Registry("drain")
_facts: Registry[str, Callable[[], Any]] = Registry("fact of a machine")


def register_kind(kind: Kind) -> None:
    """Let the worker of `kind.lane` do this kind of work."""
    if kind.lane not in LANES:
        raise ValueError(f"unknown lane {kind.lane!r}; one of {', '.join(LANES)}")
    _kinds.register(kind.name, kind)


def register_drain(drain: Drain) -> None:
    """Let the worker of `drain.lane` do this work between its rows."""
    if drain.lane not in LANES:
        raise ValueError(f"unknown lane {drain.lane!r}; one of {', '.join(LANES)}")
    _drains.register(drain.name, drain)


def register_chore(chore: Chore) -> None:
    """Have the worker run the chore by date."""
    _chores.register(chore.name, chore)


def kinds_of(lane: str) -> list[Kind]:
    """Return the kinds of a lane, in the order of their registration."""
    return [kind for kind in _kinds.values() if kind.lane == lane]


def register_machine_facts(name: str, facts: Callable[[], Any]) -> None:
    """Have every worker write under `name`, into its own row, what `facts` says of its machine."""
    _facts.register(name, facts)


def known_facts() -> dict[str, Any]:
    """Return what the apps say of this machine now."""
    return {name: facts() for name, facts in _facts.items()}


def owed_lanes(lanes: Iterable[str]) -> tuple[str, ...]:
    """Those of the lanes of which a kind goes first for once."""
    return tuple(lane for lane in lanes if any(kind.is_owed and kind.is_owed() for kind in kinds_of(lane)))


def all_kinds() -> list[Kind]:
    """Every kind, lane by lane."""
    return [kind for lane in LANES for kind in kinds_of(lane)]


def drains_of(lane: str) -> list[Drain]:
    """Return the drains of a lane, in the order of their registration."""
    return [drain for drain in _drains.values() if drain.lane == lane]


def chores() -> list[Chore]:
    """Every chore."""
    return list(_chores.values())


def reserved_places(places: int) -> int:
    """Return how many of a grader's places take submissions alone: a quarter, one at least, none of a single place."""
    return max(1, places // 4) if places > 1 else 0
