"""Criteria by which a question is marked: levels with points, in versions that are never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labs.assignments.models import LabQuestion
from labs.grading.models import Rubric


@dataclass(frozen=True)
class Level:
    """One level of a criterion; `points` in hundredths."""

    title: str
    points: int


@dataclass(frozen=True)
class Criterion:
    """What is looked at, and its levels from best to worst as the author ordered them."""

    title: str
    levels: tuple[Level, ...]

    @property
    def most(self) -> int:
        """The points of the best level."""
        return max((level.points for level in self.levels), default=0)


def criteria_of(rubric: Rubric) -> tuple[Criterion, ...]:
    """Return the criteria of a version."""
    return tuple(
        Criterion(each["title"], tuple(Level(level["title"], int(level["points"])) for level in each["levels"]))
        for each in rubric.criteria
    )


def current_rubric(question: LabQuestion) -> Rubric | None:
    """Return the version that holds for the question now, whatever the release."""
    found = Rubric.objects.filter(lab=question.release.lab_id, grade_id=question.grade_id)
    return found.order_by("-number").first()


def current_rubrics(questions: Sequence[LabQuestion]) -> dict[str, Rubric]:
    """Versions that hold for questions of one lab, by grade id. One query."""
    if not questions:
        return {}
    found = Rubric.objects.filter(
        lab=questions[0].release.lab_id, grade_id__in=[question.grade_id for question in questions]
    )
    return {rubric.grade_id: rubric for rubric in found.order_by("number")}


def points_of_levels(criteria: Sequence[Criterion], levels: Sequence[int | None]) -> int | None:
    """Return the sum of the chosen levels in hundredths; None while a criterion has none."""
    chosen = [
        criterion.levels[level].points
        for criterion, level in zip(criteria, levels, strict=False)
        if level is not None and 0 <= level < len(criterion.levels)
    ]
    return sum(chosen) if criteria and len(chosen) == len(criteria) else None
