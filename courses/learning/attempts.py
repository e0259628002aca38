"""Who has tried what a run requires, and how it stands. Upper apps that know of attempts register here."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from search.plugging import Registry

from .models import RunRequirement

Tried = Callable[[Collection[int], Collection[uuid.UUID]], Iterable[tuple[int, uuid.UUID]]]
_tried: Registry[str, Tried] = Registry("attempts at a kind of requirement")


@dataclass(frozen=True)
class Trying:
    """How one person stands towards one thing that a run requires."""

    person: int
    subject: uuid.UUID
    due_at: datetime | None = None
    """Until when this person may do it; its own day, not the run's."""
    times: int = 0
    """How often it was handed in."""
    is_waiting: bool = False
    """Whether it waits for a person's marks."""
    last_at: datetime | None = None
    """When the person last worked on it, as far as the server saw."""
    work_url: str = ""
    """Where those who teach find the work."""


@dataclass(frozen=True)
class Asked:
    """A thing that a run requires, as one learner stands towards it."""

    requirement: RunRequirement
    is_met: bool
    is_tried: bool
    details: Trying | None


Details = Callable[[Collection[int], Collection[uuid.UUID]], Iterable[Trying]]
_details: Registry[str, Details] = Registry("details of a kind of requirement")


def register_details(kind: str, details: Details) -> None:
    """Make `details(user ids, subjects)` tell how people stand; a fixed number of queries."""
    _details.register(kind, details)


def details_of(people: Collection[int], requirements: Iterable[RunRequirement]) -> dict[tuple[int, int], Trying]:
    """Return how people stand, by a user's id and the id of a requirement."""
    rows = list(requirements)
    found: dict[tuple[int, int], Trying] = {}
    for kind in {row.kind for row in rows} & set(_details):
        by_subject = {row.subject_uuid: row.pk for row in rows if row.kind == kind}
        found |= {(one.person, by_subject[one.subject]): one for one in _details[kind](people, list(by_subject))}
    return found


def register_attempts(kind: str, tried: Tried) -> None:
    """Make `tried(user ids, subjects)` tell which of the people have tried which subject; one query at most."""
    _tried.register(kind, tried)


def tried_requirements(people: Collection[int], requirements: Iterable[RunRequirement]) -> set[tuple[int, int]]:
    """Pairs of a user's id and the id of a requirement that the user has tried."""
    rows = list(requirements)
    found: set[tuple[int, int]] = set()
    for kind in {row.kind for row in rows} & set(_tried):
        by_subject = {row.subject_uuid: row.pk for row in rows if row.kind == kind}
        pairs = _tried[kind](people, list(by_subject))
        found |= {(person, by_subject[subject]) for person, subject in pairs}
    return found
