"""Who may mark: whoever teaches the run, and never one's own work. Every way of marking asks here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from labs.assignments.permissions import require_teacher, taught_runs
from portal.users.models import User

from .models import Submission


def is_own_work(user: User | AnonymousUser, submission: Submission) -> bool:
    """Return whether the user handed the submission in."""
    return submission.user_id == user.pk


def require_marker(by: User, submission: Submission, on: date) -> None:
    """Raise PermissionDenied for own work, and for anybody who does not teach the submission's run."""
    if is_own_work(by, submission):
        raise PermissionDenied
    require_teacher(by, submission.assignment.run_id, on)


def require_no_own_work(by: User, submissions: QuerySet[Submission]) -> None:
    """Raise PermissionDenied when one of the submissions is the user's own."""
    if submissions.filter(user=by).exists():
        raise PermissionDenied


def others_work(by: User, submissions: Iterable[Submission], on: date) -> list[Submission]:
    """Those of the submissions that are not the user's own. One query. Raises PermissionDenied when the user does not
    teach the run of one of them."""
    listed, runs = list(submissions), taught_runs(by, on)
    if any(each.assignment.run_id not in runs for each in listed):
        raise PermissionDenied
    return [each for each in listed if not is_own_work(by, each)]
