"""Results, grades and marks: only the lease's holder writes, nothing is overwritten, nothing is a silent zero."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from courses.learning.models import RequirementMet
from labs.grading.actions import MarkRefused, mark_question, record_result, request_regrade, set_aside
from labs.grading.actions.recording import WrongResult
from labs.grading.models import Grade, GradingRun, ManualMark, QuestionResult, Submission
from labs.grading.queries import standing
from portal.notifications.models import Notice
from portal.queue.actions import take
from portal.users.models import User
from tests.classroom import NOW, Classroom, result

pytestmark = pytest.mark.django_db

LEASE = timedelta(seconds=30)
SOON = NOW + timedelta(seconds=5)


def take_run(at: Any = NOW) -> GradingRun:
    run = take(GradingRun.objects.order_by("pk"), worker="here:1", at=at, lease=LEASE)
    assert run is not None
    return run


def graded(classroom: Classroom, **found: Any) -> tuple[Submission, Grade | None]:
    submission = classroom.submit()
    grade = record_result(run=take_run(), result=result(**found), at=SOON)
    return submission, grade


def mark(classroom: Classroom, submission: Submission, score: int, by: User | None = None) -> ManualMark:
    question = classroom.release.questions.get(grade_id="q2")
    by = by or classroom.instructor
    return mark_question(submission=submission, question=question, score=score, comment="好", by=by, at=SOON)


def test_a_grade_waits_for_the_manual_question(classroom: Classroom) -> None:
    submission, grade = graded(classroom)

    assert grade is not None
    assert (grade.score, grade.max_score, grade.is_complete, grade.has_passed) == (600, 1000, False, True)
    assert standing(submission).status == "needs_manual"
    assert standing(submission).passed is None
    assert not RequirementMet.objects.exists()


def test_the_mark_completes_the_grade_and_meets_the_requirement(classroom: Classroom) -> None:
    submission, first = graded(classroom)

    mark(classroom, submission, 350)

    current = Grade.objects.current().get(submission=submission)
    assert (current.score, current.is_complete, current.has_passed, current.supersedes) == (950, True, True, first)
    evidence = RequirementMet.objects.get(enrollment=classroom.place).evidence
    assert evidence["receipt"] == submission.receipt and evidence["sha256"] == submission.sha256
    assert standing(submission).as_json()["score"] == 9.5
    assert Notice.objects.get(user=classroom.trainee, kind="grading.graded").params["score"] == "9.5"


def test_a_mark_is_superseded_never_changed(classroom: Classroom) -> None:
    submission, _ = graded(classroom)

    first, second = mark(classroom, submission, 100), mark(classroom, submission, 400)

    assert second.supersedes == first
    assert Grade.objects.filter(submission=submission).count() == 3
    assert Grade.objects.current().get(submission=submission).score == 1000
    with pytest.raises(IntegrityError), transaction.atomic():
        ManualMark.objects.update(score=1)


def test_marks_out_of_range_or_without_right_are_refused(classroom: Classroom, outsider: User) -> None:
    submission, _ = graded(classroom)

    with pytest.raises(MarkRefused):
        mark(classroom, submission, 401)
    with pytest.raises(PermissionDenied):
        mark(classroom, submission, 1, by=outsider)
    with pytest.raises(PermissionDenied):
        mark(classroom, submission, 1, by=classroom.trainee)


def test_nobody_marks_or_regrades_own_work(classroom: Classroom) -> None:
    classroom.world.grant(classroom.trainee, "instructor", "run", classroom.run.uuid)
    submission, _ = graded(classroom)

    with pytest.raises(PermissionDenied):
        mark(classroom, submission, 400, by=classroom.trainee)
    with pytest.raises(PermissionDenied):
        request_regrade(submission=submission, by=classroom.trainee, at=SOON)


def test_an_unanswered_manual_question_needs_no_person(classroom: Classroom) -> None:
    submission, grade = graded(classroom, manual="failed")

    assert grade is not None and grade.is_complete and grade.has_passed
    assert standing(submission).status == "graded"
    assert RequirementMet.objects.count() == 1


def test_a_failed_submission_meets_nothing(classroom: Classroom) -> None:
    submission, grade = graded(classroom, score=0, verdict="failed", manual="failed")

    assert grade is not None and not grade.has_passed
    assert standing(submission).passed is False
    assert not RequirementMet.objects.exists()


def test_whoever_lost_the_lease_writes_nothing(classroom: Classroom) -> None:
    submission = classroom.submit()
    first = take_run()
    later = NOW + timedelta(seconds=31)
    second = take_run(later)

    assert record_result(run=second, result=result(), at=later) is not None
    assert record_result(run=first, result=result(score=0), at=later) is None
    assert Grade.objects.get(submission=submission).score == 600
    assert QuestionResult.objects.count() == 2


def test_an_answer_for_other_questions_is_no_result(classroom: Classroom) -> None:
    classroom.submit()
    wrong = result()
    wrong["questions"] = wrong["questions"][:1]

    with pytest.raises(WrongResult):
        record_result(run=take_run(), result=wrong, at=SOON)

    assert not Grade.objects.exists() and not QuestionResult.objects.exists()
    assert GradingRun.objects.get().status == "running"


def test_a_verdict_that_nobody_knows_is_refused_whole(classroom: Classroom) -> None:
    classroom.submit()

    with pytest.raises(WrongResult, match="q1"):
        record_result(run=take_run(), result=result(verdict="brilliant"), at=SOON)

    assert not Grade.objects.exists()
    assert not QuestionResult.objects.exists()


def test_what_cannot_be_graded_waits_for_a_person_and_is_no_zero(classroom: Classroom) -> None:
    submission = classroom.submit()
    set_aside(run=take_run(), reason="bad", at=SOON)

    assert standing(submission).status == "failed"
    assert standing(submission).score is None
    again = request_regrade(submission=submission, by=classroom.instructor, at=SOON)
    assert standing(submission).status == "queued"
    record_result(run=take_run(SOON), result=result(), at=SOON)
    assert again.key != GradingRun.objects.order_by("pk")[0].key
    assert standing(submission).score == 600


def test_place_and_estimate_count_those_ahead(classroom: Classroom) -> None:
    submissions = [classroom.submit() for _ in range(3)]

    assert [standing(each).place for each in submissions] == [1, 2, 3]
    take_run()
    assert [standing(each).status for each in submissions] == ["running", "queued", "queued"]
    assert all((standing(each).eta_s or 0) > 0 for each in submissions)


def test_a_message_that_no_database_holds_is_kept_readable(classroom: Classroom) -> None:
    submission = classroom.submit()
    found = result(flags=["\ud800\0"])
    found["questions"][0]["message"] = "ValueError: \ud800\0"

    record_result(run=take_run(), result=found, at=SOON)

    assert QuestionResult.objects.filter(run__submission=submission, message="ValueError: ?\ufffd").exists()
