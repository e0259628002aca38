"""Requirements beyond the lessons, the completion of a course, and the hours that it earns."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from courses.catalog.models import CourseRun
from courses.learning.models import (
    CourseCompletion,
    Enrollment,
    EnrollmentStatus,
    LearningHours,
    LessonProgress,
    RequirementMet,
    RunRequirement,
)
from courses.learning.queries import lacking_nothing
from courses.learning.rules import COMPLETION
from courses.learning.signals import course_completed
from portal.audit.actions import record
from portal.queue.turns import in_turns
from portal.users.models import User


@transaction.atomic
def add_requirement(
    *, run: CourseRun, kind: str, subject_uuid: uuid.UUID, label: str, url: str, by: User | None, at: datetime
) -> RunRequirement:
    """Ask of the run's learners one thing more than the lessons; asked again it renews label and address."""
    requirement, is_new = RunRequirement.objects.update_or_create(
        run=run, kind=kind, subject_uuid=subject_uuid, defaults={"label": label, "url": url}
    )
    is_asked_again = requirement.withdrawn_at is not None
    if is_asked_again:
        requirement.withdrawn_at = None
        requirement.save(update_fields=["withdrawn_at"])
    if is_new or is_asked_again:
        details = {"kind": kind, "subject": str(subject_uuid), "label": label}
        record(by=by, at=at, event="learning.requirement_added", target=run, details=details)
    return requirement


@transaction.atomic
def withdraw_requirement(*, run: CourseRun, kind: str, subject_uuid: uuid.UUID, by: User | None, at: datetime) -> bool:
    """Ask the thing of the run's learners no longer; who lacked nothing else completes the run now.

    What was met stays recorded, completed courses stay as they are. False when it was not asked.
    """
    asked = RunRequirement.objects.in_force().filter(run=run, kind=kind, subject_uuid=subject_uuid)
    requirement = asked.select_for_update().first()
    if requirement is None:
        return False
    requirement.withdrawn_at = at
    requirement.save(update_fields=["withdrawn_at"])
    details = {"kind": kind, "subject": str(subject_uuid), "label": requirement.label}
    record(by=by, at=at, event="learning.requirement_withdrawn", target=run, details=details)
    for enrollment in lacking_nothing(Enrollment.objects.filter(run=run)):
        refresh_completion(enrollment=enrollment, at=at)
    return True


def complete_who_lack_nothing(at: datetime) -> None:
    """Complete the places of which the last missing thing went away: a lesson that is required no longer, a
    requirement that was withdrawn. Each by itself, so that nobody waits for all."""
    for enrollment in in_turns(lacking_nothing(Enrollment.objects.all())):
        refresh_completion(enrollment=enrollment, at=at)


@transaction.atomic
def meet_requirement(
    *, enrollment: Enrollment, kind: str, subject_uuid: uuid.UUID, evidence: Mapping[str, Any], at: datetime
) -> RequirementMet | None:
    """Note that the learner met the run's requirement, once; None where the run does not ask for it."""
    enrollment = Enrollment.objects.select_for_update().get(pk=enrollment.pk)
    requirement = (
        RunRequirement.objects.in_force().filter(run=enrollment.run_id, kind=kind, subject_uuid=subject_uuid).first()
    )
    if requirement is None:
        return None
    met, is_new = RequirementMet.objects.get_or_create(
        requirement=requirement, enrollment=enrollment, defaults={"met_at": at, "evidence": dict(evidence)}
    )
    if is_new:
        details = {"kind": kind, "subject": str(subject_uuid), "evidence": dict(evidence)}
        record(by=None, at=at, event="learning.requirement_met", target=enrollment, details=details)
    refresh_completion(enrollment=enrollment, at=at)
    return met


@transaction.atomic
def refresh_completion(*, enrollment: Enrollment, at: datetime) -> CourseCompletion | None:
    """Complete the course once every required lesson is completed and every requirement met; then credit hours."""
    enrollment = Enrollment.objects.select_for_update().select_related("run__course", "user").get(pk=enrollment.pk)
    if enrollment.status != EnrollmentStatus.ACTIVE:
        return CourseCompletion.objects.filter(enrollment=enrollment).first()
    evidence = _evidence(enrollment)
    if evidence is None:
        return None
    course = enrollment.run.course
    completion = CourseCompletion.objects.create(
        enrollment=enrollment, course=course, completed_at=at, evidence=evidence
    )
    enrollment.status = EnrollmentStatus.COMPLETED
    enrollment.save(update_fields=["status"])
    record(by=None, at=at, event="learning.course_completed", target=completion, details={"course": course.code})
    _credit_hours(completion, at)
    course_completed.send(sender=CourseCompletion, completion=completion, at=at)
    return completion


def _credit_hours(completion: CourseCompletion, at: datetime) -> None:
    entry = LearningHours.objects.create(
        user=completion.enrollment.user,
        hours=completion.course.hours,
        year=timezone.localdate(at).year,
        source_kind="completion",
        source_uuid=completion.uuid,
        rule_version=COMPLETION,
        evidence={"course": str(completion.course.uuid), "run": completion.enrollment.run.code},
        credited_at=at,
    )
    details = {"hours": entry.hours, "year": entry.year, "rule": COMPLETION}
    record(by=None, at=at, event="learning.hours_credited", target=entry, details=details)


def _evidence(enrollment: Enrollment) -> dict[str, Any] | None:
    """Return what proves the completion, or None while something is missing."""
    required = list(
        enrollment.run.course.lessons.filter(is_required=True).order_by("order").values_list("pk", flat=True)
    )
    done = LessonProgress.objects.filter(enrollment=enrollment, completed_at__isnull=False).select_related("lesson")
    completed = {row.lesson_id: row for row in done}
    if not required and not RunRequirement.objects.in_force().filter(run=enrollment.run_id).exists():
        return None
    if not set(required) <= set(completed):
        return None
    met = {row.requirement_id: row for row in RequirementMet.objects.filter(enrollment=enrollment)}
    requirements = list(RunRequirement.objects.in_force().filter(run=enrollment.run_id).order_by("pk"))
    if not {requirement.pk for requirement in requirements} <= set(met):
        return None
    return {
        "lessons": [
            {"uuid": str(row.lesson.uuid), "completed_at": _written(row.completed_at), "seconds": row.seconds}
            for row in completed.values()
        ],
        "requirements": [
            {
                "kind": one.kind,
                "subject": str(one.subject_uuid),
                "met_at": _written(met[one.pk].met_at),
                **_proof(met[one.pk]),
            }
            for one in requirements
        ],
        "rule": COMPLETION,
    }


def _proof(met: RequirementMet) -> dict[str, Any]:
    return {"evidence": met.evidence}


def _written(instant: datetime | None) -> str:
    return instant.isoformat() if instant else ""
