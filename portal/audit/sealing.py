"""Sealing: the worker gives every event its place in the hash chain, in batches."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from .chain import FIRST, seal_hash
from .models import AuditEvent, AuditSeal

BATCH = 500


@transaction.atomic
def seal_batch(*, at: datetime, size: int) -> int:
    """Seal the oldest events that have no seal yet; returns how many.

    One sealer at a time: SQLite lets one writer in anyway, on PostgreSQL a lock on the seals keeps others waiting.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE audit_auditseal IN SHARE ROW EXCLUSIVE MODE")
    last = AuditSeal.objects.order_by("-seq").values_list("seq", "hash").first() or (0, FIRST)
    seq, previous = last
    seals = []
    for event in AuditEvent.objects.filter(seal__isnull=True).order_by("pk")[:size]:
        seq += 1
        digest = seal_hash(seq, previous, event)
        seals.append(AuditSeal(seq=seq, event=event, previous_hash=previous, hash=digest, sealed_at=at))
        previous = digest
    AuditSeal.objects.bulk_create(seals)
    return len(seals)


def seal_everything(at: datetime) -> None:
    """Seal until nothing is left."""
    while seal_batch(at=at, size=BATCH) == BATCH:
        pass
