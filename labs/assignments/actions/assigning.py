"""Putting a lab's release before a run, and changing its dates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from courses.catalog.models import CourseRun
from courses.learning.actions import add_requirement, withdraw_requirement
from courses.learning.models import Enrollment, EnrollmentStatus
from labs.assignments.entries import assignment_entries
from labs.assignments.models import AttemptsPolicy, Lab, LabAssignment, LabRelease, lab_path
from labs.assignments.permissions import require_teacher
from labs.assignments.reports import release_problem
from labs.assignments.signals import terms_changed
from portal.audit.actions import record
from portal.notifications.actions import notify
from portal.users.models import User
from search.actions import put_entries

Curve = Sequence[Sequence[int]]
"""Steps (last started day, percent off)."""


class AssignmentRefused(Exception):
    """The lab cannot be assigned like this; `code` says why: other_lab, window, already, unchecked,
    checking, red, passport, retired."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def assign_lab(  # noqa: PLR0913  (the terms of an assignment, each its own column)
    *,
    lab: Lab,
    run: CourseRun,
    release: LabRelease,
    opens_at: datetime,
    due_at: datetime,
    max_attempts: int | None,
    pass_percent: int,
    is_required: bool,
    attempts_policy: str = AttemptsPolicy.BEST,
    late_curve: Curve = (),
    appeal_days: int = 7,
    by: User,
    at: datetime,
) -> LabAssignment:
    """Put the release before the run; a required one must be passed to complete the run.

    Raises PermissionDenied and AssignmentRefused.
    """
    require_teacher(by, run.pk, timezone.localdate(at))
    _check(lab, release, opens_at, due_at)
    _check_release(release, at)
    if LabAssignment.objects.filter(lab=lab, run=run).exists():
        raise AssignmentRefused("already")
    assignment = LabAssignment.objects.create(
        lab=lab, run=run, release=release, opens_at=opens_at, due_at=due_at,
        max_attempts=max_attempts, pass_percent=pass_percent, is_required=is_required,
        attempts_policy=attempts_policy, late_curve=[list(step) for step in late_curve], appeal_days=appeal_days,
    )  # fmt: skip
    if is_required:
        url = lab_path(assignment.uuid)
        add_requirement(run=run, kind="lab", subject_uuid=assignment.uuid, label=lab.title, url=url, by=by, at=at)
    put_entries(assignment_entries([assignment]), at=at)
    record(by=by, at=at, event="assignments.lab_assigned", target=assignment, details=_terms(assignment))
    _tell_learners(assignment, "assignments.set", {"due": due_at.isoformat()}, at)
    return assignment


@transaction.atomic
def change_assignment(  # noqa: PLR0913  (as above)
    *,
    assignment: LabAssignment,
    release: LabRelease,
    opens_at: datetime,
    due_at: datetime,
    max_attempts: int | None,
    attempts_policy: str | None = None,
    late_curve: Curve | None = None,
    appeal_days: int | None = None,
    by: User,
    at: datetime,
) -> LabAssignment:
    """Change the terms or the release; what was submitted keeps the release that it was made for.

    Terms that are None stay. Lateness that the new terms take back is given back to graded work; they never take more
    from it. Raises PermissionDenied and AssignmentRefused.
    """
    require_teacher(by, assignment.run_id, timezone.localdate(at))
    _check(assignment.lab, release, opens_at, due_at)
    if release.pk != assignment.release_id:
        _check_release(release, at)
    before = _terms(assignment)
    assignment.release, assignment.opens_at, assignment.due_at = release, opens_at, due_at
    assignment.max_attempts = max_attempts
    if attempts_policy is not None:
        assignment.attempts_policy = attempts_policy
    if late_curve is not None:
        assignment.late_curve = [list(step) for step in late_curve]
    if appeal_days is not None:
        assignment.appeal_days = appeal_days
    assignment.save()
    after = _terms(assignment)
    details = {"before": before, "after": after}
    record(by=by, at=at, event="assignments.assignment_changed", target=assignment, details=details)
    if before["due_at"] != after["due_at"]:
        _tell_learners(assignment, "assignments.due_changed", {"due": after["due_at"], "before": before["due_at"]}, at)
    terms_changed.send(sender=LabAssignment, assignment=assignment, user=None, by=by, at=at)
    return assignment


@transaction.atomic
def use_release(*, assignment: LabAssignment, release: LabRelease, by: User, at: datetime) -> LabAssignment:
    """Put another release of the lab before the run, from the next attempt on."""
    return change_assignment(
        assignment=assignment, release=release, opens_at=assignment.opens_at, due_at=assignment.due_at,
        max_attempts=assignment.max_attempts, by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def change_rules(
    *, assignment: LabAssignment, pass_percent: int, is_required: bool, reason: str, by: User, at: datetime
) -> bool:
    """Change the pass mark and whether the run asks for the lab; False when nothing differs.

    Open places are counted anew. Who passed or completed keeps it, whatever the new mark. Raises PermissionDenied.
    """
    require_teacher(by, assignment.run_id, timezone.localdate(at))
    assignment = LabAssignment.objects.select_for_update().select_related("lab", "run").get(pk=assignment.pk)
    before = _terms(assignment)
    if (assignment.pass_percent, assignment.is_required) == (pass_percent, is_required):
        return False
    assignment.pass_percent, assignment.is_required = pass_percent, is_required
    assignment.save(update_fields=["pass_percent", "is_required"])
    details = {"before": before, "after": _terms(assignment), "reason": reason}
    record(by=by, at=at, event="assignments.rules_changed", target=assignment, details=details)
    if before["pass_percent"] != pass_percent:
        params = {"percent": pass_percent, "before": before["pass_percent"], "reason": reason}
        _tell_learners(assignment, "assignments.pass_mark_changed", params, at)
    _ask_of_run(assignment, by=by, at=at)
    return True


@transaction.atomic
def withdraw_assignment(*, assignment: LabAssignment, reason: str, by: User, at: datetime) -> bool:
    """Take the lab back from the run: nothing more is submitted, the run asks for it no longer.

    Work and grades stay and can be read. False when it is withdrawn already. Raises PermissionDenied.
    """
    require_teacher(by, assignment.run_id, timezone.localdate(at))
    assignment = LabAssignment.objects.select_for_update().select_related("lab", "run").get(pk=assignment.pk)
    if assignment.withdrawn_at is not None:
        return False
    assignment.withdrawn_at, assignment.withdrawn_because = at, reason[:200]
    assignment.save(update_fields=["withdrawn_at", "withdrawn_because"])
    record(by=by, at=at, event="assignments.withdrawn", target=assignment, details={"reason": reason})
    _tell_learners(assignment, "assignments.taken_back", {"reason": reason}, at)
    _ask_of_run(assignment, by=by, at=at)
    return True


@transaction.atomic
def restore_assignment(*, assignment: LabAssignment, by: User, at: datetime) -> bool:
    """Put a withdrawn lab before its run again; False when it is not withdrawn. Raises PermissionDenied."""
    require_teacher(by, assignment.run_id, timezone.localdate(at))
    assignment = LabAssignment.objects.select_for_update().select_related("lab", "run").get(pk=assignment.pk)
    if assignment.withdrawn_at is None:
        return False
    assignment.withdrawn_at, assignment.withdrawn_because = None, ""
    assignment.save(update_fields=["withdrawn_at", "withdrawn_because"])
    record(by=by, at=at, event="assignments.restored", target=assignment)
    _tell_learners(assignment, "assignments.put_back", {}, at)
    _ask_of_run(assignment, by=by, at=at)
    return True


def _tell_learners(assignment: LabAssignment, kind: str, params: dict[str, object], at: datetime) -> None:
    """Those who still learn in the run hear of a change of the lab that they did not make."""
    places = Enrollment.objects.filter(run=assignment.run_id, status=EnrollmentStatus.ACTIVE, user__is_active=True)
    told = {"lab": assignment.lab.title, "run": assignment.run.name, **params}
    for place in places.select_related("user").order_by("pk"):
        notify(user=place.user, kind=kind, params=told, url=lab_path(assignment.uuid), at=at)


def _ask_of_run(assignment: LabAssignment, *, by: User, at: datetime) -> None:
    """Bring the run's requirement in step with the assignment, then have open places counted anew."""
    lab, run = assignment.lab, assignment.run
    if assignment.is_required and assignment.withdrawn_at is None:
        url = lab_path(assignment.uuid)
        add_requirement(run=run, kind="lab", subject_uuid=assignment.uuid, label=lab.title, url=url, by=by, at=at)
    else:
        withdraw_requirement(run=run, kind="lab", subject_uuid=assignment.uuid, by=by, at=at)
    terms_changed.send(sender=LabAssignment, assignment=assignment, user=None, by=by, at=at)


def _check(lab: Lab, release: LabRelease, opens_at: datetime, due_at: datetime) -> None:
    if release.lab_id != lab.pk:
        raise AssignmentRefused("other_lab")
    if due_at <= opens_at:
        raise AssignmentRefused("window")


def _check_release(release: LabRelease, at: datetime) -> None:
    """Refuse a release that has not passed its check, or whose data may not be used."""
    problem = release_problem(release, on=timezone.localdate(at))
    if problem is not None:
        raise AssignmentRefused(problem)


def _terms(assignment: LabAssignment) -> dict[str, object]:
    return {
        "release": str(assignment.release.uuid),
        "opens_at": assignment.opens_at.isoformat(),
        "due_at": assignment.due_at.isoformat(),
        "max_attempts": assignment.max_attempts,
        "pass_percent": assignment.pass_percent,
        "is_required": assignment.is_required,
        "attempts_policy": assignment.attempts_policy,
        "late_curve": assignment.late_curve,
        "appeal_days": assignment.appeal_days,
    }
