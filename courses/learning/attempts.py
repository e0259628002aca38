"""Who has tried what a run requires. Upper apps that know of attempts register here."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable

from .models import RunRequirement

Tried = Callable[[Collection[int], Collection[uuid.UUID]], Iterable[tuple[int, uuid.UUID]]]
_tried: dict[str, Tried] = {}


def register_attempts(kind: str, tried: Tried) -> None:
    """This will make `tried(user ids, subjects)` tell which of the people have tried which subject; one query at most."""
    _tried[kind] = tried


def tried_requirements(people: Collection[int], requirements: Iterable[RunRequirement]) -> set[tuple[int, int]]:
    """Pairs of a user's id and the id of a requirement that the user has tried."""
    rows = list(requirements)
    found: set[tuple[int, int]] = set()
    for kind in {row.kind for row in rows} & set(_tried):
        by_subject = {row.subject_uuid: row.pk for row in rows if row.kind == kind}
        pairs = _tried[kind](people, list(by_subject))
        found |= {(person, by_subject[subject]) for person, subject in pairs}
    return found
