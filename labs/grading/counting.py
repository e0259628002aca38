"""What an attempt is worth and which grade of an enrollment counts: marks, lateness and the attempts policy together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from courses.learning.models import Enrollment
from labs.assignments.models import LabAssignment
from labs.assignments.rules import AttemptResult, Effective, effective, extensions_of, terms_of
from labs.grader.protocol import Verdict

from .models import Grade, GradingRun, ManualMark, Purpose, QuestionResult, Submission


@dataclass(frozen=True)
class Points:
    """The sum over the questions of a run, in hundredths; `is_complete` False while a mark is missing."""

    score: int
    max_score: int
    is_complete: bool

    def is_lower_than(self, grade: Grade) -> bool:
        """Return whether the share of the points is smaller than the grade's."""
        return self.score * grade.max_score < grade.score * self.max_score

    def is_higher_than(self, grade: Grade) -> bool:
        """Return whether the share of the points is larger than the grade's."""
        return self.score * grade.max_score > grade.score * self.max_score


@dataclass(frozen=True)
class CountedResult:
    """A question's result with the mark that a person gave it."""

    result: QuestionResult
    mark: ManualMark | None

    @property
    def counts_mark(self) -> bool:
        """Whether the points come from the mark: a manual question's, one raised by an appeal, or an adjustment."""
        if self.mark is None:
            return False
        return self.result.verdict == Verdict.MANUAL or bool(self.mark.overrides) or self.mark.score > self.result.score

    @property
    def score(self) -> int | None:
        """Points in hundredths; None while a person's mark is missing."""
        if self.result.verdict == Verdict.MANUAL and self.mark is None:
            return None
        return points_for(self.result, self.mark)

    @property
    def message(self) -> str:
        """What the trainee reads about it."""
        return self.mark.comment if self.mark is not None and self.counts_mark else self.result.message

    @property
    def said(self) -> str:
        """The verdict as people read it: a person's points count as a person's."""
        return Verdict.MANUAL if self.counts_mark else self.verdict

    @property
    def verdict(self) -> str:
        """The verdict, by points where a person gave them."""
        if not self.counts_mark:
            return self.result.verdict
        return Verdict.PASSED if (self.score or 0) >= self.result.max_score else Verdict.PARTIAL


def current_marks(submission: Submission) -> dict[str, ManualMark]:
    """Return the marks that hold, by the question's id in the notebook: they outlive a new release of the lab."""
    rows = ManualMark.objects.current().filter(submission=submission).select_related("question")
    return {mark.question.grade_id: mark for mark in rows.order_by("pk")}


def points_for(result: QuestionResult, mark: ManualMark | None) -> int:
    """Return the points of one question. A mark on a question with tests came from an appeal,
    which never lowers, or from an adjustment, which counts as it is."""
    given = min(mark.score, result.max_score) if mark else 0
    if mark is not None and mark.overrides:
        return given
    return given if result.verdict == Verdict.MANUAL else max(result.score, given)


def points_of_run(run: GradingRun, marks: Mapping[str, ManualMark]) -> Points:
    """Return what the run's results and the marks give together."""
    results = list(QuestionResult.objects.filter(run=run).select_related("question"))
    waiting = [each for each in results if each.verdict == Verdict.MANUAL and each.question.grade_id not in marks]
    return Points(
        score=sum(points_for(each, marks.get(each.question.grade_id)) for each in results),
        max_score=sum(each.max_score for each in results),
        is_complete=not waiting,
    )


def late_percent_of(submission: Submission, previous: Grade | None) -> int:
    """Percent that lateness takes off. Terms changed later never take more than the last grade said."""
    extension = extensions_of(submission.user, [submission.assignment]).get(submission.assignment_id)
    terms = terms_of(submission.assignment, extension)
    percent = terms.late_percent(submission.received_at)
    if percent is None:
        percent = terms.late_curve[-1][1] if terms.late_curve else 0
    return percent if previous is None else min(percent, previous.late_percent or 0)


def counted_grade(assignment: LabAssignment, enrollment: Enrollment) -> tuple[Effective | None, dict[int, Grade]]:
    """Return the grade of the enrollment that counts, and the current grades by attempt. Two queries."""
    attempts = Submission.objects.filter(assignment=assignment, user=enrollment.user_id, purpose=Purpose.SUBMIT)
    numbers = list(attempts.order_by("attempt").values_list("attempt", flat=True))
    rows = (
        Grade.objects.current()
        .filter(submission__assignment=assignment, submission__user=enrollment.user_id)
        .select_related("submission", "run__release")
    )
    grades = {int(grade.submission.attempt or 0): grade for grade in rows}
    return effective(assignment.attempts_policy, attempt_results((number or 0 for number in numbers), grades)), grades


def attempt_results(numbers: Iterable[int], grades: Mapping[int, Grade]) -> list[AttemptResult]:
    """Return attempts as the rules read them."""
    return [_result(number, grades.get(number)) for number in numbers]


def _result(number: int, grade: Grade | None) -> AttemptResult:
    if grade is None:
        return AttemptResult(number, None, 0, is_complete=False)
    return AttemptResult(number, grade.counted_score, grade.max_score, grade.is_complete, grade.has_passed)
