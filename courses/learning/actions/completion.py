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
from courses.learning.signals import course_completed
from portal.audit.actions import record
from portal.users.models import User

RULE_VERSION = "simple-2026-1"
"""A completed course credits the hours of the course, in the local year of its completion."""


@transaction.atomic
def add_requirement(
    *, run: CourseRun, kind: str, subject_uuid: uuid.UUID, label: str, url: str, by: User | None, at: datetime
) -> RunRequirement:
    """This will ask of the run's learners one thing more than the lessons; asked again it renews label and address."""
    requirement, is_new = RunRequirement.objects.update_or_create(
        run=run, kind=kind, subject_uuid=subject_uuid, defaults={"label": label, "url": url}
    )
    if is_new:
        details = {"kind": kind, "subject": str(subject_uuid), "label": label}
        record(by=by, at=at, event="learning.requirement_added", target=run, details=details)
    return requirement


@transaction.atomic
def meet_requirement(
    *, enrollment: Enrollment, kind: str, subject_uuid: uuid.UUID, evidence: Mapping[str, Any], at: datetime
) -> RequirementMet | None:
    """This will note that the learner met the run's requirement, once; None where the run does not ask for it."""
    enrollment = Enrollment.objects.select_for_update().get(pk=enrollment.pk)
    requirement = RunRequirement.objects.filter(run=enrollment.run_id, kind=kind, subject_uuid=subject_uuid).first()
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
    """This will complete the course once every required lesson is completed and every requirement met; then credit hours."""
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
        rule_version=RULE_VERSION,
        evidence={"course": str(completion.course.uuid), "run": completion.enrollment.run.code},
        credited_at=at,
    )
    details = {"hours": entry.hours, "year": entry.year, "rule": RULE_VERSION}
    record(by=None, at=at, event="learning.hours_credited", target=entry, details=details)


def _evidence(enrollment: Enrollment) -> dict[str, Any] | None:
    """What proves the completion, or None while something is missing."""
    required = list(
        enrollment.run.course.lessons.filter(is_required=True).order_by("order").values_list("pk", flat=True)
    )
    done = LessonProgress.objects.filter(enrollment=enrollment, completed_at__isnull=False).select_related("lesson")
    completed = {row.lesson_id: row for row in done}
    if not required and not RunRequirement.objects.filter(run=enrollment.run_id).exists():
        return None
    if not set(required) <= set(completed):
        return None
    met = {row.requirement_id: row for row in RequirementMet.objects.filter(enrollment=enrollment)}
    requirements = list(RunRequirement.objects.filter(run=enrollment.run_id).order_by("pk"))
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
        "rule": RULE_VERSION,
    }


def _proof(met: RequirementMet) -> dict[str, Any]:
    return {"evidence": met.evidence}


def _written(instant: datetime | None) -> str:
    return instant.isoformat() if instant else ""
