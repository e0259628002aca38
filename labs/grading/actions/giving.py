"""What an instructor does with one submission: marks by rubric, drafts, earlier marks restored, feedback, flags seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from labs.assignments.models import LabQuestion, lab_path
from labs.grading.actions import mark_question
from labs.grading.models import Feedback, FlagReview, GradingRun, ManualMark, MarkDraft, MarkRubric, Rubric, Submission
from labs.grading.permissions import others_work, require_marker
from portal.audit.actions import record
from portal.notifications.actions import notify
from portal.users.models import User

MOST_AT_ONCE = 500


@dataclass(frozen=True)
class ByRubric:
    """The version by which a mark is given, and the level of each criterion."""

    rubric: Rubric
    levels: Sequence[int | None]


@transaction.atomic
def give_mark(
    *,
    submission: Submission,
    question: LabQuestion,
    score: int,
    comment: str,
    by_rubric: ByRubric | None = None,
    by: User,
    at: datetime,
) -> ManualMark:
    """Give the question its points, keep the levels chosen, and drop the draft. Raises as `mark_question`."""
    mark = mark_question(submission=submission, question=question, score=score, comment=comment, by=by, at=at)
    if by_rubric is not None and any(level is not None for level in by_rubric.levels):
        MarkRubric.objects.create(mark=mark, rubric=by_rubric.rubric, levels=list(by_rubric.levels))
    MarkDraft.objects.filter(submission=submission, question=question, by=by).delete()
    return mark


@transaction.atomic
def restore_mark(*, mark: ManualMark, by: User, at: datetime) -> ManualMark:
    """Undo what came after an earlier mark: a new one with its points, comment and levels supersedes."""
    chosen = MarkRubric.objects.filter(mark=mark).select_related("rubric").first()
    return give_mark(
        submission=mark.submission, question=mark.question, score=mark.score, comment=mark.comment,
        by_rubric=ByRubric(chosen.rubric, chosen.levels) if chosen else None, by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def keep_draft(*, submission: Submission, question: LabQuestion, by: User, at: datetime, **typed: Any) -> MarkDraft:
    """Keep what `by` has typed for a question (`score`, `comment`, `levels`) until the mark is given.

    Raises PermissionDenied (another's run, own submission).
    """
    require_marker(by, submission, timezone.localdate(at))
    draft, _ = MarkDraft.objects.update_or_create(
        submission=submission, question=question, by=by, defaults={**typed, "saved_at": at}
    )
    return draft


@transaction.atomic
def give_feedback(
    *, submissions: Iterable[Submission], question: LabQuestion, text: str, by: User, at: datetime
) -> int:
    """Write one text to the trainees of several submissions; the number of those that did not have it yet.

    Own submissions are left out. Raises PermissionDenied for a submission of a run that `by` does not teach.
    """
    others = others_work(by, list(submissions)[:MOST_AT_ONCE], timezone.localdate(at))
    written = [each for each in others if _write(each, question, text, by, at)]
    if written:
        details = {"question": question.grade_id, "submissions": len(written)}
        record(by=by, at=at, event="grading.feedback_given", target=written[0].assignment, details=details)
    return len(written)


def _write(submission: Submission, question: LabQuestion, text: str, by: User, at: datetime) -> bool:
    # Each submission's own release has its own row for the same question.
    own = LabQuestion.objects.filter(release=submission.release_id, grade_id=question.grade_id).first()
    if own is None:
        return False
    Submission.objects.select_for_update().get(pk=submission.pk)
    earlier = Feedback.objects.current().filter(submission=submission, question=own).first()
    if earlier is not None and earlier.text == text:
        return False
    Feedback.objects.create(
        submission=submission, question=own, text=text, written_at=at, written_by=by, supersedes=earlier
    )
    params = {"lab": submission.assignment.lab.title, "question": own.title}
    url = lab_path(submission.assignment.uuid)
    notify(user=submission.user, kind="grading.feedback", params=params, url=url, at=at)
    return True


@transaction.atomic
def see_flags(*, run: GradingRun, by: User, at: datetime) -> None:
    """Note that `by` has looked at the flags of a run; it waits for nobody any more.

    Raises PermissionDenied (another's run, own submission).
    """
    require_marker(by, run.submission, timezone.localdate(at))
    FlagReview.objects.get_or_create(run=run, defaults={"seen_at": at, "seen_by": by})
    record(by=by, at=at, event="grading.flags_seen", target=run.submission, details={"flags": list(run.flags)[:20]})
