"""Grading everybody again with a mended release: runs, a proposal, and a person's decision about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from labs.assignments.actions import AssignmentRefused, use_release
from labs.assignments.models import LabAssignment, LabRelease
from labs.assignments.permissions import require_teacher
from labs.grading.counting import current_marks, points_of_run
from labs.grading.keys import dataset_digest, run_key
from labs.grading.models import (
    Cause,
    Decision,
    Grade,
    GradingRun,
    Purpose,
    RegradeBatch,
    RegradeItem,
    Submission,
)
from labs.grading.permissions import require_no_own_work
from labs.grading.regrades import certified_enrollments
from portal.audit.actions import record
from portal.notifications.actions import notify
from portal.queue.models import WorkStatus
from portal.queue.turns import in_turns
from portal.users.models import User

from .grades import store_grade


class RegradeRefused(Exception):
    """The regrade cannot be done like this; `code` says why: other_lab, nothing, unfinished, decided,
    note; red or passport, when the release may not be put before a run."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Approval:
    """What the approving person wants beside the results that rise: those that fall, and certified ones among them."""

    lowers: bool = False
    lowers_certified: bool = False
    note: str = ""


@transaction.atomic
def start_regrade(
    *, assignment: LabAssignment, release: LabRelease, reason: str, by: User, at: datetime
) -> RegradeBatch:
    """Grade every attempt of the assignment again with the release; from now on new attempts use it, too.

    The results are a proposal until `approve_regrade` or `discard_regrade`. Raises PermissionDenied, RegradeRefused.
    """
    require_teacher(by, assignment.run_id, timezone.localdate(at))
    if release.lab_id != assignment.lab_id:
        raise RegradeRefused("other_lab")
    attempts = Submission.objects.filter(assignment=assignment, purpose=Purpose.SUBMIT).order_by("pk")
    submissions = list(attempts.select_for_update())
    if not submissions:
        raise RegradeRefused("nothing")
    if assignment.release_id != release.pk:
        _use(assignment, release, by, at)
    batch = RegradeBatch.objects.create(
        assignment=assignment, release=release, reason=reason, requested_at=at, requested_by=by
    )
    _queue(batch, submissions, at)
    details = {"release": str(release.uuid), "reason": reason, "submissions": len(submissions)}
    record(by=by, at=at, event="grading.regrade_started", target=batch, details=details)
    return batch


def _use(assignment: LabAssignment, release: LabRelease, by: User, at: datetime) -> None:
    try:
        use_release(assignment=assignment, release=release, by=by, at=at)
    except AssignmentRefused as refusal:
        raise RegradeRefused(refusal.code) from refusal


def _queue(batch: RegradeBatch, submissions: list[Submission], at: datetime) -> None:
    release, dataset = batch.release, dataset_digest(batch.release)
    runs = [
        GradingRun(
            submission=each, release=release, cause=Cause.REGRADE,
            key=run_key(each, release, dataset, Cause.REGRADE, str(batch.uuid)),
            environment_digest=release.environment_digest, dataset_digest=dataset,
            created_at=at, not_before=at, requested_by=batch.requested_by,
        )
        for each in submissions
    ]  # fmt: skip
    GradingRun.objects.bulk_create(runs)
    by_key = {run.key: run for run in GradingRun.objects.filter(key__in=[run.key for run in runs])}
    current = Grade.objects.current().filter(submission__in=[each.pk for each in submissions])
    grades = {grade.submission_id: grade for grade in current}
    RegradeItem.objects.bulk_create(
        RegradeItem(batch=batch, submission=each, run=by_key[run.key], before=grades.get(each.pk))
        for each, run in zip(submissions, runs, strict=True)
    )


@transaction.atomic
def propose(*, run: GradingRun, before: Grade, at: datetime) -> RegradeBatch:
    """Turn the lower result of a single regrade into a proposal, and tell who asked for it."""
    assert run.requested_by is not None, "a regrade has somebody who asked for it"
    batch = RegradeBatch.objects.create(
        assignment=run.submission.assignment, release=run.release, reason=run.submission.receipt or "",
        requested_at=at, requested_by=run.requested_by,
    )  # fmt: skip
    RegradeItem.objects.create(batch=batch, submission=run.submission, run=run, before=before)
    _tell_author(batch, at)
    record(by=None, at=at, event="grading.regrade_waits", target=batch, details={"run": str(run.uuid)})
    return batch


def approve_regrade(*, batch: RegradeBatch, approval: Approval, by: User, at: datetime) -> RegradeBatch:
    """Take over the results that rise, and those that fall where the approval says so; trainees are told.

    A result on which a certificate rests is lowered only with `lowers_certified` and a note; the certificate itself
    stays until somebody revokes it. Each result is a transaction of its own, so that a big class keeps nobody else from
    writing; killed in the middle, approving again does the rest. Raises PermissionDenied and RegradeRefused.
    """
    with transaction.atomic():
        batch = _open_batch(batch, by, at)
    if approval.lowers_certified and not (approval.lowers and approval.note.strip()):
        raise RegradeRefused("note")
    items = list(batch.items.select_related("run", "submission__enrollment").order_by("pk"))
    if any(item.run.status in (WorkStatus.QUEUED, WorkStatus.RUNNING) for item in items):
        raise RegradeRefused("unfinished")
    certified = certified_enrollments(item.submission.enrollment_id for item in items)
    for item in in_turns(items):
        _approve_item(item, item.submission.enrollment_id in certified, approval, by, at)
    with transaction.atomic():
        batch = _open_batch(batch, by, at)
        counted = batch.items.order_by().values_list("decision").annotate(Count("pk"))
        return _close(batch, "approved", approval.note, dict(counted), by, at)


@transaction.atomic
def _approve_item(item: RegradeItem, is_certified: bool, approval: Approval, by: User, at: datetime) -> None:
    """One result, once: whoever else approves at this moment finds it decided."""
    batch = RegradeBatch.objects.select_for_update().get(pk=item.batch_id)
    if batch.decision or RegradeItem.objects.filter(pk=item.pk).exclude(decision="").exists():
        return
    item.decision = _decide(item, is_certified, approval)
    if item.decision == Decision.APPLIED:
        reason = f"regrade: {batch.reason}"
        store_grade(submission=item.submission, run=item.run, reason=reason, notice="grading.regraded", by=by, at=at)
        if is_certified:
            details = {"note": approval.note, "batch": str(batch.uuid)}
            record(by=by, at=at, event="grading.certified_regraded", target=item.submission, details=details)
    item.save(update_fields=["decision"])


@transaction.atomic
def discard_regrade(*, batch: RegradeBatch, by: User, at: datetime) -> RegradeBatch:
    """Leave every grade as it is. Runs that still wait are taken out of the queue.

    Raises PermissionDenied and RegradeRefused.
    """
    batch = _open_batch(batch, by, at)
    waiting = GradingRun.objects.filter(proposal__batch=batch, status=WorkStatus.QUEUED)
    waiting.update(status=WorkStatus.DONE, finished_at=at, error="discarded")
    # Those of an approval that was cut short stay as they were decided.
    items = batch.items.filter(decision="").update(decision=Decision.DISCARDED)
    return _close(batch, "discarded", "", {Decision.DISCARDED.value: items}, by, at)


def _decide(item: RegradeItem, is_certified: bool, approval: Approval) -> Decision:
    """Against the grade as it is now: it may have changed since the regrade began."""
    if item.run.status != WorkStatus.DONE:
        return Decision.NOT_GRADED
    submission = Submission.objects.select_for_update().get(pk=item.submission_id)
    grade = Grade.objects.current().filter(submission=submission).first()
    points = points_of_run(item.run, current_marks(submission))
    if grade is None or points.is_higher_than(grade):
        return Decision.APPLIED
    if not points.is_lower_than(grade):
        return Decision.SAME
    if not approval.lowers:
        return Decision.KEPT
    return Decision.KEPT_CERTIFIED if is_certified and not approval.lowers_certified else Decision.APPLIED


def _open_batch(batch: RegradeBatch, by: User, at: datetime) -> RegradeBatch:
    require_teacher(by, batch.assignment.run_id, timezone.localdate(at))
    # Two people deciding at once: the second is refused.
    batch = RegradeBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.decision:
        raise RegradeRefused("decided")
    require_no_own_work(by, Submission.objects.filter(pk__in=batch.items.values("submission")))
    return batch


def _close(
    batch: RegradeBatch, decision: str, note: str, found: dict[str, int], by: User, at: datetime
) -> RegradeBatch:
    batch.decision, batch.decided_at, batch.decided_by, batch.note = decision, at, by, note[:200]
    batch.save(update_fields=["decision", "decided_at", "decided_by", "note"])
    details = {"note": note, "results": found}
    record(by=by, at=at, event=f"grading.regrade_{decision}", target=batch, details=details)
    return batch


def _tell_author(batch: RegradeBatch, at: datetime) -> None:
    params = {"lab": batch.assignment.lab.title}
    url = f"/labs/regrades/{batch.uuid}/"
    notify(user=batch.requested_by, kind="grading.regrade_waits", params=params, url=url, at=at)
