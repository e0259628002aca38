"""Labs and releases that are put before no run any more."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from labs.assignments.models import Lab, LabRelease, LabRetirement
from labs.assignments.permissions import require_author
from portal.audit.actions import record
from portal.users.models import User


@transaction.atomic
def retire_lab(*, lab: Lab, release: LabRelease | None = None, reason: str, by: User, at: datetime) -> LabRetirement:
    """Keep the lab, or one release, from being put before a run; where it stands already it goes on.

    Retired twice is retired once. Raises PermissionDenied.
    """
    require_author(by, lab, timezone.localdate(at))
    retirement, is_new = LabRetirement.objects.get_or_create(
        lab=lab, release=release, ended_at=None, defaults={"reason": reason[:200], "retired_at": at, "retired_by": by}
    )
    if is_new:
        details = {"release": release.number if release else None, "reason": reason}
        record(by=by, at=at, event="assignments.lab_retired", target=lab, details=details)
    return retirement


@transaction.atomic
def restore_lab(*, lab: Lab, release: LabRelease | None = None, by: User, at: datetime) -> bool:
    """Let the lab, or the release, be put before runs again; False when it is not retired."""
    require_author(by, lab, timezone.localdate(at))
    held = LabRetirement.objects.filter(lab=lab, release=release, ended_at__isnull=True)
    if not held.update(ended_at=at, ended_by=by):
        return False
    details = {"release": release.number if release else None}
    record(by=by, at=at, event="assignments.lab_restored", target=lab, details=details)
    return True
