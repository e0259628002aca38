"""Taking, keeping and finishing work. Each is one conditional update, so two workers never hold one row."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import models, transaction
from django.db.models import F

from .models import LeasedRow, WorkStatus

Row = TypeVar("Row", bound=LeasedRow)

MAX_ATTEMPTS = 3
"""Leases that may be lost before a person must look."""


def ready_rows(rows: models.QuerySet[Row], now: datetime) -> models.QuerySet[Row]:
    """Rows of `rows` that may be taken at `now`: waiting and due, or running under a lapsed lease."""
    return rows.filter(
        models.Q(status=WorkStatus.QUEUED, not_before__lte=now)
        | models.Q(status=WorkStatus.RUNNING, lease_until__lt=now)
    )


def held(row: Row) -> models.QuerySet[Row]:
    """Return the row for as long as the lease with which it was read is in force;
    nothing once another worker has it."""
    return type(row)._default_manager.filter(pk=row.pk, status=WorkStatus.RUNNING, lease_token=row.lease_token)


def take(rows: models.QuerySet[Row], *, worker: str, at: datetime, lease: timedelta) -> Row | None:
    """Take the first ready row of the ordered `rows` for `worker`, or return None.

    A row whose leases were lost `MAX_ATTEMPTS` times is set aside for a person instead of being tried for ever.
    """
    while True:
        candidate = ready_rows(rows, at).values("pk", "attempts", "lease_token").first()
        if candidate is None:
            return None
        same = ready_rows(rows.model._default_manager.all(), at).filter(
            pk=candidate["pk"], lease_token=candidate["lease_token"]
        )
        if candidate["attempts"] >= MAX_ATTEMPTS:
            same.update(status=WorkStatus.NEEDS_PERSON, lease_until=None, finished_at=at)
            continue
        taken = same.update(
            status=WorkStatus.RUNNING,
            worker=worker,
            lease_until=at + lease,
            heartbeat_at=at,
            lease_token=(token := secrets.token_hex(16)),
            attempts=F("attempts") + 1,
        )
        if taken:
            return rows.model._default_manager.filter(lease_token=token).first()


def keep(row: LeasedRow, *, at: datetime, lease: timedelta) -> bool:
    """Lengthen the lease; False when another worker holds the row now."""
    return bool(held(row).update(lease_until=at + lease, heartbeat_at=at))


def finish(row: LeasedRow, *, at: datetime) -> bool:
    """Mark the work done; False, and nothing changed, when the lease was lost. Call it in the result's transaction."""
    ours = held(row).select_for_update()
    return bool(ours.update(status=WorkStatus.DONE, finished_at=at, lease_until=None, error=""))


@transaction.atomic
def put_back(row: LeasedRow, *, at: datetime, delay: timedelta, error: str, counts: bool = True) -> bool:
    """Return the row to the queue after a failure; `counts=False` forgives the attempt."""
    exhausted = counts and row.attempts >= MAX_ATTEMPTS
    return bool(
        held(row).update(
            status=WorkStatus.NEEDS_PERSON if exhausted else WorkStatus.QUEUED,
            not_before=at + delay,
            lease_until=None,
            error=error[:2000],
            attempts=row.attempts if counts else row.attempts - 1,
            finished_at=at if exhausted else None,
        )
    )


def release_of_dead_worker(rows: models.QuerySet[Row], *, worker: str, at: datetime) -> int:
    """Free at once what a dead worker of the same host held, instead of waiting for its leases."""
    theirs = rows.filter(status=WorkStatus.RUNNING, worker=worker)
    return theirs.update(lease_until=at - timedelta(seconds=1))
