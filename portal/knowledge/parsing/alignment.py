"""Two versions of a text side by side: first by the words, then by the number."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Protocol, TypeVar


class Aligned(Protocol):
    """What can be aligned: an anchor and the hash of its words."""

    @property
    def eid(self) -> str: ...

    @property
    def text_sha256(self) -> str: ...


One = TypeVar("One", bound=Aligned)


class Change(StrEnum):
    """What became of a clause."""

    SAME = "same"
    MOVED = "moved"
    CHANGED = "changed"
    REPEALED = "repealed"
    ADDED = "added"


@dataclass(frozen=True)
class Pair(Generic[One]):
    """A clause before and after; nothing before: it is new, nothing after: it is gone."""

    change: Change
    before: One | None
    after: One | None


def align(before: Sequence[One], after: Sequence[One]) -> list[Pair[One]]:
    """Pairs in the order of the new text, what is gone where it stood.

    The same words are the same clause, wherever they stand; of equal words the one with the same number, then the next
    in order. What is left is paired by number: its words changed. The rest is gone or new.
    """
    partner: dict[int, int] = {}
    taken: set[int] = set()
    numbers = {one.eid: place for place, one in enumerate(after)}
    for place, one in enumerate(before):
        twin = numbers.get(one.eid)
        if twin is not None and one.text_sha256 and after[twin].text_sha256 == one.text_sha256:
            partner[place] = twin
            taken.add(twin)
    _pair_by_words(before, after, partner, taken)
    for place, one in enumerate(before):
        twin = numbers.get(one.eid)
        if place not in partner and twin is not None and twin not in taken:
            partner[place] = twin
            taken.add(twin)
    return _in_order(before, after, partner)


def _pair_by_words(before: Sequence[One], after: Sequence[One], partner: dict[int, int], taken: set[int]) -> None:
    waiting: dict[str, deque[int]] = defaultdict(deque)
    for place, one in enumerate(after):
        if place not in taken and one.text_sha256:
            waiting[one.text_sha256].append(place)
    for place, one in enumerate(before):
        queue = waiting.get(one.text_sha256)
        if place not in partner and queue:
            partner[place] = queue.popleft()
            taken.add(partner[place])


def _in_order(before: Sequence[One], after: Sequence[One], partner: dict[int, int]) -> list[Pair[One]]:
    origin = {twin: place for place, twin in partner.items()}
    gone = deque(place for place in range(len(before)) if place not in partner)
    pairs: list[Pair[One]] = []
    for place, one in enumerate(after):
        source = origin.get(place)
        while gone and source is not None and gone[0] < source:
            pairs.append(Pair(Change.REPEALED, before[gone.popleft()], None))
        if source is None:
            pairs.append(Pair(Change.ADDED, None, one))
        else:
            pairs.append(Pair(_change(before[source], one), before[source], one))
    pairs += [Pair(Change.REPEALED, before[place], None) for place in gone]
    return pairs


def _change(old: Aligned, new: Aligned) -> Change:
    if old.text_sha256 != new.text_sha256:
        return Change.CHANGED
    return Change.SAME if old.eid == new.eid else Change.MOVED
