"""Where a submission and an assignment stand, for page, Lab bar and card alike."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from labs.assignments.models import LabAssignment
from labs.assignments.rules import Effective, Ruling
from portal.queue.models import WorkStatus

from .expecting import Expectation, told_seconds
from .models import Grade, GradingRun, Submission


@dataclass(frozen=True)
class SubmissionStanding:
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
    def is_replaced(self) -> bool:
        """Whether a newer Check took its place before it was run."""
        return self.status == "replaced"

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
class AssignmentState:
    """An assignment as one trainee meets it now: the ruling, the latest attempt and the grade that counts."""

    assignment: LabAssignment
    ruling: Ruling
    latest: SubmissionStanding | None
    counted: Effective | None = None
    so_far: Effective | None = None

    @property
    def now(self) -> datetime:
        """The instant at which this holds."""
        return self.ruling.at

    @property
    def attempts_used(self) -> int:
        """How many attempts were made."""
        return self.ruling.attempts_used

    @property
    def state(self) -> str:
        """open, late, not_open, closed, frozen or no_attempts_left: the same rule that the server enforces."""
        return self.ruling.state

    @property
    def is_open(self) -> bool:
        """Whether a submission would be taken."""
        return self.ruling.may_submit

    @property
    def is_not_open(self) -> bool:
        """Whether it has not begun."""
        return self.ruling.state == "not_open"

    @property
    def is_closed(self) -> bool:
        """Whether the last day has passed."""
        return self.ruling.state == "closed"

    @property
    def attempts_label(self) -> str:
        """Attempts as "1 / 5", or "1" without a limit."""
        most = self.ruling.attempts_max
        return f"{self.attempts_used} / {most}" if most is not None else str(self.attempts_used)

    @property
    def reaches_pass(self) -> bool:
        """Whether the points so far are enough; marks still to come only add to them."""
        return self.so_far is not None and self.so_far.reaches(self.assignment.pass_percent)

    @property
    def has_passed(self) -> bool | None:
        """Whether the grade that counts passes; None while it is open."""
        if self.counted is None or not self.counted.is_final:
            return None
        return self.counted.has_passed(self.assignment.pass_percent)


def standing_of(
    submission: Submission, runs: list[GradingRun], grade: Grade | None, expected: Mapping[int, Expectation]
) -> SubmissionStanding:
    """Return the standing from the submission's runs (newest first),
    its current grade and what unfinished runs may expect."""
    at_first = SubmissionStanding(submission.uuid, "failed", attempt=submission.attempt)
    if grade is not None:
        status = "graded" if grade.is_complete else "needs_manual"
        passed = grade.has_passed if grade.is_complete else None
        return replace(at_first, status=status, score=grade.counted_score, max_score=grade.max_score, passed=passed)
    newest = runs[0] if runs else None
    if newest is None or newest.status == WorkStatus.NEEDS_PERSON:
        return at_first
    if newest.replaced_by_id is not None:
        return replace(at_first, status="replaced")
    if newest.status == WorkStatus.DONE:
        results = list(newest.results.all())
        score, most = sum(each.score for each in results), sum(each.max_score for each in results)
        return replace(at_first, status="graded", score=score, max_score=most)
    # It may have been queued after the queue was read.
    found = expected.get(newest.pk, Expectation(1, 1))
    eta_s = told_seconds(found.seconds)
    if newest.status == WorkStatus.RUNNING:
        return replace(at_first, status="running", place=0, eta_s=eta_s)
    return replace(at_first, status="queued", place=max(found.place, 1), eta_s=eta_s)


def as_points(hundredths: int | None) -> float | int | None:
    """Return a score as a number of points: 750 → 7.5, 800 → 8."""
    if hundredths is None:
        return None
    return hundredths // 100 if hundredths % 100 == 0 else hundredths / 100
