"""Notices to instructors about what waits for them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from labs.grading.actions import set_aside
from labs.grading.actions.telling import tell_of_failures, tell_of_marks
from labs.grading.models import GradingRun, Submission
from portal.notifications.models import Notice
from portal.notifications.registry import sentence
from portal.queue.actions import MAX_ATTEMPTS, put_back, take
from tests.classroom import NOW, Classroom

from .making import another_instructor, submitted, trainee

pytestmark = pytest.mark.django_db
LEASE = timedelta(seconds=30)


def taken(at: datetime = NOW) -> GradingRun:
    run = take(GradingRun.objects.order_by("pk"), worker="w:1", at=at, lease=LEASE)
    assert run is not None
    return run


def fail(classroom: Classroom, number: int) -> Submission:
    submission = classroom.submit(user=trainee(classroom, number))
    set_aside(run=taken(), reason="坏", at=NOW)
    return submission


def notices(kind: str, classroom: Classroom) -> list[Notice]:
    return list(Notice.objects.filter(user=classroom.instructor, kind=kind).order_by("pk"))


def test_failures_are_told_once_to_everybody_who_teaches(classroom: Classroom) -> None:
    other = another_instructor(classroom)
    fail(classroom, 1)
    fail(classroom, 2)

    tell_of_failures(NOW)
    tell_of_failures(NOW + timedelta(minutes=2))

    [notice] = notices("grading.not_graded", classroom)
    assert notice.url == "/labs/desk/?kind=failed&run=cdp-2026&lab=parking"
    assert notice.params["count"] == 2 and "停车诱导" in sentence(notice.kind, notice.params)
    assert Notice.objects.filter(user=other, kind="grading.not_graded").count() == 1
    assert not Notice.objects.filter(user=classroom.trainee, kind="grading.not_graded").exists()


def test_a_failure_more_renews_an_unread_notice_and_follows_a_read_one(classroom: Classroom) -> None:
    fail(classroom, 1)
    tell_of_failures(NOW)
    fail(classroom, 2)
    tell_of_failures(NOW + timedelta(minutes=2))
    [unread] = notices("grading.not_graded", classroom)
    Notice.objects.update(read_at=NOW)
    tell_of_failures(NOW + timedelta(minutes=4))
    fail(classroom, 3)

    tell_of_failures(NOW + timedelta(minutes=6))

    assert unread.params["count"] == 2
    assert [notice.params["count"] for notice in notices("grading.not_graded", classroom)] == [2, 3]


def test_work_whose_tries_are_used_up_is_told_of(classroom: Classroom) -> None:
    classroom.submit()
    at = NOW
    for _ in range(MAX_ATTEMPTS):
        put_back(taken(at), at=at, delay=timedelta(), error="grader silent")
        tell_of_failures(at)
        at += timedelta(minutes=1)

    assert [notice.params["count"] for notice in notices("grading.not_graded", classroom)] == [1]


def morning(day: int, hour: int = 8) -> datetime:
    return timezone.make_aware(datetime(2026, 3, day, hour, 30))


def test_marks_that_wait_are_one_line_a_day(classroom: Classroom) -> None:
    for number in (1, 2, 3):
        submitted(classroom, trainee(classroom, number))

    tell_of_marks(morning(11, hour=7))
    before_work = notices("grading.marks_wait", classroom)
    for hour in (8, 9, 17):
        tell_of_marks(morning(11, hour))

    [notice] = notices("grading.marks_wait", classroom)
    assert before_work == []
    assert (notice.url, notice.params) == ("/labs/desk/?kind=manual", {"count": 3})
    submitted(classroom, trainee(classroom, 4))
    tell_of_marks(morning(12))
    assert [one.params["count"] for one in notices("grading.marks_wait", classroom)] == [4]
    Notice.objects.update(read_at=morning(12, 10))
    tell_of_marks(morning(12, 11))
    tell_of_marks(morning(13))
    assert [one.params["count"] for one in notices("grading.marks_wait", classroom)] == [4, 4]


def test_own_work_and_nothing_are_not_told_of(classroom: Classroom) -> None:
    classroom.world.grant(classroom.trainee, "instructor", "run", classroom.run.uuid)
    tell_of_marks(morning(11))
    submitted(classroom, classroom.trainee)

    tell_of_marks(morning(12))

    assert not Notice.objects.filter(user=classroom.trainee, kind="grading.marks_wait").exists()
    assert len(notices("grading.marks_wait", classroom)) == 1
