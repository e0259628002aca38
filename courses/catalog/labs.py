"""Labs as lessons know them: choices for authors, a card for readers. The labs' own apps fill this registry."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Value
from django.db.models.expressions import Combinable

from search.plugging import Contributions

Count = Callable[[str], Combinable]
Choices = Callable[[], Iterable[tuple[uuid.UUID, str]]]


@dataclass(frozen=True)
class LabCard:
    """What a reader sees of a lab: what it is, until when, what state, where the action leads.

    `state` is a tag's state (info progress success warning danger), `state_label` its words; without `url` there is
    no action and `reason` says why. `score` is text such as "8.5 / 10".
    """

    title: str
    url: str = ""
    action: str = ""
    summary: str = ""
    due_at: datetime | None = None
    attempts: str = ""
    dataset: str = ""
    state: str = ""
    state_label: str = ""
    score: str = ""
    status_url: str = ""
    reason: str = ""


Card = Callable[[uuid.UUID, Any, str], LabCard | None]


@dataclass(frozen=True)
class _Labs:
    choices: Choices
    card: Card


_sources: Contributions[_Labs] = Contributions("labs of lessons")


def register_labs(choices: Choices, card: Card) -> None:
    """Let authors choose labs for lessons and readers see them.

    `choices()` yields (lab uuid, label); `card(lab uuid, user, language)` gives a LabCard or None for an unknown lab.
    """
    _sources.add(_Labs(choices, card))


def lab_choices() -> list[tuple[str, str]]:
    """Every lab that a lesson may lead to."""
    return [(str(lab_uuid), label) for source in _sources for lab_uuid, label in source.choices()]


def lab_card(lab_uuid: uuid.UUID, user: Any, language: str) -> LabCard | None:
    """Return the card of a lab for this reader, from whichever source knows the lab."""
    for source in _sources:
        card = source.card(lab_uuid, user, language)
        if card is not None:
            return card
    return None


_counts: Contributions[Count] = Contributions("count of labs")


def register_lab_count(count: Count) -> None:
    """Let courses say how many labs they have.

    `count(name of the field with the course)` gives an expression, so that a list counts within its one query.
    """
    _counts.add(count)


def lab_count(course: str) -> Combinable:
    """Expression for the number of labs of the course in the field."""
    whole: Combinable = Value(0)
    for count in _counts:
        whole = whole + count(course)
    return whole
