"""Progress that the server has seen: all seconds credited to one person never exceed the time that really passed."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from courses.catalog.models import Lesson
from courses.learning.errors import NotTeachingNow, ReadLonger
from courses.learning.models import Enrollment, EnrollmentStatus, LessonProgress
from portal.audit.actions import record
from portal.users.models import User

from .completion import refresh_completion

LONGEST_BEAT = 30
"""Seconds that one beat of an open page may count; pages send one every 20 seconds."""


@transaction.atomic
def open_lesson(*, enrollment: Enrollment, lesson: Lesson, at: datetime) -> LessonProgress:
    """This will note that the lesson was served to the learner: reading counts from now. Raises NotTeachingNow."""
    _check_open(enrollment, lesson, at)
    progress, is_new = LessonProgress.objects.get_or_create(
        enrollment=enrollment, lesson=lesson, defaults={"started_at": at, "last_beat_at": at}
    )
    if not is_new:
        LessonProgress.objects.filter(pk=progress.pk, last_beat_at__lt=at).update(last_beat_at=at)
    _remember_place(enrollment, lesson, None, at)
    return progress


@transaction.atomic
def record_beat(*, enrollment: Enrollment, lesson: Lesson, block: uuid.UUID | None, at: datetime) -> LessonProgress:
    """This will credit the time since the learner's last trace anywhere, 30 s at most, and keep the place.

    Raises NotTeachingNow, and LessonProgress.DoesNotExist for a lesson that was never served.
    """
    _check_open(enrollment, lesson, at)
    progress = _credit(enrollment, lesson, at, LONGEST_BEAT)
    _remember_place(enrollment, lesson, block, at)
    return progress


@transaction.atomic
def complete_lesson(*, enrollment: Enrollment, lesson: Lesson, by: User, at: datetime) -> LessonProgress:
    """This will complete the lesson once the server has seen enough reading. Raises NotTeachingNow, ReadLonger.

    Without JavaScript there are no beats: the time since the page was served counts then, unless the same person read
    something else meanwhile.
    """
    _check_open(enrollment, lesson, at)
    try:
        progress = _credit(enrollment, lesson, at, lesson.minimum_seconds)
    except LessonProgress.DoesNotExist as never_served:
        raise ReadLonger(lesson.minimum_seconds) from never_served
    if progress.completed_at is not None:
        return progress
    if progress.seconds < lesson.minimum_seconds:
        raise ReadLonger(lesson.minimum_seconds - progress.seconds)
    progress.completed_at = at
    progress.save(update_fields=["completed_at"])
    details = {"lesson": str(lesson.uuid), "seconds": progress.seconds}
    record(by=by, at=at, event="learning.lesson_completed", target=enrollment, details=details)
    refresh_completion(enrollment=enrollment, at=at)
    return progress


@transaction.atomic
def note_refused_completion(
    *, enrollment: Enrollment, lesson: Lesson, seconds_left: int, by: User, at: datetime
) -> None:
    """This will keep in the audit trail that somebody asked too early."""
    details = {"lesson": str(lesson.uuid), "seconds_left": seconds_left}
    record(by=by, at=at, event="learning.completion_refused", target=enrollment, details=details)


def _check_open(enrollment: Enrollment, lesson: Lesson, at: datetime) -> None:
    run = enrollment.run
    is_ours = lesson.course_id == run.course_id
    if not is_ours or enrollment.status == EnrollmentStatus.WITHDRAWN or not run.starts_at <= at < run.ends_at:
        raise NotTeachingNow


def _credit(enrollment: Enrollment, lesson: Lesson, at: datetime, most: int) -> LessonProgress:
    """Add the time since the learner's last trace in any lesson. One person reads one lesson at a time."""
    traces = list(LessonProgress.objects.select_for_update().filter(enrollment__user=enrollment.user_id).order_by("pk"))
    progress = next((row for row in traces if row.enrollment_id == enrollment.pk and row.lesson_id == lesson.pk), None)
    if progress is None:
        raise LessonProgress.DoesNotExist
    elapsed = int((at - max(row.last_beat_at for row in traces)).total_seconds())
    if elapsed > 0:
        progress.seconds += min(elapsed, most)
        progress.last_beat_at = at
        progress.save(update_fields=["seconds", "last_beat_at"])
    return progress


def _remember_place(enrollment: Enrollment, lesson: Lesson, block: uuid.UUID | None, at: datetime) -> None:
    """Keep where the learner is; opening a lesson again keeps the block at which he or she stopped in it."""
    if block is None and enrollment.last_lesson_id == lesson.pk:
        block = enrollment.last_block
    enrollment.last_lesson = lesson
    enrollment.last_block = block
    enrollment.last_active_at = at
    enrollment.save(update_fields=["last_lesson", "last_block", "last_active_at"])
