"""Recording what a grading run found. Only the holder of the run's lease writes, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from labs.assignments.models import LabRelease
from labs.grader.protocol import Verdict
from labs.grading.answers import plain
from labs.grading.counting import current_marks, points_of_run
from labs.grading.keys import dataset_digest, run_key
from labs.grading.models import Cause, Grade, GradingRun, QuestionResult, RegradeItem, Submission
from labs.grading.permissions import require_marker
from portal.audit.actions import record
from portal.queue.actions import finish, held
from portal.queue.models import WorkStatus
from portal.users.models import User

from .grades import store_grade
from .regrading import propose

FLAGS_KEPT = 50
MESSAGE_KEPT = 4000


class WrongResult(ValueError):
    """The grader's answer does not fit the release."""


@transaction.atomic
def record_result(*, run: GradingRun, result: Mapping[str, Any], at: datetime) -> Grade | None:
    """Store results and grade of a finished run, and the requirement met by it.

    None, and nothing written, when the run's lease was lost; None also for a check or a replay, which give no grade,
    and for a regrade whose result waits for a person's approval. Raises WrongResult.
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
    if run.cause in (Cause.CHECK, Cause.REPLAY) or _waits_for_approval(run, at):
        return None
    by = run.requested_by
    grade = store_grade(submission=run.submission, run=run, reason=run.cause, by=by, at=at)
    details = {"score": grade.score, "max_score": grade.max_score, "complete": grade.is_complete, "run": str(run.uuid)}
    record(by=by, at=at, event="grading.graded", target=run.submission, details=details)
    return grade


def _waits_for_approval(run: GradingRun, at: datetime) -> bool:
    """Return whether the result is a proposal: one of a batch, or one that would lower the present grade."""
    if run.cause != Cause.REGRADE:
        return False
    if RegradeItem.objects.filter(run=run).exists():
        return True
    # The marks and the grade that the result is compared with must not change meanwhile.
    submission = Submission.objects.select_for_update().get(pk=run.submission_id)
    before = Grade.objects.current().filter(submission=submission).first()
    if before is None or not points_of_run(run, current_marks(submission)).is_lower_than(before):
        return False
    propose(run=run, before=before, at=at)
    return True


@transaction.atomic
def set_aside(*, run: GradingRun, reason: str, at: datetime) -> bool:
    """Hand a run that cannot be graded to a person; False when its lease was lost."""
    is_held = bool(
        held(run).update(status=WorkStatus.NEEDS_PERSON, lease_until=None, finished_at=at, error=reason[:2000])
    )
    if is_held:
        record(by=None, at=at, event="grading.set_aside", target=run.submission, details={"reason": reason[:500]})
    return is_held


@transaction.atomic
def request_regrade(*, submission: Submission, by: User, at: datetime) -> GradingRun:
    """Queue one more grading of a submission; a lower result waits for approval.

    Raises PermissionDenied unless `by` teaches the run, and for own work.
    """
    require_marker(by, submission, timezone.localdate(at))
    grade = Grade.objects.current().filter(submission=submission).select_related("run__release").first()
    release: LabRelease = grade.run.release if grade else submission.release
    dataset = dataset_digest(release)
    run = GradingRun.objects.create(
        submission=submission, release=release, cause=Cause.REGRADE,
        key=run_key(submission, release, dataset, Cause.REGRADE, at.isoformat()),
        environment_digest=release.environment_digest, dataset_digest=dataset,
        created_at=at, not_before=at, requested_by=by,
    )  # fmt: skip
    record(by=by, at=at, event="grading.regrade_requested", target=submission, details={"run": str(run.uuid)})
    return run


def _store_results(run: GradingRun, result: Mapping[str, Any]) -> None:
    questions = {question.grade_id: question for question in run.release.questions.all()}
    found = {str(each["id"]): each for each in result["questions"]}
    if set(found) != set(questions):
        raise WrongResult(f"questions {sorted(found)} instead of {sorted(questions)}")
    rows = []
    for grade_id, question in questions.items():
        score = round(float(found[grade_id]["score"]) * 100)
        if not 0 <= score <= question.max_score:
            raise WrongResult(f"{grade_id}: {score} of {question.max_score}")
        rows.append(
            QuestionResult(
                run=run, question=question, verdict=_verdict(found[grade_id]), score=score,
                max_score=question.max_score, message=plain(str(found[grade_id].get("message", ""))[:MESSAGE_KEPT]),
            )
        )  # fmt: skip
    QuestionResult.objects.bulk_create(rows)


def _verdict(found: Mapping[str, Any]) -> Verdict:
    try:
        return Verdict(found["verdict"])
    except ValueError as problem:
        raise WrongResult(f"{found['id']}: {problem}") from problem
