"""Whom a change of an assignment touches: the change is made, looked at and taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from courses.learning.models import (
    CourseCompletion,
    Enrollment,
    EnrollmentStatus,
    RequirementMet,
    RunRequirement,
)

from .models import LabAssignment

MOST_NAMES = 20


@dataclass(frozen=True)
class Effects:
    """What a change would do to the people of a run."""

    open_places: int
    completed: int
    passing: list[str]
    """Names of those who would pass the lab now."""
    completing: list[str]
    """Names of those who would complete the run now."""
    lacking: int
    """Open places that still lack the lab afterwards; 0 where the run does not ask for it."""
    lacking_names: list[str]
    """Their names."""
    asks_nothing: bool
    """Whether the run would ask for nothing at all, so that nobody could complete it."""

    @property
    def passing_shown(self) -> list[str]:
        """As many names as a page takes."""
        return self.passing[:MOST_NAMES]

    @property
    def completing_shown(self) -> list[str]:
        """As many names as a page takes."""
        return self.completing[:MOST_NAMES]

    @property
    def lacking_shown(self) -> list[str]:
        """As many names as a page takes."""
        return self.lacking_names[:MOST_NAMES]


def effects_of(assignment: LabAssignment, change: Callable[[], object]) -> Effects:
    """Say what the change would do, and leave everything as it is. Raises what the change raises."""
    run = assignment.run
    with transaction.atomic():
        places = Enrollment.objects.filter(run=run)
        was_open = set(places.filter(status=EnrollmentStatus.ACTIVE).values_list("pk", flat=True))
        completed = set(CourseCompletion.objects.filter(enrollment__run=run).values_list("enrollment", flat=True))
        met = _met(assignment)
        change()
        now_met = _met(assignment)
        now_completed = set(CourseCompletion.objects.filter(enrollment__run=run).values_list("enrollment", flat=True))
        asked = RunRequirement.objects.in_force().filter(run=run)
        is_asked = asked.filter(kind="lab", subject_uuid=assignment.uuid).exists()
        lacking = was_open - now_met if is_asked else set()
        found = Effects(
            open_places=len(was_open),
            completed=len(completed),
            passing=_names(now_met - met),
            completing=_names(now_completed - completed),
            lacking=len(lacking),
            lacking_names=_names(lacking),
            asks_nothing=not asked.exists() and not run.course.lessons.filter(is_required=True).exists(),
        )
        transaction.set_rollback(True)
    return found


def _met(assignment: LabAssignment) -> set[int]:
    rows = RequirementMet.objects.filter(requirement__kind="lab", requirement__subject_uuid=assignment.uuid)
    return set(rows.values_list("enrollment", flat=True))


def _names(places: set[int]) -> list[str]:
    people = Enrollment.objects.filter(pk__in=places).order_by("user__name", "pk")
    return list(people.values_list("user__name", flat=True))
