"""More time or more attempts for one trainee, with a reason."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from courses.learning.queries import active_enrollment
from labs.assignments.models import LabAssignment, LabExtension, lab_path
from labs.assignments.permissions import require_teacher
from labs.assignments.signals import terms_changed
from portal.audit.actions import record
from portal.notifications.actions import notify
from portal.users.models import User


class ExtensionRefused(Exception):
    """The extension cannot be granted; `code` says why: not_enrolled, nothing, earlier."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def grant_extension(
    *,
    assignment: LabAssignment,
    user: User,
    due_at: datetime | None,
    extra_attempts: int,
    reason: str,
    by: User,
    at: datetime,
) -> LabExtension:
    """Give the trainee an own deadline or more attempts, in place of what was granted before; they are told.

    Raises PermissionDenied (another's run, oneself) and ExtensionRefused.
    """
    _require_teacher(by, assignment, user, at)
    if active_enrollment(user, assignment.run) is None:
        raise ExtensionRefused("not_enrolled")
    if due_at is None and not extra_attempts:
        raise ExtensionRefused("nothing")
    if due_at is not None and due_at <= assignment.due_at:
        raise ExtensionRefused("earlier")
    granted = _write(assignment, user, due_at, extra_attempts, reason, by, at)
    params = {"lab": assignment.lab.title, "reason": reason}
    notify(user=user, kind="assignments.extended", params=params, url=lab_path(assignment.uuid), at=at)
    return granted


@transaction.atomic
def withdraw_extension(*, assignment: LabAssignment, user: User, reason: str, by: User, at: datetime) -> LabExtension:
    """Let the assignment's own terms hold again; what was handed in meanwhile keeps its grade."""
    _require_teacher(by, assignment, user, at)
    return _write(assignment, user, None, 0, reason, by, at)


def _write(
    assignment: LabAssignment,
    user: User,
    due_at: datetime | None,
    extra_attempts: int,
    reason: str,
    by: User,
    at: datetime,
) -> LabExtension:
    granted = LabExtension.objects.create(
        assignment=assignment,
        user=user,
        due_at=due_at,
        extra_attempts=extra_attempts,
        reason=reason,
        granted_at=at,
        granted_by=by,
    )
    details = {
        "user": str(user.uuid),
        "due_at": due_at.isoformat() if due_at else None,
        "extra_attempts": extra_attempts,
        "reason": reason,
    }
    event = "assignments.extension_withdrawn" if granted.is_withdrawn else "assignments.extended"
    record(by=by, at=at, event=event, target=assignment, details=details)
    terms_changed.send(sender=LabAssignment, assignment=assignment, user=user, by=by, at=at)
    return granted


def _require_teacher(by: User, assignment: LabAssignment, user: User, at: datetime) -> None:
    if user.pk == by.pk:
        raise PermissionDenied
    require_teacher(by, assignment.run_id, timezone.localdate(at))
