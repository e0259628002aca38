"""What may rest on a clause: apps above tell here which kinds they have, how an item is called and who looks after it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from search.plugging import Registry


@dataclass(frozen=True)
class TargetRef:
    """An item above, and the part of it: a block of a lesson."""

    kind: str
    uuid: uuid.UUID
    part: str = ""


@dataclass(frozen=True)
class TargetCard:
    """What a reader sees of an item; without `url` this reader cannot go there."""

    title: str
    url: str = ""
    context: str = ""
    owner_ids: tuple[int, ...] = ()


Resolve = Callable[[Collection[TargetRef], Any, str], dict[TargetRef, TargetCard]]
Choices = Callable[[], Iterable[tuple[TargetRef, str]]]
Touch = Callable[[TargetRef, datetime], None]


@dataclass(frozen=True)
class TargetKind:
    """A kind of item. `touch` is called in the transaction in which a link of the item changes its state."""

    kind: str
    label: str | Promise
    resolve: Resolve
    choices: Choices
    touch: Touch | None = None


_kinds: Registry[str, TargetKind] = Registry("kind of item that rests on clauses")


def register_target(kind: TargetKind) -> None:
    """Let clauses be linked to items of the kind."""
    _kinds.register(kind.kind, kind)


def kind_label(kind: str) -> str:
    """Return the kind's name in the reader's language."""
    found = _kinds.get(kind)
    return str(found.label) if found else kind


def resolve_targets(refs: Iterable[TargetRef], user: Any, language: str) -> dict[TargetRef, TargetCard]:
    """Cards of items; one that is gone has none. As many queries as there are kinds."""
    grouped: dict[str, list[TargetRef]] = {}
    for ref in dict.fromkeys(refs):
        grouped.setdefault(ref.kind, []).append(ref)
    cards: dict[TargetRef, TargetCard] = {}
    for name, own in grouped.items():
        kind = _kinds.get(name)
        if kind is not None:
            cards.update(kind.resolve(own, user, language))
    return cards


def target_choices() -> list[tuple[str, list[tuple[TargetRef, str]]]]:
    """Every item that a clause may be linked to, by the label of its kind."""
    return [(str(kind.label), list(kind.choices())) for kind in _kinds.values()]


def touch_target(ref: TargetRef, at: datetime) -> None:
    """Let the item's app follow a change of one of its links."""
    kind = _kinds.get(ref.kind)
    if kind is not None and kind.touch is not None:
        kind.touch(ref, at)
