"""Objections of trainees to a question's result, and their answers."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from labs.assignments.models import LabQuestion, lab_path
from labs.grader.protocol import Verdict
from labs.grading.adjustments import is_certified
from labs.grading.appeals import appeal_problem, teachers_of
from labs.grading.counting import current_marks, points_for
from labs.grading.models import Appeal, AppealAnswer, Grade, ManualMark, QuestionResult, Submission
from labs.grading.permissions import is_own_work, require_marker
from portal.audit.actions import record
from portal.notifications.actions import notify
from portal.users.models import User

from .grades import store_grade


class AppealRefused(Exception):
    """The appeal or its answer cannot be taken; `code`: not_graded, over, already, no_such_question, answered, range,
    second."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def open_appeal(*, submission: Submission, question: LabQuestion, text: str, by: User, at: datetime) -> Appeal:
    """Put the trainee's objection before those who teach the run. Raises PermissionDenied, AppealRefused."""
    if not is_own_work(by, submission):
        raise PermissionDenied
    submission = Submission.objects.select_for_update().get(pk=submission.pk)
    grade = Grade.objects.current().filter(submission=submission).first()
    problem = appeal_problem(submission, grade, at=at)
    if grade is None or problem:
        raise AppealRefused(problem or "not_graded")
    if not QuestionResult.objects.filter(run=grade.run_id, question=question).exists():
        raise AppealRefused("no_such_question")
    if Appeal.objects.filter(submission=submission, question__grade_id=question.grade_id).exists():
        raise AppealRefused("already")
    appeal = Appeal.objects.create(submission=submission, question=question, grade=grade, text=text, opened_at=at)
    params = {"lab": submission.assignment.lab.title, "name": by.name, "question": question.title}
    for teacher in teachers_of(submission.assignment, timezone.localdate(at)):
        if teacher.pk != by.pk:
            url = f"/labs/appeals/{appeal.uuid}/"
            notify(user=teacher, kind="grading.appeal_opened", params=params, url=url, at=at)
    record(by=by, at=at, event="grading.appeal_opened", target=appeal, details={"question": question.grade_id})
    return appeal


@transaction.atomic
def answer_appeal(
    *, appeal: Appeal, is_accepted: bool, text: str, score: int | None = None, by: User, at: datetime
) -> AppealAnswer:
    """Answer the objection, once. Accepted with a score (hundredths), the question gets it; never fewer points.

    Raises PermissionDenied (another's run, own submission) and AppealRefused.
    """
    submission = Submission.objects.select_for_update().get(pk=appeal.submission_id)
    require_marker(by, submission, timezone.localdate(at))
    if AppealAnswer.objects.filter(appeal=appeal).exists():
        raise AppealRefused("answered")
    given = score if is_accepted else None
    if given is not None:
        _mark(appeal, submission, given, text, by, at)
    answer = AppealAnswer.objects.create(
        appeal=appeal, is_accepted=is_accepted, text=text, score=given, answered_at=at, answered_by=by
    )
    kind = "grading.appeal_accepted" if is_accepted else "grading.appeal_rejected"
    params = {"lab": submission.assignment.lab.title, "question": appeal.question.title}
    url = lab_path(submission.assignment.uuid)
    notify(user=submission.user, kind=kind, params=params, url=url, at=at)
    details = {"accepted": is_accepted, "score": given, "question": appeal.question.grade_id}
    record(by=by, at=at, event="grading.appeal_answered", target=appeal, details=details)
    return answer


def _mark(appeal: Appeal, submission: Submission, score: int, text: str, by: User, at: datetime) -> None:
    """Write the points as a mark, which outlives later regrades, and the grade that follows."""
    grade = Grade.objects.current().get(submission=submission)
    found = QuestionResult.objects.filter(run=grade.run_id, question__grade_id=appeal.question.grade_id)
    result = found.select_related("question").first()
    previous = current_marks(submission).get(appeal.question.grade_id)
    if result is None or not points_for(result, previous) <= score <= result.max_score:
        raise AppealRefused("range")
    if result.verdict != Verdict.MANUAL and is_certified(submission):
        # One person's word must not stand where the tests said otherwise and a certificate follows from it.
        raise AppealRefused("second")
    ManualMark.objects.create(
        submission=submission, question=result.question, score=score, comment=text, marked_at=at, marked_by=by,
        supersedes=previous, overrides=previous.overrides if previous else None,
    )  # fmt: skip
    store_grade(submission=submission, run=grade.run, reason="appeal", by=by, at=at)
