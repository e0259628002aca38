"""The worker: threads take rows lane by lane, keeps their leases while it works, and runs what is due by date."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import close_old_connections, connections
from django.utils import timezone

from . import actions
from .models import LeasedRow, Schedule
from .processes import host_name
from .registry import GRADED, LANES, Kind, all_kinds, chores, drains_of, kinds_of, owed_lanes, reserved_places

log = logging.getLogger(__name__)

LOOK_EVERY = 0.5
"""Seconds between looks at an empty queue (docs/architecture.md, Queue and clock)."""

RETRY_AFTER = timedelta(seconds=5)


def worker_name() -> str:
    """host:pid, by which a dead worker of this host is recognized."""
    return f"{host_name()}:{os.getpid()}"


def free_what_dead_workers_hold(now: datetime) -> None:
    """Free at once the rows of workers of this host that no longer run."""
    host = host_name()
    for kind in all_kinds():
        holders = kind.rows().filter(status="running", worker__startswith=f"{host}:").values_list("worker", flat=True)
        for holder in set(holders.order_by()):
            if not _is_alive(int(holder.rpartition(":")[2])):
                actions.release_of_dead_worker(kind.rows(), worker=holder, at=now)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


class Heartbeat:
    """Keeps a row's lease while its work runs; `lost` is set when another worker has taken it."""

    def __init__(self, row: LeasedRow, lease: timedelta) -> None:
        self._row, self._lease = row, lease
        self._over = threading.Event()
        self.lost = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._over.wait(self._lease.total_seconds() / 3):
            try:
                if not actions.keep(self._row, at=timezone.now(), lease=self._lease):
                    self.lost.set()
                    return
            except Exception:
                log.exception("lease of %s %s not kept", type(self._row).__name__, self._row.pk)
            finally:
                # The thread's own: left to the garbage collector, PostgreSQL's driver warns of it.
                connections.close_all()


def work_once(
    kind: Kind, worker: str, pk: int | None = None, *, taken: Callable[[LeasedRow], None] | None = None
) -> bool:
    """Take the first row of the kind, or the one with the id, and work on it; False when none is ready.

    `taken` is told which row it is before the work begins.
    """
    rows = kind.rows() if pk is None else kind.rows().filter(pk=pk)
    row = actions.take(rows, worker=worker, at=timezone.now(), lease=kind.lease)
    if row is None:
        return False
    if taken is not None:
        taken(row)
    try:
        with Heartbeat(row, kind.lease):
            kind.work(row)
    except Exception as error:
        log.exception("%s %s failed", kind.name, row.uuid)
        actions.put_back(
            row, at=timezone.now(), delay=RETRY_AFTER * row.attempts, error=f"{type(error).__name__}: {error}"
        )
    return True


@dataclass(frozen=True)
class Post:
    """One thread's work: lanes in the order of their urgency. It takes one row, then looks at the first lane again."""

    name: str
    lanes: tuple[str, ...]


BROUGHT = {"check": "interactive", "labs": "batch"}
"""Lanes that came later, each with the one that brings it where nobody names it."""


def with_brought(lanes: Sequence[str]) -> list[str]:
    """Return the lanes in which a worker works: whoever takes submissions takes Checks too, and so on."""
    return [lane for lane in LANES if lane in lanes or BROUGHT.get(lane) in lanes]


def rooms(lanes: Sequence[str], places: int) -> list[tuple[tuple[str, ...], int]]:
    """Return which lanes share how many threads. Neither Checks nor regrades can take the
    reserved places of a grader."""
    found: list[tuple[tuple[str, ...], int]] = [((lane,), 1) for lane in lanes if lane not in GRADED]
    graded = tuple(lane for lane in GRADED if lane in lanes)
    reserved = reserved_places(places) if len(graded) > 1 and graded[0] == GRADED[0] else 0
    if reserved:
        found.append((GRADED[:1], reserved))
    return [*found, (graded, places - reserved)] if graded else found


def posts(lanes: Sequence[str], places: int) -> list[Post]:
    """Return the threads of a worker, of which grading gets as many as the grader has places."""
    return [
        Post(f"{'+'.join(shared)} {number + 1}" if threads > 1 else "+".join(shared), shared)
        for shared, threads in rooms(lanes, places)
        for number in range(threads)
    ]


def work_next(lanes: Sequence[str], worker: str) -> bool:
    """Work on one row of the first lane that has any; False when nothing is ready."""
    owed = owed_lanes(lanes[1:])
    for lane in (*owed, *(lane for lane in lanes if lane not in owed)):
        if any(work_once(kind, worker) for kind in kinds_of(lane)):
            return True
        busy = [drain.work() for drain in drains_of(lane)]
        if any(busy):
            return True
    return False


def run_post(post: Post, stop: threading.Event) -> None:
    """Work until `stop` is set."""
    worker = worker_name()
    while not stop.is_set():
        try:
            close_old_connections()
            if not work_next(post.lanes, worker):
                stop.wait(LOOK_EVERY)
        except Exception:
            log.exception("%s", post.name)
            stop.wait(5)


def run_due_chores(now: datetime) -> None:
    """Run every chore whose time has come; a time missed while nothing ran is caught up once."""
    for chore in chores():
        schedule, _ = Schedule.objects.get_or_create(
            name=chore.name, defaults={"every_seconds": int(chore.every.total_seconds())}
        )
        if schedule.last_run_at is not None and schedule.last_run_at + chore.every > now:
            continue
        claimed = Schedule.objects.filter(pk=schedule.pk, last_run_at=schedule.last_run_at).update(last_run_at=now)
        if not claimed:
            continue
        try:
            chore.work(now)
            Schedule.objects.filter(pk=schedule.pk).update(last_error="")
        except Exception as error:
            log.exception("chore %s", chore.name)
            Schedule.objects.filter(pk=schedule.pk).update(last_error=f"{type(error).__name__}: {error}"[:2000])


def run_clock(stop: threading.Event) -> None:
    """Look once a second for chores that are due, until `stop` is set."""
    while not stop.wait(1.0):
        try:
            close_old_connections()
            run_due_chores(timezone.now())
        except Exception:
            log.exception("clock")
            stop.wait(5)
