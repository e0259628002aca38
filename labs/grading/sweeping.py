"""Files that a crash left between the disk and the row: no receipt was given for them, and no row names them."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from django.core.files.storage import storages

from labs.grading.models import Submission

KEPT = timedelta(days=1)
"""Far longer than a submission is on its way."""


def sweep_unclaimed_files(at: datetime) -> None:
    """This will remove files of the submissions storage that no row names and that are older than a day."""
    root = Path(storages["submissions"].path(""))
    before = (at - KEPT).timestamp()
    old = [path for path in root.glob("??/*") if path.is_file() and path.stat().st_mtime < before]
    for path in old:
        name = str(path.relative_to(root))
        if not Submission.objects.filter(path=name).exists():
            path.unlink(missing_ok=True)
