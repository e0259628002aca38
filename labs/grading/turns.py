"""The order in which runs of one cause are taken: fair by person, fixed when a run is queued.

Start-time fair queueing, in milliseconds of grading: a run's turn is where its person's last run ends on the clock of
the queue, and that clock stands at the latest turn that was begun. Whoever was served little comes before whoever was
served much, however many runs that person sends; somebody new is next to whoever has not been served yet. Nobody
waits without end: the clock only rises, so that newcomers queue up behind. The order is a column, hence the same one
on every machine.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from portal.queue.models import WorkStatus
from portal.users.models import User

from .expecting import DEFAULT_SECONDS
from .models import Cause, GradingRun

SUBMISSIONS_IN_A_ROW = 8
"""Submissions that may begin one after another while a Check waits; then one Check begins."""


def waiting_in_turn(causes: Iterable[str]) -> QuerySet[GradingRun]:
    """Return runs of the causes in the order in which they are taken."""
    return GradingRun.objects.filter(cause__in=tuple(causes)).order_by("turn", "pk")


def next_turn(user: User, cause: str) -> int:
    """Return the turn of a run that the person sends now. Two queries."""
    same = GradingRun.objects.filter(cause=cause, replaced_by__isnull=True)
    now = same.filter(attempts__gt=0).order_by("-turn").values_list("turn", flat=True).first() or 0
    last = same.filter(submission__user=user).order_by("-turn", "-pk").values_list("turn", "status", "wall_ms").first()
    if last is None:
        return now
    turn, status, wall_ms = last
    if status == WorkStatus.DONE and wall_ms is not None:
        return max(now, turn + wall_ms)
    return max(now, turn + round(DEFAULT_SECONDS * 1000))


def is_check_owed() -> bool:
    """Return whether submissions went first often enough while a Check waited."""
    return submissions_in_a_row() >= SUBMISSIONS_IN_A_ROW


def submissions_in_a_row() -> int:
    """Return how many submissions began, one after another, while a Check waited;
    at most SUBMISSIONS_IN_A_ROW. Three queries."""
    checks = GradingRun.objects.filter(cause=Cause.CHECK)
    oldest = checks.filter(status=WorkStatus.QUEUED).order_by("created_at").values_list("created_at", flat=True).first()
    if oldest is None:
        return 0
    last = checks.filter(started_at__gte=oldest).order_by("-started_at").values_list("started_at", flat=True).first()
    begun = GradingRun.objects.filter(cause=Cause.SUBMIT, started_at__gt=last or oldest)
    return begun[:SUBMISSIONS_IN_A_ROW].count()
