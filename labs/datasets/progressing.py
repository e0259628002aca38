"""Work of the desk while it is done: progress on the row, a look whether it was cancelled, its end."""

from __future__ import annotations

import errno
import logging
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from portal.queue.actions import MAX_ATTEMPTS, finish, put_back, take
from portal.queue.models import WorkStatus
from portal.queue.registry import Kind
from portal.queue.worker import Heartbeat, worker_name

from .child import run_workshop
from .models import DeskWork, Outcome

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
LOOK_EVERY_S = 1.0
DIED_MESSAGE = (
    "后台程序多次中途终止（常见原因：内存不足、机器重启），没有留下不完整的结果，草案没有改变。请减少行或列后重试，或告知管理员。",
    "The program ended midway several times (usually too little memory, or the machine was restarted). Nothing half-made is"
    " left and the draft is unchanged. Try with fewer rows or columns, or tell the administrator.",
)

log = logging.getLogger(__name__)


class Watched:
    """A row under work."""

    def __init__(self, row: DeskWork) -> None:
        self.row = row
        self._looked_at = 0.0
        self._is_cancelled = False

    def progress(self, step: str, percent: int) -> None:
        """Write down how far the work is."""
        type(self.row)._default_manager.filter(pk=self.row.pk).update(step=step[:40], percent=percent)

    def is_cancelled(self) -> bool:
        """Return whether somebody asked to stop, or another worker holds the row now; asked once a second."""
        if not self._is_cancelled and time.monotonic() - self._looked_at >= LOOK_EVERY_S:
            self._looked_at = time.monotonic()
            now = type(self.row)._default_manager.values("cancel_asked_at", "lease_token").get(pk=self.row.pk)
            is_lost = now["lease_token"] != self.row.lease_token
            self._is_cancelled = is_lost or now["cancel_asked_at"] is not None
        return self._is_cancelled

    def run(self, job: Mapping[str, Any]) -> dict[str, Any]:
        """Have the workshop do a job. Raises WorkRefused, WorkCancelled and WorkDied."""
        root = settings.PATHS.root
        return run_workshop(job, root=root, progress=self.progress, is_cancelled=self.is_cancelled)

    @staticmethod
    def is_full(problem: OSError) -> bool:
        """Return whether the disk is full."""
        return problem.errno in FULL


@transaction.atomic
def end_work(row: DeskWork, outcome: Outcome, *, at: datetime, message: str = "", message_en: str = "") -> bool:
    """End the work with an answer; False when another worker holds the row."""
    if not finish(row, at=at):
        return False
    type(row)._default_manager.filter(pk=row.pk).update(
        outcome=outcome, message=message, message_en=message_en, step=""
    )
    return True


def end_when_tried_enough(row: DeskWork, problem: Exception) -> None:
    """End the work in a sentence when this was the last attempt; raises the problem for the queue before."""
    if row.attempts < MAX_ATTEMPTS:
        raise problem
    log.error("%s %s failed", type(row).__name__, row.uuid, exc_info=problem)
    end_work(row, Outcome.REFUSED, at=timezone.now(), message=DIED_MESSAGE[0], message_en=DIED_MESSAGE[1])


def do_now(kind: Kind, row: DeskWork, *, patience_s: float = 900.0) -> DeskWork:
    """Do one row in this process, or wait for the worker that has it; returns the row as it ended."""
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        taken = take(kind.rows().filter(pk=row.pk), worker=worker_name(), at=timezone.now(), lease=kind.lease)
        if taken is not None:
            try:
                with Heartbeat(taken, kind.lease):
                    kind.work(taken)
            except Exception as error:  # as the worker does: the row must not stay under way
                log.exception("%s %s failed", kind.name, taken.uuid)
                reason = f"{type(error).__name__}: {error}"
                put_back(taken, at=timezone.now(), delay=timedelta(0), error=reason)
        row.refresh_from_db()
        if row.status in (WorkStatus.DONE, WorkStatus.NEEDS_PERSON):
            break
        time.sleep(0.2)
    return row
