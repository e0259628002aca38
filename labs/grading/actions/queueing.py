"""Queueing what a trainee sends: a submission always, a Check within its trainee's two places."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from labs.grading import refusals
from labs.grading.keys import dataset_digest, run_key
from labs.grading.models import CHECKS_AT_ONCE, Cause, GradingRun, Purpose, Submission
from labs.grading.turns import next_turn
from portal.queue.models import WorkStatus


def queue(submission: Submission, *, at: datetime) -> GradingRun:
    """Queue the grading or the Check of a new submission, in its transaction. Raises SubmissionRefused."""
    if submission.purpose == Purpose.CHECK:
        return _queue_check(submission, at)
    return _create(submission, Cause.SUBMIT, at, turn=next_turn(submission.user, Cause.SUBMIT))


def _queue_check(submission: Submission, at: datetime) -> GradingRun:
    # Locked, so that no worker takes one meanwhile: what runs is not replaced, and the place that it holds is not free.
    waiting = GradingRun.objects.select_for_update(of=("self",)).filter(
        check_of=submission.user_id, submission__assignment=submission.assignment_id, status=WorkStatus.QUEUED
    )
    older = {run.pk: run.turn for run in waiting}
    replaced = GradingRun.objects.filter(pk__in=older)
    replaced.update(status=WorkStatus.DONE, finished_at=at)
    # Whoever presses again keeps the turn and gains none.
    turn = min(older.values()) if older else next_turn(submission.user, Cause.CHECK)
    run = _in_a_place(submission, at, turn)
    replaced.update(replaced_by=run)
    return run


def _in_a_place(submission: Submission, at: datetime, turn: int) -> GradingRun:
    """Return the run in a place that is free; the database says which is, also against a simultaneous Check."""
    taken = GradingRun.objects.filter(check_of=submission.user_id, status__in=[WorkStatus.QUEUED, WorkStatus.RUNNING])
    for place in range(1, CHECKS_AT_ONCE + 1):
        if taken.filter(check_place=place).exists():
            continue
        try:
            with transaction.atomic():
                return _create(submission, Cause.CHECK, at, turn=turn, check_of=submission.user, check_place=place)
        except IntegrityError:
            if not taken.filter(check_place=place).exists():
                raise
    raise refusals.checks_unfinished()


def _create(submission: Submission, cause: Cause, at: datetime, **more: object) -> GradingRun:
    release = submission.release
    dataset = dataset_digest(release)
    return GradingRun.objects.create(
        submission=submission, release=release, cause=cause, key=run_key(submission, release, dataset, cause),
        environment_digest=release.environment_digest, dataset_digest=dataset,
        created_at=at, not_before=at, **more,
    )  # fmt: skip
