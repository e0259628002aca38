"""Reading the similarity report of an assignment, and what it compares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from labs.assignments.models import LabAssignment, LabRelease
from labs.grading.models import Purpose, SimilarPair, Submission
from labs.grading.paper.answers import Place, answer_to, handed_out, places_of, texts_in
from labs.grading.paper.winnowing import every_fingerprint, shared_lines, tokens_of


@dataclass(frozen=True)
class Line:
    """A line of an answer; `is_shared` where the other answer has the same."""

    number: int
    text: str
    is_shared: bool


def newest_attempts(assignment: LabAssignment) -> QuerySet[Submission]:
    """Return the newest attempt of everybody who submitted."""
    own = Submission.objects.filter(assignment=assignment, purpose=Purpose.SUBMIT)
    later = own.filter(user=OuterRef("user"), attempt__gt=OuterRef("attempt"))
    return own.filter(~Exists(later)).select_related("user", "release").order_by("pk")


def release_fingerprints(release: LabRelease) -> set[int]:
    """Return what everybody was given."""
    return {
        value
        for is_code, text in handed_out(release)
        for value in every_fingerprint(tokens_of(text, is_code=is_code), is_code=is_code)
    }


def side_by_side(pair: SimilarPair) -> tuple[list[Line], list[Line]]:
    """Return the two answers of a pair, line by line, with what they share."""
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
