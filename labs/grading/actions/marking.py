"""Points that a person gives."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from labs.assignments.models import LabQuestion
from labs.grader.protocol import Verdict
from labs.grading.counting import current_marks
from labs.grading.models import Grade, ManualMark, QuestionResult, Submission
from labs.grading.permissions import require_marker
from portal.audit.actions import record
from portal.users.models import User

from .grades import store_grade


class MarkRefused(Exception):
    """The mark cannot be given; `code` says why: range, not_manual, not_graded."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def mark_question(
    *, submission: Submission, question: LabQuestion, score: int, comment: str, by: User, at: datetime
) -> ManualMark:
    """Give a manual question its points (hundredths), superseding an earlier mark, and the grade that follows.

    Raises PermissionDenied (another's run, own submission) and MarkRefused.
    """
    require_marker(by, submission, timezone.localdate(at))
    # Two people marking at once: the second supersedes the first.
    submission = Submission.objects.select_for_update().get(pk=submission.pk)
    grade = Grade.objects.current().filter(submission=submission).select_related("run").first()
    if grade is None:
        raise MarkRefused("not_graded")
    if not QuestionResult.objects.filter(run=grade.run, question=question, verdict=Verdict.MANUAL).exists():
        raise MarkRefused("not_manual")
    if not 0 <= score <= question.max_score:
        raise MarkRefused("range")
    previous = current_marks(submission).get(question.grade_id)
    mark = ManualMark.objects.create(
        submission=submission, question=question, score=score, comment=comment, marked_at=at, marked_by=by,
        supersedes=previous,
    )  # fmt: skip
    store_grade(submission=submission, run=grade.run, reason="mark", by=by, at=at)
    details = {"question": question.grade_id, "score": score, "before": previous.score if previous else None}
    record(by=by, at=at, event="grading.question_marked", target=submission, details=details)
    return mark
