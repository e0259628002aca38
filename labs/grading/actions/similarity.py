"""Making the similarity report of an assignment: asked for by an instructor, made by the worker."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from labs.assignments.models import LabAssignment
from labs.assignments.permissions import require_teacher
from labs.grading.models import SimilarityReport, SimilarPair
from labs.grading.pace import UNFINISHED
from labs.grading.paper.answers import answer_to, places_of, texts_in
from labs.grading.paper.winnowing import fingerprints, likenesses, tokens_of
from labs.grading.queries.similarity import newest_attempts, release_fingerprints
from portal.audit.actions import record
from portal.queue.actions import finish
from portal.users.models import User

MOST_SUBMISSIONS = 2000
STEP = 10


@transaction.atomic
def request_report(*, assignment: LabAssignment, by: User, at: datetime) -> SimilarityReport:
    """Queue a comparison of everybody's newest attempts; one that waits or runs already is returned.

    Raises PermissionDenied unless `by` teaches the run.
    """
    require_teacher(by, assignment.run_id, timezone.localdate(at))
    LabAssignment.objects.select_for_update().get(pk=assignment.pk)
    waiting = SimilarityReport.objects.filter(assignment=assignment, status__in=UNFINISHED).order_by("-pk").first()
    if waiting is not None:
        return waiting
    report = SimilarityReport.objects.create(
        assignment=assignment, requested_by=by, created_at=at, not_before=at, total=newest_attempts(assignment).count()
    )
    record(by=by, at=at, event="grading.similarity_requested", target=assignment, details={"report": str(report.uuid)})
    return report


def work_on_report(report: SimilarityReport) -> None:
    """Make a report whose lease the caller holds; progress is written as it goes."""
    submissions = list(newest_attempts(report.assignment)[:MOST_SUBMISSIONS])
    places, ignored = places_of(report.assignment.release), release_fingerprints(report.assignment.release)
    answers: dict[str, dict[str, set[int]]] = {name: {} for name in places}
    for number, submission in enumerate(submissions, start=1):
        texts = texts_in(submission)
        for name, place in places.items():
            tokens = tokens_of(answer_to(place, texts), is_code=place.is_code)
            answers[name][f"{submission.pk:012d}"] = set(fingerprints(tokens, is_code=place.is_code))
        if number % STEP == 0 or number == len(submissions):
            SimilarityReport.objects.filter(pk=report.pk).update(done=number, total=len(submissions))
    found = [
        SimilarPair(report=report, grade_id=name, left_id=int(each.left), right_id=int(each.right),
                    percent=each.percent, fingerprints=each.shared)
        for name in places for each in likenesses(answers[name], ignored)
    ]  # fmt: skip
    _store(report, found)


@transaction.atomic
def _store(report: SimilarityReport, found: list[SimilarPair]) -> None:
    if finish(report, at=timezone.now()):
        SimilarPair.objects.filter(report=report).delete()
        SimilarPair.objects.bulk_create(found)
