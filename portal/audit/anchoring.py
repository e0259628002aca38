"""Once a day the newest seal is signed, noted in a file beside the database, and told to auditors."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from .anchors import Noted, add_to_file, newest_seal, own_anchors
from .models import AuditAnchor, AuditSeal
from .signals import anchored, chain_broken
from .signing import key_name, sign


class ChainDoesNotFit(Exception):
    """The chain differs from what was signed before, so nothing new is signed: a new signature would hide it."""


def anchor_newest(at: datetime) -> AuditAnchor | None:
    """Sign the newest seal, once; None when nothing was sealed since the last one.

    Killed between the row and its line, the next day's run writes the line. Raises ChainDoesNotFit.
    """
    before = own_anchors()
    _require_fit(before, at)
    add_to_file(before)
    newest = newest_seal()
    if newest is None or any(anchor.seq >= newest[0] for anchor in before):
        return None
    seq, digest = newest
    with transaction.atomic():
        anchor, is_new = AuditAnchor.objects.get_or_create(
            seq=seq,
            defaults={"hash": digest, "anchored_at": at, "key": key_name(), "signature": sign(seq, digest, at)},
        )
        if is_new:
            anchored.send(sender=AuditAnchor, anchor=anchor, at=at)
    add_to_file([Noted(anchor.seq, anchor.hash, anchor.anchored_at, anchor.signature)])
    return anchor


def _require_fit(anchors: list[Noted], at: datetime) -> None:
    """Raise ChainDoesNotFit, and tell of it, when the last anchor stands no more where it stood, or is not ours."""
    if not anchors:
        return
    last = max(anchors, key=lambda anchor: anchor.seq)
    stands = AuditSeal.objects.filter(seq=last.seq, hash=last.hash).exists()
    if stands and all(anchor.is_trusted for anchor in anchors):
        return
    with transaction.atomic():
        chain_broken.send(sender=AuditAnchor, seq=last.seq, at=at)
    raise ChainDoesNotFit(f"seal {last.seq} is not what was signed; run manage.py verify_audit")
