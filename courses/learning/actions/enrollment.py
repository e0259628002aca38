"""A person's place in a run."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from courses.catalog.models import CourseRun
from courses.learning.errors import AlreadyEnrolled, CannotWithdraw, EnrollmentClosed, RunIsFull
from courses.learning.models import Enrollment, EnrollmentStatus
from portal.audit.actions import record
from portal.users.models import User
from portal.users.signals import access_reduced

from .completion import refresh_completion


@transaction.atomic
def enroll(*, user: User, run: CourseRun, by: User | None, at: datetime) -> Enrollment:
    """Give the user a place in the run, or back the one given up.

    Raises EnrollmentClosed, RunIsFull, AlreadyEnrolled.
    """
    # The lock makes two people who press at once take two places, not one twice.
    run = CourseRun.objects.select_for_update().get(pk=run.pk)
    present = Enrollment.objects.present().filter(run=run)
    if present.filter(user=user).exists():
        raise AlreadyEnrolled
    if not run.enroll_opens_at <= at < run.enroll_closes_at:
        raise EnrollmentClosed
    if run.capacity is not None and present.count() >= run.capacity:
        raise RunIsFull
    enrollment = _taken_up_again(user, run) or Enrollment(user=user, run=run)
    enrollment.status, enrollment.withdrawn_at = EnrollmentStatus.ACTIVE, None
    enrollment.enrolled_at, enrollment.enrolled_by = at, by
    enrollment.save()
    record(by=by, at=at, event="learning.enrolled", target=enrollment, details=_who(enrollment))
    # Whoever had all but left before it was counted lacks nothing now.
    refresh_completion(enrollment=enrollment, at=at)
    enrollment.refresh_from_db()
    return enrollment


def _taken_up_again(user: User, run: CourseRun) -> Enrollment | None:
    """Return the place that the person gave up: what was read, submitted and tried in it stays,
    and its attempts stay used."""
    left = Enrollment.objects.select_for_update().filter(user=user, run=run, status=EnrollmentStatus.WITHDRAWN)
    return left.order_by("-withdrawn_at", "-pk").first()


@transaction.atomic
def withdraw(*, enrollment: Enrollment, by: User | None, at: datetime) -> Enrollment:
    """Give the place up; what was learned stays recorded. Raises CannotWithdraw."""
    enrollment = Enrollment.objects.select_for_update().get(pk=enrollment.pk)
    if enrollment.status == EnrollmentStatus.COMPLETED:
        raise CannotWithdraw
    if enrollment.status == EnrollmentStatus.WITHDRAWN:
        return enrollment
    enrollment.status = EnrollmentStatus.WITHDRAWN
    enrollment.withdrawn_at = at
    enrollment.save(update_fields=["status", "withdrawn_at"])
    record(by=by, at=at, event="learning.withdrawn", target=enrollment, details=_who(enrollment))
    # The run's labs are open no longer: the hub learns of it.
    access_reduced.send(sender=Enrollment, user=enrollment.user, reason="withdrawn", at=at)
    return enrollment


def _who(enrollment: Enrollment) -> dict[str, str]:
    return {"user": enrollment.user.username, "run": enrollment.run.code}
