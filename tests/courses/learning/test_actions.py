"""Places, progress that the server has seen, completions and hours."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from courses.catalog.actions import change_run
from courses.learning.actions import (
    add_requirement,
    complete_lesson,
    enroll,
    meet_requirement,
    open_lesson,
    record_beat,
    withdraw,
)
from courses.learning.errors import (
    AlreadyEnrolled,
    CannotWithdraw,
    EnrollmentClosed,
    NotTeachingNow,
    ReadLonger,
    RunIsFull,
)
from courses.learning.models import CourseCompletion, Enrollment, LearningHours, LessonProgress
from courses.learning.queries import active_enrollment, hours_of, run_groups
from courses.learning.signals import course_completed
from portal.audit.models import AuditEvent
from portal.users.models import User
from portal.users.signals import access_reduced
from tests.courses.conftest import NOW, School


def after(seconds: float) -> datetime:
    """Return an instant so many seconds from the test's now."""
    return NOW + timedelta(seconds=seconds)


@pytest.fixture
def place(school: School, official: User) -> Enrollment:
    """李's place in the run."""
    return enroll(user=official, run=school.run, by=official, at=NOW)


def read(place: Enrollment, lesson: Any, start: float) -> float:
    """Read a lesson to its end and complete it; returns when."""
    open_lesson(enrollment=place, lesson=lesson, at=after(start))
    complete_lesson(enrollment=place, lesson=lesson, by=place.user, at=after(start + 61))
    return start + 61


def test_a_place_is_given_once(school: School, place: Enrollment, official: User) -> None:
    with pytest.raises(AlreadyEnrolled):
        enroll(user=official, run=school.run, by=official, at=NOW)

    assert active_enrollment(official, school.run) == place
    assert AuditEvent.objects.filter(event="learning.enrolled", target_uuid=place.uuid).count() == 1


@pytest.mark.parametrize("days", [-3, 2, 30])
def test_no_place_outside_the_window(school: School, official: User, days: int) -> None:
    with pytest.raises(EnrollmentClosed):
        enroll(user=official, run=school.run, by=official, at=NOW + timedelta(days=days))


def test_a_full_run_takes_nobody_until_somebody_withdraws(school: School, place: Enrollment, technician: User) -> None:
    change_run(run=school.run, fields={"capacity": 1}, by=None, at=NOW)
    with pytest.raises(RunIsFull):
        enroll(user=technician, run=school.run, by=technician, at=NOW)

    withdraw(enrollment=place, by=place.user, at=NOW)

    assert enroll(user=technician, run=school.run, by=technician, at=NOW).pk


def test_withdrawing_tells_the_hub_and_opens_the_way_back(school: School, place: Enrollment, official: User) -> None:
    told = []

    def listen(user: User, reason: str, **_: Any) -> None:
        told.append((user, reason))

    access_reduced.connect(listen)
    try:
        withdraw(enrollment=place, by=official, at=NOW)
    finally:
        access_reduced.disconnect(listen)

    assert told == [(official, "withdrawn")]
    assert active_enrollment(official, school.run) is None
    assert run_groups(official, NOW.date()) == []
    assert enroll(user=official, run=school.run, by=official, at=NOW).pk == place.pk


def test_whoever_comes_back_goes_on_where_they_stopped(school: School, place: Enrollment, official: User) -> None:
    first, second = school.lessons[:2]
    at = read(place, first, 0)
    withdraw(enrollment=place, by=official, at=after(at))

    again = enroll(user=official, run=school.run, by=official, at=after(at + 60))

    assert again.withdrawn_at is None and again.last_lesson_id == first.pk
    assert LessonProgress.objects.get(enrollment=again, lesson=first).completed_at is not None
    read(again, second, at + 120)
    assert CourseCompletion.objects.filter(enrollment=again).count() == 1
    assert AuditEvent.objects.filter(event="learning.enrolled").count() == 2


def test_a_finished_lesson_left_open_takes_no_time_from_another(school: School, place: Enrollment) -> None:
    first, second = school.lessons[:2]
    start = read(place, first, 0)
    open_lesson(enrollment=place, lesson=second, at=after(start))
    for second_number in (10, 20):
        record_beat(enrollment=place, lesson=first, block=None, at=after(start + second_number - 1))
        record_beat(enrollment=place, lesson=second, block=None, at=after(start + second_number))

    assert LessonProgress.objects.get(lesson=second).seconds == 20


def test_membership_of_a_run_is_told_as_a_group(place: Enrollment) -> None:
    assert run_groups(place.user, NOW.date()) == ["run-gov-1"]


@pytest.mark.parametrize(("gap", "credited"), [(20, 20), (30, 30), (600, 30)])
def test_a_beat_credits_real_time_and_never_more_than_thirty_seconds(
    school: School, place: Enrollment, gap: int, credited: int
) -> None:
    lesson = school.lessons[0]
    open_lesson(enrollment=place, lesson=lesson, at=after(0))

    progress = record_beat(enrollment=place, lesson=lesson, block=None, at=after(gap))

    assert progress.seconds == credited


def test_beats_in_a_burst_credit_nothing(school: School, place: Enrollment) -> None:
    lesson = school.lessons[0]
    open_lesson(enrollment=place, lesson=lesson, at=after(0))

    for _ in range(100):
        progress = record_beat(enrollment=place, lesson=lesson, block=None, at=after(1))

    assert progress.seconds == 1


def test_two_lessons_at_once_share_the_real_time(school: School, place: Enrollment) -> None:
    first, second = school.lessons
    open_lesson(enrollment=place, lesson=first, at=after(0))
    open_lesson(enrollment=place, lesson=second, at=after(0))

    for second_of in range(10, 101, 10):
        record_beat(enrollment=place, lesson=first, block=None, at=after(second_of))
        record_beat(enrollment=place, lesson=second, block=None, at=after(second_of))

    total = sum(LessonProgress.objects.values_list("seconds", flat=True))
    assert total == 100


def test_an_early_press_keeps_what_was_read(school: School, place: Enrollment) -> None:
    lesson = school.lessons[0]
    open_lesson(enrollment=place, lesson=lesson, at=after(0))
    for pressed, left in ((20, 40), (40, 20)):
        with pytest.raises(ReadLonger) as refusal:
            complete_lesson(enrollment=place, lesson=lesson, by=place.user, at=after(pressed))
        assert refusal.value.seconds_left == left
        open_lesson(enrollment=place, lesson=lesson, at=after(pressed))

    assert complete_lesson(enrollment=place, lesson=lesson, by=place.user, at=after(60)).completed_at


def test_going_to_another_lesson_and_back_keeps_what_was_read(school: School, place: Enrollment) -> None:
    first, second = school.lessons
    for at, lesson in ((0, first), (25, second), (35, first), (70, first)):
        open_lesson(enrollment=place, lesson=lesson, at=after(at))

    assert list(LessonProgress.objects.order_by("pk").values_list("seconds", flat=True)) == [60, 10]


def test_what_passes_out_of_sight_is_not_reading(school: School, place: Enrollment) -> None:
    lesson = school.lessons[0]
    open_lesson(enrollment=place, lesson=lesson, at=after(0))
    record_beat(enrollment=place, lesson=lesson, block=None, is_left=True, at=after(10))

    back = record_beat(enrollment=place, lesson=lesson, block=None, at=after(300))
    assert back.seconds == 10
    assert record_beat(enrollment=place, lesson=lesson, block=None, at=after(310)).seconds == 20


def test_opening_again_credits_what_a_press_would_have(school: School, place: Enrollment) -> None:
    lesson = school.lessons[0]
    open_lesson(enrollment=place, lesson=lesson, at=after(0))
    open_lesson(enrollment=place, lesson=lesson, at=after(40.6))
    assert LessonProgress.objects.get().seconds == 40

    open_lesson(enrollment=place, lesson=lesson, at=after(500))
    assert LessonProgress.objects.get().seconds == 100


def test_opening_again_after_leaving_credits_nothing(school: School, place: Enrollment) -> None:
    lesson = school.lessons[0]
    open_lesson(enrollment=place, lesson=lesson, at=after(0))
    record_beat(enrollment=place, lesson=lesson, block=None, is_left=True, at=after(5))

    open_lesson(enrollment=place, lesson=lesson, at=after(500))

    assert LessonProgress.objects.get().seconds == 5


def test_a_lesson_never_served_cannot_be_completed(school: School, place: Enrollment) -> None:
    with pytest.raises(ReadLonger) as refusal:
        complete_lesson(enrollment=place, lesson=school.lessons[0], by=place.user, at=after(1000))

    assert refusal.value.seconds_left == 60


def test_completing_too_early_is_refused_and_later_accepted_without_any_beat(school: School, place: Enrollment) -> None:
    lesson = school.lessons[0]
    open_lesson(enrollment=place, lesson=lesson, at=after(0))
    with pytest.raises(ReadLonger):
        complete_lesson(enrollment=place, lesson=lesson, by=place.user, at=after(40))

    progress = complete_lesson(enrollment=place, lesson=lesson, by=place.user, at=after(61))

    assert progress.completed_at == after(61)


def test_opening_every_lesson_and_waiting_completes_only_one(school: School, place: Enrollment) -> None:
    first, second = school.lessons
    open_lesson(enrollment=place, lesson=first, at=after(0))
    open_lesson(enrollment=place, lesson=second, at=after(1))
    complete_lesson(enrollment=place, lesson=first, by=place.user, at=after(62))

    with pytest.raises(ReadLonger):
        complete_lesson(enrollment=place, lesson=second, by=place.user, at=after(63))


def test_a_lesson_of_another_course_is_refused(school: School, place: Enrollment) -> None:
    foreign = school.foreign_course.lessons.create(code="x", title="x", order=1)

    with pytest.raises(NotTeachingNow):
        open_lesson(enrollment=place, lesson=foreign, at=NOW)


def test_nothing_is_recorded_after_the_run(school: School, place: Enrollment) -> None:
    with pytest.raises(NotTeachingNow):
        open_lesson(enrollment=place, lesson=school.lessons[0], at=school.run.ends_at)


def test_the_place_is_kept_per_block(school: School, place: Enrollment) -> None:
    lesson, block = school.lessons[0], uuid.uuid4()
    open_lesson(enrollment=place, lesson=lesson, at=after(0))
    record_beat(enrollment=place, lesson=lesson, block=block, at=after(20))

    open_lesson(enrollment=place, lesson=lesson, at=after(3600))

    place.refresh_from_db()
    assert (place.last_lesson, place.last_block) == (lesson, block)


def test_the_last_lesson_completes_the_course_and_credits_its_hours_once(school: School, place: Enrollment) -> None:
    heard = []

    def listen(completion: CourseCompletion, at: datetime, **_: Any) -> None:
        heard.append((completion, transaction.get_connection().in_atomic_block))

    course_completed.connect(listen)
    try:
        at = read(place, school.lessons[0], 0)
        assert not CourseCompletion.objects.exists()
        read(place, school.lessons[1], at)
        complete_lesson(enrollment=place, lesson=school.lessons[1], by=place.user, at=after(at + 200))
    finally:
        course_completed.disconnect(listen)

    completion = CourseCompletion.objects.get()
    entry = LearningHours.objects.get()
    assert heard == [(completion, True)]
    assert (entry.hours, entry.source_uuid, entry.rule_version) == (400, completion.uuid, "simple-2026-1")
    assert hours_of(place.user, entry.year) == 400
    assert len(completion.evidence["lessons"]) == 2
    with pytest.raises(CannotWithdraw):
        withdraw(enrollment=place, by=place.user, at=after(500))


def test_hours_count_in_the_local_year(school: School, place: Enrollment) -> None:
    end = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)  # 00:30 of 1 January 2027 in Shanghai
    fields = {"starts_at": end - timedelta(days=3), "ends_at": end + timedelta(days=3)}
    change_run(run=school.run, fields=fields, by=None, at=NOW)
    place.refresh_from_db()
    for number, lesson in enumerate(school.lessons):
        open_lesson(enrollment=place, lesson=lesson, at=end + timedelta(minutes=2 * number))
        complete_lesson(enrollment=place, lesson=lesson, by=place.user, at=end + timedelta(minutes=2 * number + 1))

    assert LearningHours.objects.get().year == 2027


def test_a_requirement_must_be_met_too_and_counts_once(school: School, place: Enrollment) -> None:
    subject = uuid.uuid4()
    add_requirement(run=school.run, kind="lab", subject_uuid=subject, label="停车诱导", url="/", by=None, at=NOW)
    read(place, school.lessons[1], read(place, school.lessons[0], 0))
    assert not CourseCompletion.objects.exists()

    for _ in range(2):
        meet_requirement(enrollment=place, kind="lab", subject_uuid=subject, evidence={"grade": "x"}, at=after(900))

    completion = CourseCompletion.objects.get()
    assert completion.evidence["requirements"][0]["evidence"] == {"grade": "x"}
    assert LearningHours.objects.count() == 1


def test_something_that_the_run_does_not_ask_for_is_not_met(school: School, place: Enrollment) -> None:
    met = meet_requirement(enrollment=place, kind="lab", subject_uuid=uuid.uuid4(), evidence={}, at=NOW)

    assert met is None


@pytest.mark.parametrize("model", [CourseCompletion, LearningHours])
def test_the_record_cannot_be_changed(school: School, place: Enrollment, model: Any) -> None:
    read(place, school.lessons[1], read(place, school.lessons[0], 0))

    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.update(evidence={"forged": True})
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.all()._raw_delete(model.objects.db)
