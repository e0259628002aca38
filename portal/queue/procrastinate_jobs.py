"""On PostgreSQL: procrastinate tells the workers of every machine at once that a row waits, and hands it to one of them.

A job carries the row's id and nothing else. The rows and their leases stay the truth, and so does their order: whoever
gets a job takes the row of its kind that is first by now, whichever that is, or finds nothing to do. A row whose job was
spent on another, or lost, is announced again.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.utils import timezone

from . import actions
from .models import LeasedRow, WorkStatus
from .registry import GRADED, Kind, all_kinds
from .worker import work_once, worker_name

log = logging.getLogger(__name__)

PRIORITIES = {"interactive": 10, "check": 5}
"""Jobs of a higher priority are handed out first; every other lane has 0."""
OWED = 20
"""Priority of the job that lets a lane go first for once."""
MOST_AT_ONCE = 1000


def is_installed() -> bool:
    """Return whether rows are announced; without PostgreSQL the worker looks for them itself."""
    return apps.is_installed("procrastinate.contrib.django")


def register_tasks(app: Any) -> None:
    """Give the procrastinate app one task for each kind of work, named after it."""
    for kind in all_kinds():
        app.task(name=kind.name, queue=kind.lane, pass_context=False)(partial(_work, kind))


def announce(kind: Kind, rows: Iterable[int], *, priority: int | None = None) -> None:
    """Put a job for each of the rows into the queue of the kind's lane, unless one waits there already."""
    from procrastinate import exceptions
    from procrastinate.contrib.django import app

    task = app.tasks[kind.name]
    usual = PRIORITIES.get(kind.lane, 0)
    for row in rows:
        lock = f"{kind.name}:{row}" if priority is None else f"{kind.name}:first"
        try:
            task.configure(queueing_lock=lock, priority=usual if priority is None else priority).defer(row=row)
        except exceptions.AlreadyEnqueued:
            continue


def announce_forgotten(now: datetime) -> int:
    """Announce rows that may be taken and have no job: a lapsed lease, a retry that is due, a lost job."""
    from procrastinate.contrib.django.models import ProcrastinateJob

    announced = 0
    for kind in all_kinds():
        ready = list(actions.ready_rows(kind.rows(), now).values_list("pk", flat=True)[:MOST_AT_ONCE])
        if not ready:
            continue
        jobs = ProcrastinateJob.objects.filter(status="todo", queue_name=kind.lane, task_name=kind.name)
        waiting = {lock.rpartition(":")[2] for lock in jobs.values_list("queueing_lock", flat=True) if lock}
        missing = [pk for pk in ready if str(pk) not in waiting]
        announce(kind, missing)
        announced += len(missing)
    return announced


def announce_saved(sender: type[models.Model], instance: models.Model, **_: Any) -> None:
    """Receiver of `post_save`: announces the row once its transaction is committed. Failing costs seconds, not the row."""
    if isinstance(instance, LeasedRow) and instance.status == WorkStatus.QUEUED:
        transaction.on_commit(partial(_announce_row, type(instance), instance.pk), robust=True)


def forget_lost_jobs(now: datetime) -> None:
    """Remove jobs whose worker died with them; their rows are announced again when the lease has lapsed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE status = 'doing' AND worker_id IS NULL"
            " OR status IN ('succeeded', 'failed', 'aborted', 'cancelled')"
        )


def _announce_row(model: type[LeasedRow], pk: int) -> None:
    now = timezone.now()
    for kind in all_kinds():
        rows = kind.rows()
        if rows.model is model and actions.ready_rows(rows, now).filter(pk=pk).exists():
            announce(kind, [pk])


def _work(kind: Kind, row: int) -> None:
    """Do what a job says."""
    work_once(kind, worker_name(), taken=partial(_announce_passed_over, kind, row))


def _announce_passed_over(kind: Kind, announced: int, taken: LeasedRow) -> None:
    """Announce a row anew whose job another row was served by: the one that still waits gets a job again,
    and so does a kind that goes first now. Failing costs seconds, not the row that was taken."""
    now = timezone.now()
    try:
        if taken.pk != announced and actions.ready_rows(kind.rows(), now).filter(pk=announced).exists():
            announce(kind, [announced])
        for other in all_kinds() if kind.lane in GRADED else ():
            if other.is_owed is not None and other.is_owed():
                first = actions.ready_rows(other.rows(), now).values_list("pk", flat=True)[:1]
                announce(other, list(first), priority=OWED)
    except Exception:
        log.exception("passed over in %s", kind.name)
