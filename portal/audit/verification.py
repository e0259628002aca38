"""Checking the hash chain from its first seal to its last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from .chain import FIRST, seal_hash
from .models import AuditEvent, AuditSeal


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
    broken: tuple[Broken, ...]

    @property
    def is_whole(self) -> bool:
        """Whether every seal fits."""
        return not self.broken

    def as_json(self) -> dict[str, Any]:
        """The result for machines."""
        return {"ok": self.is_whole, **asdict(self)}


def verify_chain(
    *, expected: tuple[int, str] | None = None, progress: Callable[[int], None] | None = None, most: int = 20
) -> Verification:
    """This will recompute every seal; `expected` is a place and hash that somebody noted elsewhere, e.g. on paper.

    Without a note from outside, a chain that was cut off at its end or rewritten as a whole looks whole.
    """
    broken: list[Broken] = []
    previous, seq = FIRST, 0
    for seal in AuditSeal.objects.select_related("event").order_by("seq").iterator(chunk_size=2000):
        seq += 1
        reason = _fault(seal, seq, previous)
        if reason:
            broken.append(Broken(seal.seq, str(seal.event.uuid), reason))
            if len(broken) >= most:
                break
        if expected and seal.seq == expected[0] and seal.hash != expected[1]:
            broken.append(Broken(seal.seq, str(seal.event.uuid), "not the hash that was noted"))
        previous, seq = seal.hash, seal.seq
        if progress and seq % 10_000 == 0:
            progress(seq)
    if expected and seq < expected[0] and not broken:
        broken.append(Broken(expected[0], "", "the chain is shorter than noted"))
    events, sealed = AuditEvent.objects.count(), AuditSeal.objects.count()
    return Verification(events, sealed, events - sealed, seq, previous, tuple(broken))


def _fault(seal: AuditSeal, seq: int, previous: str) -> str:
    if seal.seq != seq:
        return "seals are missing before this one"
    if seal.previous_hash != previous:
        return "does not follow the seal before"
    if seal.hash != seal_hash(seal.seq, seal.previous_hash, seal.event):
        return "the event was changed"
    return ""
