"""Reading regrades: how far one is, who would rise and who would fall."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, QuerySet

from courses.catalog.queries import access_runs_for
from courses.certification.models import CertificationAward
from courses.certification.queries import current_awards
from labs.grader.protocol import Verdict
from portal.queue.models import WorkStatus
from portal.users.models import User

from .counting import Points, points_for
from .models import Decision, Grade, ManualMark, QuestionResult, RegradeBatch, RegradeItem

UP, DOWN, SAME, FIRST, OPEN, FAILED = "up", "down", "same", "first", "open", "failed"
ORDER = (DOWN, UP, FIRST, FAILED, OPEN, SAME)


@dataclass(frozen=True)
class Change:
    """What the regrade would do to one submission. `before` is the grade as it is now, or was when it was decided."""

    item: RegradeItem
    before: Grade | None
    after: Points | None
    direction: str
    is_certified: bool


@dataclass(frozen=True)
class Progress:
    """How far a regrade is."""

    total: int
    done: int

    @property
    def percent(self) -> int:
        """Whole percent."""
        return 100 * self.done // self.total if self.total else 100

    @property
    def is_over(self) -> bool:
        """Whether no run is open."""
        return self.done >= self.total


def access_regrades_for(user: User, on: date) -> QuerySet[RegradeBatch]:
    """Regrades in the runs that the user teaches, newest first."""
    runs = access_runs_for(user, on).values("pk")
    return (
        RegradeBatch.objects.filter(assignment__run__in=runs)
        .select_related("assignment__lab", "assignment__run", "release", "requested_by", "decided_by")
        .order_by("-requested_at", "-pk")
    )


def regrade_of(user: User, batch_uuid: uuid.UUID, on: date) -> RegradeBatch | None:
    """One of them."""
    return access_regrades_for(user, on).filter(uuid=batch_uuid).first()


def certified_enrollments(enrollments: Iterable[int]) -> set[int]:
    """Those of the enrollments on which a certificate rests that is neither replaced nor revoked."""
    awards = CertificationAward.objects.filter(current_awards(), completion__enrollment__in=set(enrollments))
    return set(awards.values_list("completion__enrollment", flat=True))


def progress_of(batch: RegradeBatch) -> Progress:
    """Return runs that are over, of all."""
    statuses = Counter(batch.items.values_list("run__status", flat=True))
    open_runs = statuses[WorkStatus.QUEUED] + statuses[WorkStatus.RUNNING]
    return Progress(total=statuses.total(), done=statuses.total() - open_runs)


def changes_of(batch: RegradeBatch) -> list[Change]:
    """Return what would change, falls first; the number of queries does not depend on how many
    submissions there are."""
    grades = Grade.objects.current()
    marks = ManualMark.objects.current().select_related("question").order_by("pk")
    items = list(
        batch.items.select_related("run", "before", "submission__user", "submission__enrollment")
        .prefetch_related(
            Prefetch("run__results", queryset=QuestionResult.objects.select_related("question")),
            Prefetch("submission__grades", queryset=grades, to_attr="current_grades"),
            Prefetch("submission__marks", queryset=marks, to_attr="present_marks"),
        )
        .order_by("pk")
    )
    certified = certified_enrollments(item.submission.enrollment_id for item in items)
    changes = [_change(item, item.submission.enrollment_id in certified) for item in items]
    return sorted(changes, key=lambda each: (ORDER.index(each.direction), each.item.submission.user.name, each.item.pk))


def count_changes(changes: Iterable[Change]) -> dict[str, int]:
    """Return how many go in which direction, and how many of those that fall are certified."""
    listed = list(changes)
    found: dict[str, int] = dict.fromkeys(ORDER, 0)
    for change in listed:
        found[change.direction] += 1
    found["certified"] = sum(change.is_certified and change.direction == DOWN for change in listed)
    return found


def _change(item: RegradeItem, is_certified: bool) -> Change:
    current: list[Grade] = item.submission.current_grades  # type: ignore[attr-defined]  # set by changes_of
    # Once it is decided, the grade of that time tells what changed, not the present one.
    before = item.before if item.decision else (current[0] if current else None)
    if item.run.status != WorkStatus.DONE or item.decision == Decision.DISCARDED:
        is_open = item.run.status in (WorkStatus.QUEUED, WorkStatus.RUNNING)
        return Change(item, before, None, OPEN if is_open else FAILED, is_certified)
    after = _points(item)
    if before is None:
        return Change(item, None, after, FIRST, is_certified)
    direction = UP if after.is_higher_than(before) else DOWN if after.is_lower_than(before) else SAME
    return Change(item, before, after, direction, is_certified)


def _points(item: RegradeItem) -> Points:
    marks = {mark.question.grade_id: mark for mark in item.submission.present_marks}  # type: ignore[attr-defined]  # as above
    results = list(item.run.results.all())
    waiting = [each for each in results if each.verdict == Verdict.MANUAL and each.question.grade_id not in marks]
    score = sum(points_for(each, marks.get(each.question.grade_id)) for each in results)
    return Points(score, sum(each.max_score for each in results), not waiting)
