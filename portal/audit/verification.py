"""Checking the hash chain from its first seal to its last, and against seals noted outside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from .actions import ERASED
from .anchors import Noted
from .chain import FIRST, seal_hash
from .models import AuditEvent, AuditSeal
from .words import commitment

CHUNK = 2000


@dataclass(frozen=True)
class Broken:
    """A place at which the chain does not hold, and why."""

    seq: int
    event_uuid: str
    reason: str


@dataclass(frozen=True)
class Verification:
    """What a walk along the chain found."""

    events: int
    sealed: int
    unsealed: int
    last_seq: int
    last_hash: str
    erased: int
    anchors: int
    anchored_seq: int
    broken: tuple[Broken, ...]

    @property
    def is_whole(self) -> bool:
        """Whether every seal fits."""
        return not self.broken

    @property
    def is_anchored(self) -> bool:
        """Whether something outside the chain vouches for a part of it; without, it may be rewritten as a whole."""
        return self.anchored_seq > 0

    def as_json(self) -> dict[str, Any]:
        """Return the result for machines."""
        return {"ok": self.is_whole, "anchored": self.is_anchored, **asdict(self)}


def verify_chain(
    *,
    noted: Iterable[Noted] = (),
    progress: Callable[[int], None] | None = None,
    most: int = 20,
) -> Verification:
    """Recompute every seal and hold it against the `noted` ones: signed by the day, or on somebody's paper.

    Without any, a chain that was cut off at its end or rewritten as a whole looks whole: `is_anchored` is False then.
    """
    expected: dict[int, list[Noted]] = defaultdict(list)
    broken = []
    for anchor in noted:
        expected[anchor.seq].append(anchor)
        if not anchor.is_trusted:
            broken.append(Broken(anchor.seq, "", "the signature of the anchor is not ours"))
    may_lack = _erased_with_a_note()
    previous, seq, erased, anchored_seq = FIRST, 0, 0, 0
    for seal in _seals():
        seq += 1
        reasons = [_fault(seal, seq, previous), _words_fault(seal.event, may_lack)]
        reasons += ["not the hash that was noted" for anchor in expected[seal.seq] if anchor.hash != seal.hash]
        broken += [Broken(seal.seq, str(seal.event.uuid), reason) for reason in reasons if reason]
        if len(broken) >= most:
            break
        if not any(reasons) and expected[seal.seq]:
            anchored_seq = seal.seq
        previous, seq = seal.hash, seal.seq
        erased += seal.event.is_erased
        if progress and seq % CHUNK == 0:
            progress(seq)
    last_noted = max((place for place, anchors in expected.items() if anchors), default=0)
    if seq < last_noted and not broken:
        broken.append(Broken(last_noted, "", "the chain is shorter than noted"))
    events, sealed = AuditEvent.objects.count(), AuditSeal.objects.count()
    count = sum(len(anchors) for anchors in expected.values())
    return Verification(
        events, sealed, events - sealed, seq, previous, erased, count, anchored_seq, tuple(broken[:most])
    )


def _seals() -> Iterator[AuditSeal]:
    """Every seal in its order, by parts: a walk of minutes holds no snapshot of the database open."""
    every = AuditSeal.objects.select_related("event__words").order_by("seq")
    part = list(every[:CHUNK])
    while part:
        yield from part
        part = list(every.filter(seq__gt=part[-1].seq)[:CHUNK])


def _erased_with_a_note() -> set[str]:
    """Events whose words are gone by an act that the chain itself tells of."""
    notes = AuditEvent.objects.filter(event=ERASED).values_list("facts", flat=True)
    return {uuid for facts in notes for uuid in facts.get("events", ())}


def _fault(seal: AuditSeal, seq: int, previous: str) -> str:
    if seal.seq != seq:
        return "seals are missing before this one"
    if seal.previous_hash != previous:
        return "does not follow the seal before"
    if seal.hash != seal_hash(seal.seq, seal.previous_hash, seal.event):
        return "the event was changed"
    return ""


def _words_fault(event: AuditEvent, may_lack: set[str]) -> str:
    if event.is_old:
        return ""
    words = getattr(event, "words", None)
    if words is None or words.erased_at is not None:
        return "" if words and str(event.uuid) in may_lack else "the words were removed without a note of erasing"
    return "" if commitment(words.salt, words.text) == event.commitment else "the words were changed"
