"""Enrollment, the learner's pages and the traces of reading, over HTTP."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses.catalog.actions import create_run
from courses.learning.actions import add_requirement, enroll
from courses.learning.models import CourseCompletion, Enrollment, EnrollmentStatus, LessonProgress
from courses.learning.queries import run_progress
from portal.audit.models import AuditEvent
from portal.users.models import User
from tests.counting import asking, costs_the_same
from tests.courses.conftest import NOW, School

BACKEND = "portal.users.backends.CaseInsensitiveBackend"


def signed_in(user: User) -> Client:
    """Return a client of the user."""
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def reader(official: User) -> Client:
    """李's browser."""
    return signed_in(official)


def _address(school: School, lesson: int = 0) -> str:
    return f"/courses/chd/governance/lesson-{lesson + 1}/"


def test_the_course_page_enrolls(school: School, reader: Client, official: User) -> None:
    page = reader.get("/courses/chd/governance/")
    assert reverse("learning:enroll", args=["gov-1"]) in page.content.decode()

    reader.post(reverse("learning:enroll", args=["gov-1"]))

    assert Enrollment.objects.get().user == official
    assert reverse("learning:withdraw", args=["gov-1"]) in reader.get("/courses/chd/governance/").content.decode()


def test_somebody_without_the_learner_role_cannot_enroll(school: School, hr_province: User, settings: Any) -> None:
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "SecondFactor" not in name]

    response = signed_in(hr_province).post(reverse("learning:enroll", args=["gov-1"]))

    assert response.status_code == 403
    assert not Enrollment.objects.exists()


def test_reading_a_lesson_starts_its_progress_for_the_enrolled_only(
    school: School, reader: Client, official: User
) -> None:
    reader.get(_address(school))
    assert not LessonProgress.objects.exists()

    enroll(user=official, run=school.run, by=official, at=timezone.now())
    page = reader.get(_address(school)).content.decode()

    assert LessonProgress.objects.get().lesson == school.lessons[0]
    assert reverse("learning:beat", args=[school.lessons[0].uuid]) in page


def test_a_forged_completion_is_refused_and_noted(school: School, reader: Client, official: User) -> None:
    enroll(user=official, run=school.run, by=official, at=timezone.now())
    reader.get(_address(school))

    response = reader.post(
        reverse("learning:complete", args=[school.lessons[0].uuid]), {"run": "gov-1", "seconds": "9999"}, follow=True
    )

    assert response.status_code == 200
    assert LessonProgress.objects.get().completed_at is None
    assert AuditEvent.objects.filter(event="learning.completion_refused", actor=official).count() == 1


def test_a_beat_answers_what_the_server_counts(school: School, reader: Client, official: User) -> None:
    enroll(user=official, run=school.run, by=official, at=timezone.now())
    reader.get(_address(school))
    block = str(uuid.uuid4())

    answer = reader.post(
        reverse("learning:beat", args=[school.lessons[0].uuid]), {"run": "gov-1", "block": block, "seconds": "9999"}
    ).json()

    assert answer["left"] >= 59
    assert str(Enrollment.objects.get().last_block) == block


def test_a_beat_needs_its_token(school: School, official: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(official, backend=BACKEND)
    enroll(user=official, run=school.run, by=official, at=timezone.now())

    response = client.post(reverse("learning:beat", args=[school.lessons[0].uuid]), {"run": "gov-1"})

    assert response.status_code == 403


@pytest.mark.parametrize("name", ["beat", "complete"])
def test_nobody_leaves_traces_in_another_ones_place(
    school: School, official: User, technician: User, name: str
) -> None:
    enroll(user=official, run=school.run, by=official, at=timezone.now())

    response = signed_in(technician).post(reverse(f"learning:{name}", args=[school.lessons[0].uuid]), {"run": "gov-1"})

    assert response.status_code == 404


def test_the_way_back_after_completion_stays_on_this_site(school: School, reader: Client, official: User) -> None:
    enroll(user=official, run=school.run, by=official, at=timezone.now())

    response = reader.post(
        reverse("learning:complete", args=[school.lessons[0].uuid]), {"run": "gov-1", "next": "https://evil.example/"}
    )

    assert response.headers["Location"] == reverse("learning:dashboard")


def test_the_dashboard_leads_back_to_the_block(school: School, reader: Client, official: User) -> None:
    place = enroll(user=official, run=school.run, by=official, at=timezone.now())
    block = uuid.uuid4()
    Enrollment.objects.filter(pk=place.pk).update(last_lesson=school.lessons[1], last_block=block)

    page = reader.get(reverse("learning:dashboard")).content.decode()

    assert f"{_address(school, 1)}#b-{block}" in page


def test_a_course_that_the_reader_is_in_invites_nobody(school: School, reader: Client, official: User) -> None:
    assert "正在报名" in reader.get("/courses/").content.decode()
    enroll(user=official, run=school.run, by=official, at=timezone.now())

    for page in ("/courses/", "/"):
        card = reader.get(page).content.decode().partition('class="card course-card"')[2].partition("</article>")[0]
        assert "已报名" in card
        assert "正在报名" not in card


def test_read_through_it_leads_to_what_is_still_asked_and_afterwards_to_the_beginning(
    school: School, official: User
) -> None:
    place = enroll(user=official, run=school.run, by=official, at=timezone.now())
    add_requirement(
        run=school.run,
        kind="lab",
        subject_uuid=uuid.uuid4(),
        label="停车实训",
        url="/labs/x/",
        by=None,
        at=timezone.now(),
    )
    for lesson in school.lessons:
        at = timezone.now()
        LessonProgress.objects.create(
            enrollment=place, lesson=lesson, started_at=at, last_beat_at=at, completed_at=at, seconds=60
        )

    now = run_progress([place], "zh-hans", timezone.now())[0]
    assert (now.resume_url, now.resume_title) == ("/labs/x/", "停车实训")
    place.status = EnrollmentStatus.COMPLETED
    assert run_progress([place], "zh-hans", timezone.now())[0].resume_title == "第1课"


def test_withdrawing_asks_first(school: School, reader: Client, official: User) -> None:
    enroll(user=official, run=school.run, by=official, at=timezone.now())
    address = reverse("learning:withdraw", args=["gov-1"])
    reader.get(address)
    assert Enrollment.objects.get().status == "active"

    reader.post(address)

    assert Enrollment.objects.get().status == "withdrawn"


def _more_runs(school: School, official: User, number: int) -> None:
    window = {
        name: getattr(school.run, name) for name in ("enroll_opens_at", "enroll_closes_at", "starts_at", "ends_at")
    }
    for index in range(number):
        fields = {"course": school.course, "code": f"more-{index}", "name": f"班{index}", **window}
        enroll(user=official, run=create_run(fields=fields, by=None, at=NOW), by=None, at=timezone.now())


def test_the_dashboard_asks_as_often_for_ten_runs_as_for_one(school: School, reader: Client, official: User) -> None:
    enroll(user=official, run=school.run, by=None, at=timezone.now())

    costs_the_same(
        asking(reader, reverse("learning:dashboard")),
        row="card-title",
        grow=lambda: _more_runs(school, official, 9),
        most=32,
    )


def test_a_preview_leaves_no_trace(school: School, own_instructor: User) -> None:
    page = school.page(school.lessons[0])
    request = page.dummy_request if hasattr(page, "dummy_request") else None

    response = page.make_preview_request(request, "")

    assert response.status_code == 200
    assert not LessonProgress.objects.exists()
    assert not CourseCompletion.objects.exists()


def test_what_a_press_left_to_say_stands_inside_the_part_it_leads_to(
    school: School, reader: Client, official: User
) -> None:
    enroll(user=official, run=school.run, by=official, at=timezone.now())
    reader.get(_address(school))
    form = {"run": "gov-1", "next": f"{_address(school)}#progress"}

    page = reader.post(reverse("learning:complete", args=[school.lessons[0].uuid]), form, follow=True).content.decode()

    before, _mark, inside = page.partition('id="progress"')
    assert inside.count("data-said>") == 1
    assert "还没有读满" in inside.partition("data-said>")[2][:60]
    assert "还没有读满" not in before
    assert inside.count("再读") == 1, "one number, beside the button"
    assert "只有正在看的页面计时" in inside


def test_elsewhere_the_same_word_stands_at_the_top(school: School, reader: Client, official: User) -> None:
    enroll(user=official, run=school.run, by=official, at=timezone.now())
    reader.get(_address(school))

    page = reader.post(reverse("learning:complete", args=[school.lessons[0].uuid]), {"run": "gov-1"}, follow=True)

    assert 'class="messages"' in page.content.decode()
    assert "再读" in page.content.decode().partition('class="messages"')[2][:400]
