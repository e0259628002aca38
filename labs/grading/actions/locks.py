"""Opening a submission for one instructor at a time, for some minutes, unless another takes it over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from labs.grading.models import Submission, SubmissionLock
from labs.grading.queries.locks import Hold
from portal.audit.actions import record
from portal.notifications.actions import notify
from portal.users.models import User

LEASE = timedelta(minutes=10)
"""How long an open page holds a submission after the last sign of life."""


@transaction.atomic
def hold_submission(*, submission: Submission, by: User, at: datetime) -> Hold:
    """Give the submission to `by` for some minutes, or say who has it already."""
    lock, is_new = SubmissionLock.objects.select_for_update().get_or_create(
        submission=submission, defaults={"holder": by, "taken_at": at, "lease_until": at + LEASE}
    )
    if is_new or lock.holder_id == by.pk:
        SubmissionLock.objects.filter(pk=lock.pk).update(lease_until=at + LEASE)
        return Hold(True, None, at + LEASE)
    if lock.lease_until > at:
        return Hold(False, lock.holder, lock.lease_until)
    SubmissionLock.objects.filter(pk=lock.pk).update(holder=by, taken_at=at, lease_until=at + LEASE)
    return Hold(True, None, at + LEASE)


@transaction.atomic
def take_over(*, submission: Submission, by: User, at: datetime) -> None:
    """Move the submission to `by` and tell the one who had it."""
    hold = hold_submission(submission=submission, by=by, at=at)
    if hold.is_mine or hold.holder is None:
        return
    SubmissionLock.objects.filter(submission=submission).update(holder=by, taken_at=at, lease_until=at + LEASE)
    params = {"name": by.name, "receipt": submission.receipt or ""}
    notify(
        user=hold.holder, kind="grading.taken_over", params=params,
        url=reverse("grading:submission", args=[submission.uuid]), at=at,
    )  # fmt: skip
    details = {"from": hold.holder.get_username()}
    record(by=by, at=at, event="grading.taken_over", target=submission, details=details)


@transaction.atomic
def let_go(*, submission: Submission, by: User) -> None:
    """End the hold of `by`, so that another may open the submission at once."""
    SubmissionLock.objects.filter(submission=submission, holder=by).delete()
