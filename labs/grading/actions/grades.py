"""Adding a grade to a submission's chain, and what follows from it: the notice, and the requirement once it is met."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from courses.learning.actions import meet_requirement
from courses.learning.models import Enrollment
from labs.assignments.models import LabAssignment, lab_path
from labs.grading.counting import counted_grade, current_marks, late_percent_of, points_of_run
from labs.grading.models import Grade, GradingRun, Submission
from portal.audit.actions import record
from portal.notifications.actions import notify
from portal.users.models import User


@transaction.atomic
def store_grade(
    *,
    submission: Submission,
    run: GradingRun,
    reason: str,
    notice: str = "grading.graded",
    by: User | None,
    at: datetime,
) -> Grade:
    """Add the grade that follows from the run's results, the current marks and lateness to the chain.

    `notice` is the kind that the trainee gets; empty where the caller tells them more.
    """
    # One grade at a time: a mark and a regrade at once would both supersede the same one.
    submission = Submission.objects.select_for_update().get(pk=submission.pk)
    points = points_of_run(run, current_marks(submission))
    previous = Grade.objects.current().filter(submission=submission).first()
    late = late_percent_of(submission, previous)
    grade = Grade(
        submission=submission, run=run, score=points.score, max_score=points.max_score,
        is_complete=points.is_complete, late_percent=late or None, reason=_named(reason, late), graded_at=at,
        graded_by=by, supersedes=previous,
    )  # fmt: skip
    grade.has_passed = _passes(grade, submission.assignment)
    grade.save()
    if grade.is_complete and notice:
        _tell(grade, notice, at)
    count_grades(assignment=submission.assignment, enrollment=submission.enrollment, at=at)
    return grade


@transaction.atomic
def count_grades(*, assignment: LabAssignment, enrollment: Enrollment, at: datetime) -> None:
    """Meet the run's requirement when the grade that counts passes. What was met stays met."""
    counted, grades = counted_grade(assignment, enrollment)
    if counted is None or not counted.has_passed(assignment.pass_percent):
        return
    grade = grades[counted.attempt if counted.attempt is not None else max(grades)]
    submission, run = grade.submission, grade.run
    evidence = {
        "submission": str(submission.uuid),
        "receipt": submission.receipt,
        "sha256": submission.sha256,
        "grade": str(grade.uuid),
        "score": counted.score,
        "max_score": counted.max_score,
        "policy": assignment.attempts_policy,
        "late_percent": grade.late_percent or 0,
        "release": run.release.content_sha256,
        "environment": run.environment_digest,
        "dataset": run.dataset_digest,
        "run": str(run.uuid),
    }
    meet_requirement(enrollment=enrollment, kind="lab", subject_uuid=assignment.uuid, evidence=evidence, at=at)


@transaction.atomic
def recount(*, assignment: LabAssignment, user: User | None, by: User | None, at: datetime) -> int:
    """Let changed terms or an extension work on what is graded already: lateness that they take back, and
    the policy. Returns how many grades were superseded."""
    current = Grade.objects.current().filter(submission__assignment=assignment)
    if user is not None:
        current = current.filter(submission__user=user)
    renewed = 0
    enrollments: dict[int, Enrollment] = {}
    for grade in current.select_related("submission__user", "submission__enrollment", "run"):
        submission = grade.submission
        submission.assignment = assignment
        enrollments[submission.enrollment_id] = submission.enrollment
        late = late_percent_of(submission, grade)
        if late == (grade.late_percent or 0):
            continue
        better = Grade(
            submission=submission, run=grade.run, score=grade.score, max_score=grade.max_score,
            is_complete=grade.is_complete, late_percent=late or None, reason=_named("terms", late), graded_at=at,
            graded_by=by, supersedes=grade,
        )  # fmt: skip
        better.has_passed = _passes(better, assignment)
        better.save()
        _tell(better, "grading.late_percent_changed", at)
        details = {"late_percent": late, "before": grade.late_percent}
        record(by=by, at=at, event="grading.lateness_changed", target=submission, details=details)
        renewed += 1
    for enrollment in enrollments.values():
        count_grades(assignment=assignment, enrollment=enrollment, at=at)
    return renewed


def _passes(grade: Grade, assignment: LabAssignment) -> bool:
    return grade.max_score > 0 and grade.counted_score * 100 >= assignment.pass_percent * grade.max_score


def _named(reason: str, late: int) -> str:
    return f"{reason[:180]}; late: −{late} %" if late else reason[:200]


def _tell(grade: Grade, kind: str, at: datetime) -> None:
    assignment = grade.submission.assignment
    params = {
        "lab": assignment.lab.title,
        "score": f"{grade.counted_score / 100:g}",
        "max_score": f"{grade.max_score / 100:g}",
    }
    notify(user=grade.submission.user, kind=kind, params=params, url=lab_path(assignment.uuid), at=at)
