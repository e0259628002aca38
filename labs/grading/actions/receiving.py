"""Taking notebooks in: durable before acknowledged, once per Idempotency-Key, all or nothing."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Max
from django.utils import timezone

from courses.learning.models import Enrollment
from labs.assignments.models import LabAssignment
from labs.assignments.notebooks import NotebookRefused, check_notebook
from labs.assignments.rules import Ruling, ruling
from labs.assignments.storing import StorageFull, forget_stored, path_by_uuid, store_durably
from labs.grading import refusals
from labs.grading.models import Purpose, Submission
from labs.grading.variants import seed_for
from portal.audit.actions import record
from portal.queue.disk import DiskLevel, disk_level
from portal.users.models import User

from .queueing import queue

MOST_PER_MINUTE = {Purpose.SUBMIT: 6, Purpose.CHECK: 20}
RECEIPT_TRIES = 25


@dataclass(frozen=True)
class _Incoming:
    """A notebook on its way in."""

    purpose: Purpose
    assignment: LabAssignment
    enrollment: Enrollment
    user: User
    content: bytes
    key: str
    at: datetime
    identity: uuid.UUID

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def receive_submission(
    *, assignment: LabAssignment, user: User, content: bytes, idempotency_key: str = "", at: datetime
) -> Submission:
    """Keep a trainee's notebook as the next attempt and queue its grading; once for each key.

    Raises SubmissionRefused, and then nothing is changed.
    """
    return _receive(Purpose.SUBMIT, assignment, user, content, idempotency_key, at)


def receive_check(*, assignment: LabAssignment, user: User, content: bytes, at: datetime) -> Submission:
    """Queue a run of the visible tests; no attempt, no grade. It replaces the trainee's Check of the same lab
    that still waits. Raises SubmissionRefused, also when two others are not finished.
    """
    return _receive(Purpose.CHECK, assignment, user, content, "", at)


def _receive(
    purpose: Purpose, assignment: LabAssignment, user: User, content: bytes, key: str, at: datetime
) -> Submission:
    places = Enrollment.objects.present().filter(user=user, run=assignment.run_id)
    enrollment = places.first()
    if enrollment is None:
        raise refusals.no_such_assignment()
    incoming = _Incoming(purpose, assignment, enrollment, user, content, key[:64], at, uuid.uuid4())
    if (earlier := _earlier(incoming)) is not None:
        return earlier
    _require_open(incoming)
    _require_calm(incoming)
    if purpose == Purpose.CHECK and disk_level(settings.PATHS.var, settings.DISK_RESERVE) >= DiskLevel.CHECKS:
        raise refusals.no_room_for_checks()
    try:
        check_notebook(content)
    except NotebookRefused as refusal:
        raise refusals.bad_notebook(refusal) from refusal
    return _keep(incoming)


def _keep(incoming: _Incoming) -> Submission:
    """File first, rows last: a crash leaves at most a file that no row names."""
    path = path_by_uuid(incoming.identity, ".ipynb")
    try:
        store_durably("submissions", path, incoming.content)
        submission = _write_rows(incoming, path)
    except StorageFull as problem:
        raise refusals.no_room() from problem
    except OperationalError as problem:
        forget_stored("submissions", path)
        if "full" in str(problem) or "space" in str(problem):
            raise refusals.no_room() from problem
        raise
    except BaseException:
        forget_stored("submissions", path)
        raise
    if submission.uuid != incoming.identity:
        forget_stored("submissions", path)
    return submission


@transaction.atomic
def _write_rows(incoming: _Incoming, path: str) -> Submission:
    # One submission of a person at a time: the row of the place is the lock on both databases.
    Enrollment.objects.select_for_update().get(pk=incoming.enrollment.pk)
    if (earlier := _earlier(incoming)) is not None:
        return earlier
    # Once more under the lock: attempts may have been made meanwhile.
    now = _require_open(incoming)
    attempt = now.attempts_used + 1 if incoming.purpose == Purpose.SUBMIT else None
    submission = _create(incoming, path, attempt)
    queue(submission, at=incoming.at)
    if incoming.purpose == Purpose.SUBMIT:
        details = {"receipt": submission.receipt, "sha256": submission.sha256, "attempt": attempt}
        details |= {"late_percent": now.late_percent} if now.late_percent else {}
        record(by=incoming.user, at=incoming.at, event="grading.submitted", target=submission, details=details)
    return submission


def _create(incoming: _Incoming, path: str, attempt: int | None) -> Submission:
    """Return the row, with the next receipt number of the day; another person's simultaneous one
    makes it try the next."""
    for _ in range(RECEIPT_TRIES):
        receipt = _next_receipt(incoming.at) if attempt is not None else None
        try:
            with transaction.atomic():
                return Submission.objects.create(
                    uuid=incoming.identity, purpose=incoming.purpose, assignment=incoming.assignment,
                    enrollment=incoming.enrollment, user=incoming.user, release=incoming.assignment.release,
                    attempt=attempt, receipt=receipt, idempotency_key=incoming.key, path=path,
                    sha256=incoming.sha256, size=len(incoming.content), received_at=incoming.at,
                    variant_seed=seed_for(incoming.assignment, incoming.user),
                )  # fmt: skip
        except IntegrityError:
            if receipt is None or not Submission.objects.filter(receipt=receipt).exists():
                raise
    raise IntegrityError("no receipt number was free")


def _next_receipt(at: datetime) -> str:
    prefix = f"SJ-{timezone.localtime(at):%Y%m%d}-"
    last = Submission.objects.filter(receipt__startswith=prefix).aggregate(last=Max("receipt"))["last"]
    return f"{prefix}{int(last.rpartition('-')[2]) + 1 if last else 1:06d}"


def _earlier(incoming: _Incoming) -> Submission | None:
    if not incoming.key:
        return None
    same = Submission.objects.filter(
        assignment=incoming.assignment, user=incoming.user, purpose=incoming.purpose, idempotency_key=incoming.key
    ).first()
    if same is not None and same.sha256 != incoming.sha256:
        raise refusals.key_reused()
    return same


def _require_open(incoming: _Incoming) -> Ruling:
    """Ask the one rule object whether this is taken. Raises SubmissionRefused."""
    now = ruling(incoming.assignment, incoming.user, at=incoming.at)
    if not (now.may_submit if incoming.purpose == Purpose.SUBMIT else now.may_check):
        raise refusals.by_rule(now)
    return now


def _require_calm(incoming: _Incoming) -> None:
    since = incoming.at - timedelta(minutes=1)
    recent = Submission.objects.filter(user=incoming.user, purpose=incoming.purpose, received_at__gt=since)
    if recent.count() >= MOST_PER_MINUTE[incoming.purpose]:
        raise refusals.too_many()
