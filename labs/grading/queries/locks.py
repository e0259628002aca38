"""Who has a submission open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from labs.grading.models import Submission, SubmissionLock
from portal.users.models import User


@dataclass(frozen=True)
class Hold:
    """Who holds a submission, as seen by one reader; `holder` None where nobody else does."""

    is_mine: bool
    holder: User | None
    until: datetime | None


def hold_of(submission: Submission, reader: User, at: datetime) -> Hold:
    """Return who holds the submission now; nothing is changed."""
    lock = SubmissionLock.objects.filter(submission=submission).select_related("holder").first()
    if lock is None or lock.lease_until <= at:
        return Hold(False, None, None)
    return Hold(lock.holder_id == reader.pk, None if lock.holder_id == reader.pk else lock.holder, lock.lease_until)


def holders_of(submissions: Iterable[Submission], reader: User, at: datetime) -> dict[int, str]:
    """Names of others who hold one of the submissions, by its id. One query."""
    locks = SubmissionLock.objects.filter(submission__in=list(submissions), lease_until__gt=at).exclude(holder=reader)
    return dict(locks.values_list("submission_id", "holder__name"))
