"""Adjusting the points of a question that tests grade: partial credit, or points that were wrongly earned."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from labs.assignments.models import LabQuestion, lab_path
from labs.grading.adjustments import deciders_of, is_certified, tested_result, waiting_adjustments
from labs.grading.counting import current_marks
from labs.grading.models import AdjustmentDecision, Grade, ManualMark, ScoreAdjustment, Submission
from labs.grading.permissions import require_marker
from portal.audit.actions import record
from portal.notifications.actions import notify
from portal.users.models import User

from .grades import store_grade


class AdjustmentRefused(Exception):
    """The points cannot be adjusted like this; `code`: not_graded, not_tested, range, same, waits, own_proposal,
    changed, nobody (there is no second person)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def adjust_score(
    *, submission: Submission, question: LabQuestion, score: int, reason: str, by: User, at: datetime
) -> ScoreAdjustment:
    """Give the question the points (hundredths), up or down, and the grade that follows; the trainee is told.

    Where the course leads to a certificate nothing changes until another person agrees. Asked twice it is one proposal.
    Raises PermissionDenied (another's run, own submission) and AdjustmentRefused.
    """
    require_marker(by, submission, timezone.localdate(at))
    submission = Submission.objects.select_for_update().get(pk=submission.pk)
    open_ones = waiting_adjustments(ScoreAdjustment.objects.filter(submission=submission, question=question))
    present = open_ones.first()
    if present is not None:
        if (present.score, present.reason, present.proposed_by_id) == (score, reason, by.pk):
            return present
        raise AdjustmentRefused("waits")
    before = _points_now(submission, question, score)
    if before == score:
        raise AdjustmentRefused("same")
    needs_second = is_certified(submission)
    if needs_second and not deciders_of(submission, by, timezone.localdate(at)):
        raise AdjustmentRefused("nobody")
    adjustment = ScoreAdjustment.objects.create(
        submission=submission, question=question, before=before, score=score, reason=reason[:500],
        needs_second=needs_second, proposed_at=at, proposed_by=by,
    )  # fmt: skip
    record(by=by, at=at, event="grading.adjustment_proposed", target=submission, details=_told(adjustment))
    if adjustment.needs_second:
        _ask_others(adjustment, by, at)
    else:
        _apply(adjustment, text="", by=by, at=at)
    return adjustment


@transaction.atomic
def decide_adjustment(
    *, adjustment: ScoreAdjustment, is_approved: bool, text: str, by: User, at: datetime
) -> AdjustmentDecision:
    """Apply what another person proposed, or refuse it; decided twice, the first decision stays.

    Who proposed it may take it back, never approve it. Raises PermissionDenied, and AdjustmentRefused when the points
    have changed since.
    """
    submission = Submission.objects.select_for_update().get(pk=adjustment.submission_id)
    require_marker(by, submission, timezone.localdate(at))
    present = AdjustmentDecision.objects.filter(adjustment=adjustment).first()
    if present is not None:
        return present
    if not is_approved:
        return _decide(adjustment, text=text, mark=None, by=by, at=at)
    if by.pk == adjustment.proposed_by_id:
        raise AdjustmentRefused("own_proposal")
    if _points_now(submission, adjustment.question, adjustment.score) != adjustment.before:
        raise AdjustmentRefused("changed")
    return _apply(adjustment, text=text, by=by, at=at)


def _points_now(submission: Submission, question: LabQuestion, score: int) -> int:
    """Return the points that count, of a question that tests grade and that can have `score`.
    Raises AdjustmentRefused."""
    if not Grade.objects.current().filter(submission=submission).exists():
        raise AdjustmentRefused("not_graded")
    counted = tested_result(submission, question.pk)
    if counted is None:
        raise AdjustmentRefused("not_tested")
    if not 0 <= score <= counted.result.max_score:
        raise AdjustmentRefused("range")
    return counted.score or 0


def _apply(adjustment: ScoreAdjustment, *, text: str, by: User, at: datetime) -> AdjustmentDecision:
    submission = adjustment.submission
    grade = Grade.objects.select_related("run").current().get(submission=submission)
    mark = ManualMark.objects.create(
        submission=submission, question=adjustment.question, score=adjustment.score, comment=adjustment.reason,
        overrides=True, marked_at=at, marked_by=adjustment.proposed_by,
        supersedes=current_marks(submission).get(adjustment.question.grade_id),
    )  # fmt: skip
    decision = _decide(adjustment, text=text, mark=mark, by=by, at=at)
    store_grade(submission=submission, run=grade.run, reason=f"adjusted: {adjustment.reason}", notice="", by=by, at=at)
    params = {
        "lab": submission.assignment.lab.title,
        "question": adjustment.question.title,
        "before": f"{adjustment.before / 100:g}",
        "score": f"{adjustment.score / 100:g}",
        "reason": adjustment.reason,
    }
    url = lab_path(submission.assignment.uuid)
    notify(user=submission.user, kind="grading.adjusted", params=params, url=url, at=at)
    return decision


def _decide(
    adjustment: ScoreAdjustment, *, text: str, mark: ManualMark | None, by: User, at: datetime
) -> AdjustmentDecision:
    decision = AdjustmentDecision.objects.create(
        adjustment=adjustment, is_applied=mark is not None, text=text[:500], mark=mark, decided_at=at, decided_by=by
    )
    event = "grading.adjustment_applied" if mark is not None else "grading.adjustment_refused"
    record(by=by, at=at, event=event, target=adjustment.submission, details={**_told(adjustment), "text": text})
    if by.pk != adjustment.proposed_by_id:
        params = {"lab": adjustment.submission.assignment.lab.title, "question": adjustment.question.title}
        url = f"/labs/adjustments/{adjustment.uuid}/"
        notify(user=adjustment.proposed_by, kind=event, params=params, url=url, at=at)
    return decision


def _ask_others(adjustment: ScoreAdjustment, by: User, at: datetime) -> None:
    submission = adjustment.submission
    params = {"lab": submission.assignment.lab.title, "question": adjustment.question.title, "by": by.name}
    for decider in deciders_of(submission, by, timezone.localdate(at)):
        url = f"/labs/adjustments/{adjustment.uuid}/"
        notify(user=decider, kind="grading.adjustment_proposed", params=params, url=url, at=at)


def _told(adjustment: ScoreAdjustment) -> dict[str, object]:
    return {
        "question": adjustment.question.grade_id,
        "before": adjustment.before,
        "score": adjustment.score,
        "reason": adjustment.reason,
    }
