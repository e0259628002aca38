"""Everything that waits for an instructor, over all courses: a bounded number of queries, whatever waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast

from labs.grading.models import Appeal, Cause, Grade, GradingRun, Purpose, RegradeBatch, Submission
from labs.grading.pace import UNFINISHED
from labs.grading.queries import access_taught_submissions_for
from labs.grading.regrades import access_regrades_for
from portal.chains import current_at
from portal.queue.models import WorkStatus
from portal.users.models import User

MOST_PROPOSALS = 20
KINDS = ("manual", "failed", "flagged", "appeal")
CONDITIONS = {
    "manual": Q(needs_mark=True),
    "failed": Q(is_failed=True),
    "flagged": Q(is_flagged=True),
    "appeal": Q(has_appeal=True),
}


@dataclass(frozen=True)
class Asked:
    """How the queue is narrowed; codes of run and lab, a kind of KINDS, older attempts too or not."""

    run: str = ""
    lab: str = ""
    kind: str = ""
    with_older: bool = False


def waiting_for(user: User, on: date, asked: Asked) -> QuerySet[Submission]:
    """Submissions that wait for a person, longest first."""
    found = _marked(_narrowed(access_taught_submissions_for(user, on), asked).exclude(user=user))
    condition = CONDITIONS.get(asked.kind)
    if condition is None:
        condition = Q(needs_mark=True) | Q(is_failed=True) | Q(is_flagged=True) | Q(has_appeal=True)
    return found.filter(condition).order_by("received_at", "pk")


def counts_for(user: User, on: date, asked: Asked) -> Mapping[str, int]:
    """Return how many wait for which reason. One query."""
    found = _marked(_narrowed(access_taught_submissions_for(user, on), asked).exclude(user=user))
    totals = {kind: Count("pk", filter=condition) for kind, condition in CONDITIONS.items()}
    return found.aggregate(**totals)


def neighbors(queue: QuerySet[Submission], submission: Submission) -> tuple[Submission | None, Submission | None]:
    """Return what comes before and after a submission in a queue, whether it is still in it or not. Two queries."""
    at, pk = submission.received_at, submission.pk
    before = queue.filter(Q(received_at__lt=at) | Q(received_at=at, pk__lt=pk)).order_by("-received_at", "-pk").first()
    after = queue.filter(Q(received_at__gt=at) | Q(received_at=at, pk__gt=pk)).first()
    return before, after


def _narrowed(submissions: QuerySet[Submission], asked: Asked) -> QuerySet[Submission]:
    if asked.run:
        submissions = submissions.filter(assignment__run__code=asked.run)
    if asked.lab:
        submissions = submissions.filter(assignment__lab__code=asked.lab)
    if asked.with_older:
        return submissions
    later = Submission.objects.filter(
        assignment=OuterRef("assignment"),
        user=OuterRef("user"),
        purpose=Purpose.SUBMIT,
        attempt__gt=OuterRef("attempt"),
    )
    # An appeal waits whatever was submitted after it.
    return submissions.filter(~Exists(later) | Exists(_open_appeals()))


def _marked(submissions: QuerySet[Submission]) -> QuerySet[Submission]:
    """Return the same with the reasons for which each waits."""
    current = Grade.objects.current().filter(submission=OuterRef("pk"))
    runs = GradingRun.objects.filter(submission=OuterRef("pk"))
    of_grade = GradingRun.objects.filter(current_at("grades"), grades__submission=OuterRef("pk"))
    suspicious = Q(written_flags__contains="_edited:") | Q(written_flags__contains="unknown_cell:")
    flagged = of_grade.annotate(written_flags=Cast("flags", TextField())).filter(suspicious)
    return submissions.annotate(
        needs_mark=Exists(current.filter(is_complete=False)),
        is_failed=Exists(runs.filter(status=WorkStatus.NEEDS_PERSON, cause=Cause.SUBMIT))
        & ~Exists(current)
        & ~Exists(runs.filter(status__in=UNFINISHED)),
        is_flagged=Exists(flagged.filter(flag_review__isnull=True)),
        has_appeal=Exists(_open_appeals()),
    )


def _open_appeals() -> QuerySet[Appeal]:
    return Appeal.objects.filter(submission=OuterRef("pk"), answer__isnull=True)


def open_proposals(user: User, on: date) -> list[RegradeBatch]:
    """Regrades of the user's runs that no person has decided about, oldest first."""
    found = access_regrades_for(user, on).filter(decision="")
    return list(found.order_by("requested_at", "pk")[:MOST_PROPOSALS])
