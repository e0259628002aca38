"""Writing down that somebody looked: at original rows, and at what a release tells of somebody known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from labs.datasets.models import Build
from labs.datasets.permissions import DESK, require
from portal.audit.actions import record
from portal.users.models import User


@transaction.atomic
def note_originals_shown(*, build: Build, by: User, at: datetime) -> None:
    """Note that original rows were shown beside the build's. Raises PermissionDenied."""
    require(by, build.draft.dataset, DESK, timezone.localdate(at))
    record(by=by, at=at, event="datasets.originals_shown", target=build.draft, details={"build": str(build.uuid)})


@transaction.atomic
def note_release_tried(*, build: Build, columns: Sequence[str], found: int, by: User, at: datetime) -> None:
    """Note which columns were known and how many people were found; never what was known of them.

    Raises PermissionDenied.
    """
    require(by, build.draft.dataset, DESK, timezone.localdate(at))
    details = {"build": str(build.uuid), "columns": list(columns), "found": found}
    record(by=by, at=at, event="datasets.release_tried", target=build.draft, details=details)
