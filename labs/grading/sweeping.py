"""Files that nobody needs: left by a crash between the disk and the row, or of Checks whose result is there.

What was submitted is never removed, nor is a row of anything.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from django.core.files.storage import storages

from labs.grading.models import Purpose, Submission
from portal.queue.models import WorkStatus

KEPT = timedelta(days=1)
"""Far longer than a submission is on its way."""
CHECK_KEPT = timedelta(minutes=10)
CHECKS_FROM = timedelta(days=2)
"""Older ones are found by the daily sweep, which looks at the files and not at the rows."""


def sweep_unclaimed_files(at: datetime) -> None:
    """Remove files of the submissions storage older than a day: no row names them, or a Check that is over."""
    root = Path(storages["submissions"].path(""))
    before = (at - KEPT).timestamp()
    old = [path for path in root.glob("??/*") if path.is_file() and path.stat().st_mtime < before]
    for path in old:
        row = Submission.objects.filter(path=str(path.relative_to(root))).values("pk", "purpose").first()
        # A Check that needed a person got one within a day, or was made again.
        if row is None or (row["purpose"] == Purpose.CHECK and not _is_worked_on(row["pk"])):
            path.unlink(missing_ok=True)


def sweep_checks(at: datetime) -> None:
    """Remove the bytes of Checks that have had their result for some minutes; row and result stay."""
    root = Path(storages["submissions"].path(""))
    done = Submission.objects.filter(
        purpose=Purpose.CHECK,
        received_at__range=(at - CHECKS_FROM, at),
        runs__status=WorkStatus.DONE,
        runs__finished_at__lt=at - CHECK_KEPT,
    )
    for pk, path in done.values_list("pk", "path"):
        if not _is_worked_on(pk):
            (root / path).unlink(missing_ok=True)


def _is_worked_on(submission: int) -> bool:
    waiting = (WorkStatus.QUEUED, WorkStatus.RUNNING)
    return Submission.objects.filter(pk=submission, runs__status__in=waiting).exists()
