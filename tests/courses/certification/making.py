"""Courses, runs and completions for the tests of certification and personnel."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.utils import timezone

from courses.catalog.models import Course, CourseRun
from courses.certification.actions import award_for_completion
from courses.certification.models import Certification, CertificationAward
from courses.learning.models import CourseCompletion, Enrollment, LearningHours
from portal.users.models import User

AT = datetime(2026, 3, 20, 2, 0, tzinfo=UTC)
"""When the tests' courses are completed."""


def make_course(code: str = "smart-city-governance", title: str = "智慧城市治理与数据要素") -> Course:
    """Return a course of ten learning hours."""
    return Course.objects.get_or_create(code=code, defaults={"title": title, "hours": 1000, "created_at": AT})[0]


def make_run(course: Course, code: str = "scg-2026") -> CourseRun:
    """Return a run of the course that is being taught."""
    defaults = {
        "course": course,
        "name": "2026年第一期",
        "enroll_opens_at": AT - timedelta(days=60),
        "enroll_closes_at": AT + timedelta(days=60),
        "starts_at": AT - timedelta(days=30),
        "ends_at": AT + timedelta(days=300),
    }
    return CourseRun.objects.get_or_create(code=code, defaults=defaults)[0]


def make_certification(course: Course, code: str = "ZHZL", months: int | None = 36) -> Certification:
    """Return a certification that the course earns."""
    defaults = {
        "name": "智慧城市治理能力证书",
        "course": course,
        "issuer": "陕西省城市人才培训中心",
        "validity_months": months,
    }
    return Certification.objects.get_or_create(code=code, defaults=defaults)[0]


def complete(user: User, run: CourseRun, at: datetime = AT) -> CourseCompletion:
    """Return the user's completion of the run, with its hours."""
    enrollment = Enrollment.objects.create(user=user, run=run, status="completed", enrolled_at=at)
    completion = CourseCompletion.objects.create(
        enrollment=enrollment, course=run.course, completed_at=at, evidence={"lessons": [{"uuid": "l-1"}]}
    )
    LearningHours.objects.create(
        user=user,
        hours=run.course.hours,
        year=timezone.localdate(at).year,
        source_kind="completion",
        source_uuid=completion.uuid,
        rule_version="test",
        credited_at=at,
    )
    return completion


def certify(user: User, run: CourseRun, certification: Certification, at: datetime = AT) -> CertificationAward:
    """Return an award of the user for completing the run."""
    return award_for_completion(certification=certification, completion=complete(user, run, at), at=at)
