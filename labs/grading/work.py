"""What the worker does with a grading run: ask the grader, record the answer."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from labs.assignments.freezing import data_folder, frozen_reason
from labs.assignments.storing import read_stored
from labs.grader.client import GraderAway, GraderRefused, GraderSocket
from labs.grader.protocol import RefusalCode, Verdict
from portal.queue.actions import held, put_back

from .actions import record_result, set_aside
from .models import Cause, GradingRun

log = logging.getLogger(__name__)

AWAY_RETRY = timedelta(seconds=2)
CRASHED = "a program ended unexpectedly; graded once more to be sure"
FINAL_REFUSALS = frozenset(
    {
        RefusalCode.BAD_SUBMISSION,
        RefusalCode.BAD_SOURCE,
        RefusalCode.BAD_REQUEST,
        RefusalCode.BAD_FILE_NAME,
        RefusalCode.TOO_LARGE,
    }
)
"""Trying once more would end the same."""


def work_on_run(run: GradingRun) -> None:
    """Grade one run with this installation's grader."""
    grade_run(run, grader=GraderSocket.from_settings(), at=timezone.now())


def grade_run(run: GradingRun, *, grader: GraderSocket, at: datetime) -> None:
    """Grade a run whose lease the caller holds.

    A grader that is away costs no attempt; one that falls silent raises, and the worker counts the attempt.
    """
    held(run).update(started_at=at)
    release = run.release
    # Without its data a right answer would fail: no silent zero.
    if (frozen := frozen_reason(release, on=timezone.localdate(at))) is not None:
        set_aside(run=run, reason=frozen.message, at=timezone.now())
        return
    try:
        result = grader.grade(
            identity=str(run.uuid),
            source=read_stored("releases", release.source_path),
            submission=read_stored("submissions", run.submission.path),
            files={file["name"]: read_stored("releases", file["path"]) for file in release.files},
            visible_only=run.cause == Cause.CHECK,
            datasets=data_folder(release, at=at),
            variant_seed=run.submission.variant_seed or "",
        )
    except GraderAway as problem:
        log.warning("grader away: %s", problem)
        put_back(run, at=timezone.now(), delay=AWAY_RETRY, error=f"grader away: {problem}", counts=False)
        return
    except GraderRefused as refusal:
        if refusal.code not in FINAL_REFUSALS:
            raise
        set_aside(run=run, reason=str(refusal), at=timezone.now())
        return
    if _wants_confirmation(run, result):
        put_back(run, at=timezone.now(), delay=timedelta(), error=CRASHED)
        return
    record_result(run=run, result=result, at=timezone.now())


def _wants_confirmation(run: GradingRun, result: Mapping[str, Any]) -> bool:
    """Return whether a program ended unexpectedly for the first time:
    that may be our sandbox's doing, and a crash of the trainee's own crashes again."""
    return run.error != CRASHED and any(question["verdict"] == Verdict.CRASHED for question in result["questions"])
