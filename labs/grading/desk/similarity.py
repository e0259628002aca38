"""The similarity report of an assignment: asked for by an instructor, made by the worker, read by the run's instructors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from labs.assignments.models import LabAssignment, LabRelease
from labs.assignments.permissions import require_teacher
from labs.grading.models import Purpose, SimilarityReport, SimilarPair, Submission
from labs.grading.pace import UNFINISHED
from portal.audit.actions import record
from portal.queue.actions import finish
from portal.users.models import User

from .answers import Place, answer_to, handed_out, places_of, texts_in
from .winnowing import every_fingerprint, fingerprints, likenesses, shared_lines, tokens_of

MOST_SUBMISSIONS = 2000
STEP = 10


@dataclass(frozen=True)
class Line:
    """A line of an answer; `is_shared` where the other answer has the same."""

    number: int
    text: str
    is_shared: bool


@transaction.atomic
def request_report(*, assignment: LabAssignment, by: User, at: datetime) -> SimilarityReport:
    """This will queue a comparison of everybody's newest attempts; one that waits or runs already is returned.

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


def newest_attempts(assignment: LabAssignment) -> QuerySet[Submission]:
    """The newest attempt of everybody who submitted."""
    own = Submission.objects.filter(assignment=assignment, purpose=Purpose.SUBMIT)
    later = own.filter(user=OuterRef("user"), attempt__gt=OuterRef("attempt"))
    return own.filter(~Exists(later)).select_related("user", "release").order_by("pk")


def work_on_report(report: SimilarityReport) -> None:
    """This will make a report whose lease the caller holds; progress is written as it goes."""
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


def release_fingerprints(release: LabRelease) -> set[int]:
    """What everybody was given."""
    return {
        value
        for is_code, text in handed_out(release)
        for value in every_fingerprint(tokens_of(text, is_code=is_code), is_code=is_code)
    }


def side_by_side(pair: SimilarPair) -> tuple[list[Line], list[Line]]:
    """The two answers of a pair, line by line, with what they share."""
    release = pair.report.assignment.release
    place = places_of(release).get(pair.grade_id) or Place(pair.grade_id, (pair.grade_id,), True)
    left, right = (answer_to(place, texts_in(each)) for each in (pair.left, pair.right))
    ignored = release_fingerprints(release)
    marked = shared_lines(left, right, ignored, is_code=place.is_code)
    first, second = (list(_lines(text, lines)) for text, lines in zip((left, right), marked, strict=True))
    return first, second


def _lines(text: str, shared: set[int]) -> Iterator[Line]:
    for number, line in enumerate(text.split("\n"), start=1):
        yield Line(number, line, number in shared)
