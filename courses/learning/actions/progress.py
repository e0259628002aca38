"""Progress that the server has seen: all seconds credited to one person never exceed the time that really passed."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

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
    """Note that the lesson was served to the learner: reading counts from now. Raises NotTeachingNow.

    What was read since the last trace, in this lesson or in the one before it, is credited there first: a browser
    without JavaScript sends no beats, and going on, back or anew must not cost what it had read.
    """
    _check_open(enrollment, lesson, at)
    latest = _credit_latest(enrollment, at)
    is_here = latest is not None and latest.lesson_id == lesson.pk
    progress, is_new = LessonProgress.objects.get_or_create(
        enrollment=enrollment, lesson=lesson, defaults={"started_at": at, "last_beat_at": at}
    )
    if not is_new and not is_here and progress.completed_at is None:
        progress.last_beat_at, progress.is_left = max(at, progress.last_beat_at), False
        progress.save(update_fields=["last_beat_at", "is_left"])
    _remember_place(enrollment, lesson, None, at)
    return progress


@transaction.atomic
def record_beat(
    *, enrollment: Enrollment, lesson: Lesson, block: uuid.UUID | None, is_left: bool = False, at: datetime
) -> LessonProgress:
    """Credit the time since the learner's last trace anywhere, 30 s at most, and keep the place.

    `is_left` tells that the page went out of sight: what passes until the next trace is not reading.
    Raises NotTeachingNow, and LessonProgress.DoesNotExist for a lesson that was never served.
    """
    _check_open(enrollment, lesson, at)
    progress = _credit(enrollment, lesson, at, LONGEST_BEAT)
    if is_left:
        progress.is_left = True
        progress.save(update_fields=["is_left"])
    _remember_place(enrollment, lesson, block, at)
    return progress


def complete_lesson(*, enrollment: Enrollment, lesson: Lesson, by: User, at: datetime) -> LessonProgress:
    """Complete the lesson once the server has seen enough reading. Raises NotTeachingNow, ReadLonger.

    Without JavaScript there are no beats: the time since the page was served counts then, unless the same person read
    something else meanwhile. What was read stays credited when the completion is refused.
    """
    progress = _credit_press(enrollment, lesson, at)
    if progress.completed_at is not None:
        return progress
    if progress.seconds < lesson.minimum_seconds:
        raise ReadLonger(lesson.minimum_seconds - progress.seconds)
    return _complete(progress, enrollment, lesson, by, at)


@transaction.atomic
def _credit_press(enrollment: Enrollment, lesson: Lesson, at: datetime) -> LessonProgress:
    """Credit what a press shows to be read. By itself, so that a refusal takes none of it back."""
    _check_open(enrollment, lesson, at)
    try:
        return _credit(enrollment, lesson, at, lesson.minimum_seconds)
    except LessonProgress.DoesNotExist as never_served:
        raise ReadLonger(lesson.minimum_seconds) from never_served


@transaction.atomic
def _complete(
    progress: LessonProgress, enrollment: Enrollment, lesson: Lesson, by: User, at: datetime
) -> LessonProgress:
    """Complete a lesson that is read; pressed twice at once, once."""
    progress = LessonProgress.objects.select_for_update().get(pk=progress.pk)
    if progress.completed_at is not None:
        return progress
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
    """Keep in the audit trail that somebody asked too early."""
    details = {"lesson": str(lesson.uuid), "seconds_left": seconds_left}
    record(by=by, at=at, event="learning.completion_refused", target=enrollment, details=details)


def _check_open(enrollment: Enrollment, lesson: Lesson, at: datetime) -> None:
    run = enrollment.run
    is_ours = lesson.course_id == run.course_id
    if not is_ours or enrollment.status == EnrollmentStatus.WITHDRAWN or not run.starts_at <= at < run.ends_at:
        raise NotTeachingNow


def _credit(enrollment: Enrollment, lesson: Lesson, at: datetime, most: int) -> LessonProgress:
    """Add the time since the learner's last trace in any lesson. One person reads one lesson at a time.

    A lesson that is completed needs no time, so it takes none from one that does, though its page stays open.
    """
    rows = LessonProgress.objects.select_for_update(of=("self",))
    progress = rows.get(enrollment=enrollment, lesson=lesson)
    if progress.completed_at is not None:
        return progress
    traces = _traces(enrollment)
    latest = max(row.last_beat_at for row in traces)
    elapsed = int((at - latest).total_seconds())
    if progress.is_left:
        progress.last_beat_at, progress.is_left = max(at, latest), False
    elif elapsed > 0:
        progress.seconds += min(elapsed, most)
        # The part of a second that is left over counts with the next trace.
        progress.last_beat_at = at if elapsed > most else latest + timedelta(seconds=elapsed)
    progress.save(update_fields=["seconds", "last_beat_at", "is_left"])
    return progress


def _credit_latest(enrollment: Enrollment, at: datetime) -> LessonProgress | None:
    """Add the time since the learner's last trace to the lesson that left it, if it is one of this place."""
    latest = max(
        _traces(enrollment),
        key=lambda row: (row.last_beat_at, row.lesson_id == enrollment.last_lesson_id),
        default=None,
    )
    if latest is None or latest.enrollment_id != enrollment.pk:
        return None
    return _credit(enrollment, latest.lesson, at, latest.lesson.minimum_seconds)


def _traces(enrollment: Enrollment) -> list[LessonProgress]:
    rows = LessonProgress.objects.select_for_update(of=("self",)).select_related("lesson")
    return list(rows.filter(enrollment__user=enrollment.user_id).order_by("pk"))


def _remember_place(enrollment: Enrollment, lesson: Lesson, block: uuid.UUID | None, at: datetime) -> None:
    """Keep where the learner is; opening a lesson again keeps the block at which he or she stopped in it."""
    if block is None and enrollment.last_lesson_id == lesson.pk:
        block = enrollment.last_block
    enrollment.last_lesson = lesson
    enrollment.last_block = block
    enrollment.last_active_at = at
    enrollment.save(update_fields=["last_lesson", "last_block", "last_active_at"])
