"""Where a submission and an assignment stand, for page, Lab bar and card alike."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from labs.assignments.models import LabAssignment
from portal.queue.models import WorkStatus

from .models import Grade, GradingRun, Submission


@dataclass(frozen=True)
class Standing:
    """Where one submission stands; scores in hundredths. `passed` is None until nothing is open any more."""

    uuid: uuid.UUID
    status: str
    place: int | None = None
    eta_s: int | None = None
    score: int | None = None
    max_score: int | None = None
    passed: bool | None = None
    attempt: int | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether the grader has it, or will."""
        return self.status in ("queued", "running")

    @property
    def is_graded(self) -> bool:
        """Whether the grade is final for now."""
        return self.status == "graded"

    @property
    def needs_manual(self) -> bool:
        """Whether a person's marks are still missing."""
        return self.status == "needs_manual"

    @property
    def is_failed(self) -> bool:
        """Whether it could not be graded and a person must look."""
        return self.status == "failed"

    def as_json(self) -> dict[str, Any]:
        """As the lab API says it: scores in points."""
        return {
            **asdict(self),
            "uuid": str(self.uuid),
            "score": as_points(self.score),
            "max_score": as_points(self.max_score),
        }


@dataclass(frozen=True)
class Pace:
    """How fast the queue moves: who is ahead and how long one takes."""

    waiting: tuple[int, ...]
    seconds: float

    def place_of(self, run: GradingRun) -> int:
        """1 for the next."""
        return sum(1 for pk in self.waiting if pk < run.pk) + 1


@dataclass(frozen=True)
class AssignmentState:
    """An assignment as one trainee meets it now."""

    assignment: LabAssignment
    now: datetime
    attempts_used: int
    latest: Standing | None

    @property
    def state(self) -> str:
        """open, not_open, closed or no_attempts_left: the same rule that the server enforces."""
        if self.now < self.assignment.opens_at:
            return "not_open"
        if self.now > self.assignment.due_at:
            return "closed"
        most = self.assignment.max_attempts
        return "no_attempts_left" if most is not None and self.attempts_used >= most else "open"

    @property
    def is_open(self) -> bool:
        """Whether a submission would be taken."""
        return self.state == "open"

    @property
    def is_not_open(self) -> bool:
        """Whether it has not begun."""
        return self.state == "not_open"

    @property
    def is_closed(self) -> bool:
        """Whether the deadline has passed."""
        return self.state == "closed"

    @property
    def attempts_label(self) -> str:
        """Attempts as "1 / 5", or "1" without a limit."""
        most = self.assignment.max_attempts
        return f"{self.attempts_used} / {most}" if most is not None else str(self.attempts_used)


def standing_of(submission: Submission, runs: list[GradingRun], grade: Grade | None, pace: Pace) -> Standing:
    """The standing from the submission's runs (newest first) and its current grade."""
    at_first = Standing(submission.uuid, "failed", attempt=submission.attempt)
    if grade is not None:
        status = "graded" if grade.is_complete else "needs_manual"
        passed = grade.has_passed if grade.is_complete else None
        return replace(at_first, status=status, score=grade.score, max_score=grade.max_score, passed=passed)
    newest = runs[0] if runs else None
    if newest is None or newest.status == WorkStatus.NEEDS_PERSON:
        return at_first
    if newest.status == WorkStatus.DONE:
        results = list(newest.results.all())
        score, most = sum(each.score for each in results), sum(each.max_score for each in results)
        return replace(at_first, status="graded", score=score, max_score=most)
    if newest.status == WorkStatus.RUNNING:
        return replace(at_first, status="running", place=0, eta_s=max(1, round(pace.seconds)))
    place = pace.place_of(newest)
    return replace(at_first, status="queued", place=place, eta_s=max(1, round(place * pace.seconds)))


def as_points(hundredths: int | None) -> float | int | None:
    """A score as a number of points: 750 → 7.5, 800 → 8."""
    if hundredths is None:
        return None
    return hundredths // 100 if hundredths % 100 == 0 else hundredths / 100


def attempts_used(submissions: Iterable[Submission]) -> int:
    """The highest attempt among them."""
    return max((submission.attempt or 0 for submission in submissions), default=0)
