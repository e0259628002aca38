"""Reads the queue as it stands and says what each run has to expect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from labs.grader.client import LIMITS
from portal.queue.models import WorkStatus
from portal.queue.processes import grading_places

from .expecting import BATCH, CHECK, SUBMIT, Busy, Durations, Expectation, Places, Waiting, expect
from .models import Cause, GradingRun
from .turns import SUBMISSIONS_IN_A_ROW, submissions_in_a_row

UNFINISHED = (WorkStatus.QUEUED, WorkStatus.RUNNING)
RECENT = 200
"""Finished runs of the labs in the queue that are looked at, newest first."""
FIELDS = ("submission__assignment", "cause", "submission__user")


def lane_of(cause: str) -> str:
    """Regrades and replays are graded when nobody waits."""
    return {Cause.SUBMIT.value: SUBMIT, Cause.CHECK.value: CHECK}.get(cause, BATCH)


def expectations(now: datetime) -> Mapping[int, Expectation]:
    """Place and seconds of every run that is not finished, by its id. Six queries at most, however many wait."""
    rows = GradingRun.objects.filter(status__in=UNFINISHED).order_by("turn", "pk")
    unfinished = list(rows.values_list("pk", "status", "started_at", *FIELDS))
    durations = _durations({lab for _pk, _status, _started, lab, _cause, _person in unfinished})
    busy, waiting = [], []
    for pk, status, started, lab, cause, person in unfinished:
        if status == WorkStatus.RUNNING:
            elapsed = max((now - started).total_seconds(), 0.0) if started else 0.0
            left = durations.left(elapsed, durations.of(lab, lane_of(cause), person))
            busy.append(Busy(pk, lane_of(cause), left))
            if elapsed > durations.of(lab, lane_of(cause), person):
                durations.learn(lab, lane_of(cause), person, elapsed + left)
    for pk, status, _started, lab, cause, person in unfinished:
        if status == WorkStatus.QUEUED:
            waiting.append(Waiting(pk, lane_of(cause), durations.of(lab, lane_of(cause), person)))
    return expect(
        busy, waiting, Places(*grading_places(now)), in_a_row=SUBMISSIONS_IN_A_ROW,
        begun_in_a_row=submissions_in_a_row() if _has_both(waiting) else 0,
    )  # fmt: skip


def _has_both(waiting: Iterable[Waiting]) -> bool:
    return {SUBMIT, CHECK} <= {run.lane for run in waiting}


def _durations(labs: set[int]) -> Durations:
    """Return what was measured in the labs lately."""
    done = GradingRun.objects.filter(status=WorkStatus.DONE, wall_ms__gt=0).order_by("-finished_at", "-pk")
    rows = list(done.filter(submission__assignment__in=labs).values_list("wall_ms", *FIELDS)[:RECENT])
    found = Durations(limit=float(LIMITS["wall_s"]))
    for wall_ms, lab, cause, person in reversed(rows):
        found.learn(lab, lane_of(cause), person, wall_ms / 1000)
    return found
