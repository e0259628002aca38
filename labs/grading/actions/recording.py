"""Recording what a grading run found. Only the holder of the run's lease writes, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from courses.catalog.queries import access_runs_for
from courses.learning.actions import meet_requirement
from labs.assignments.models import lab_path
from labs.grading.answers import plain
from labs.grading.keys import dataset_digest, run_key
from labs.grading.models import Cause, Grade, GradingRun, ManualMark, QuestionResult, Submission
from portal.audit.actions import record
from portal.notifications.actions import notify
from portal.queue.actions import finish
from portal.queue.models import WorkStatus
from portal.users.models import User

FLAGS_KEPT = 50
MESSAGE_KEPT = 4000


class WrongResult(ValueError):
    """The grader's answer does not fit the release."""


@transaction.atomic
def record_result(*, run: GradingRun, result: Mapping[str, Any], at: datetime) -> Grade | None:
    """This will store results and grade of a finished run, and the requirement met by it.

    None, and nothing written, when the run's lease was lost; None also for a check, which gives no grade.
    Raises WrongResult.
    """
    if not finish(run, at=at):
        return None
    _store_results(run, result)
    cost, digests = result.get("cost", {}), result.get("digests", {})
    GradingRun.objects.filter(pk=run.pk).update(
        grader_digest=str(digests.get("grader", ""))[:64],
        environment_digest=str(digests.get("environment") or run.environment_digest)[:64],
        cpu_ms=round(float(cost.get("cpu_s", 0)) * 1000),
        wall_ms=round(float(cost.get("wall_s", 0)) * 1000),
        peak_mb=round(float(cost.get("peak_mb", 0))),
        flags=[plain(str(flag)[:200]) for flag in result.get("flags", [])][:FLAGS_KEPT],
    )
    if run.cause == Cause.CHECK:
        return None
    grade = store_grade(submission=run.submission, run=run, reason=run.cause, by=None, at=at)
    details = {"score": grade.score, "max_score": grade.max_score, "complete": grade.is_complete, "run": str(run.uuid)}
    record(by=None, at=at, event="grading.graded", target=run.submission, details=details)
    return grade


def store_grade(*, submission: Submission, run: GradingRun, reason: str, by: User | None, at: datetime) -> Grade:
    """This will add the grade that follows from the run's results and the current marks to the submission's chain."""
    # One grade at a time: a mark and a regrade at once would both supersede the same one.
    submission = Submission.objects.select_for_update().get(pk=submission.pk)
    results = list(QuestionResult.objects.filter(run=run).select_related("question"))
    marks = {mark.question_id: mark.score for mark in current_marks(submission)}
    waiting = [each for each in results if each.verdict == "manual" and each.question_id not in marks]
    score = sum(marks.get(each.question_id, each.score) if each.verdict == "manual" else each.score for each in results)
    max_score = sum(each.max_score for each in results)
    previous = Grade.objects.filter(submission=submission, superseded_by__isnull=True).first()
    grade = Grade.objects.create(
        submission=submission, run=run, score=score, max_score=max_score, is_complete=not waiting,
        has_passed=max_score > 0 and score * 100 >= submission.assignment.pass_percent * max_score,
        reason=reason[:200], graded_at=at, graded_by=by, supersedes=previous,
    )  # fmt: skip
    if grade.is_complete:
        _tell(grade, at)
    if grade.is_complete and grade.has_passed:
        _meet(grade, at)
    return grade


def current_marks(submission: Submission) -> list[ManualMark]:
    """The ends of the chains of marks."""
    return list(ManualMark.objects.filter(submission=submission, superseded_by__isnull=True))


@transaction.atomic
def set_aside(*, run: GradingRun, reason: str, at: datetime) -> bool:
    """This will hand a run that cannot be graded to a person; False when its lease was lost."""
    held = GradingRun.objects.filter(pk=run.pk, status=WorkStatus.RUNNING, lease_token=run.lease_token)
    is_held = bool(held.update(status=WorkStatus.NEEDS_PERSON, lease_until=None, finished_at=at, error=reason[:2000]))
    if is_held:
        record(by=None, at=at, event="grading.set_aside", target=run.submission, details={"reason": reason[:500]})
    return is_held


@transaction.atomic
def request_regrade(*, submission: Submission, by: User, at: datetime) -> GradingRun:
    """This will queue one more grading of a submission. Raises PermissionDenied unless `by` teaches the run."""
    if not access_runs_for(by, timezone.localdate(at)).filter(pk=submission.assignment.run_id).exists():
        raise PermissionDenied
    if submission.user_id == by.pk:
        raise PermissionDenied
    dataset = dataset_digest(submission.release)
    run = GradingRun.objects.create(
        submission=submission, release=submission.release, cause=Cause.REGRADE,
        key=run_key(submission, submission.release, dataset, Cause.REGRADE, at.isoformat()),
        environment_digest=submission.release.environment_digest, dataset_digest=dataset,
        created_at=at, not_before=at,
    )  # fmt: skip
    record(by=by, at=at, event="grading.regrade_requested", target=submission, details={"run": str(run.uuid)})
    return run


def _store_results(run: GradingRun, result: Mapping[str, Any]) -> None:
    questions = {question.grade_id: question for question in run.release.questions.all()}
    found = {str(each["id"]): each for each in result["questions"]}
    if set(found) != set(questions):
        raise WrongResult(f"questions {sorted(found)} instead of {sorted(questions)}")
    for grade_id, question in questions.items():
        score = round(float(found[grade_id]["score"]) * 100)
        if not 0 <= score <= question.max_score:
            raise WrongResult(f"{grade_id}: {score} of {question.max_score}")
        QuestionResult.objects.create(
            run=run, question=question, verdict=str(found[grade_id]["verdict"])[:16], score=score,
            max_score=question.max_score, message=plain(str(found[grade_id].get("message", ""))[:MESSAGE_KEPT]),
        )  # fmt: skip


def _tell(grade: Grade, at: datetime) -> None:
    assignment = grade.submission.assignment
    params = {"lab": assignment.lab.title, "score": f"{grade.score / 100:g}", "max_score": f"{grade.max_score / 100:g}"}
    notify(user=grade.submission.user, kind="grading.graded", params=params, url=lab_path(assignment.uuid), at=at)


def _meet(grade: Grade, at: datetime) -> None:
    submission, run = grade.submission, grade.run
    evidence = {
        "submission": str(submission.uuid),
        "receipt": submission.receipt,
        "sha256": submission.sha256,
        "grade": str(grade.uuid),
        "score": grade.score,
        "max_score": grade.max_score,
        "release": run.release.content_sha256,
        "environment": run.environment_digest,
        "dataset": run.dataset_digest,
        "run": str(run.uuid),
    }
    meet_requirement(
        enrollment=submission.enrollment, kind="lab", subject_uuid=submission.assignment.uuid, evidence=evidence, at=at
    )
