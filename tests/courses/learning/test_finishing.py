"""Finishing the last thing of a course tells at once what it brought, on the page where it was finished."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses.certification.actions import award_for_completion
from courses.certification.models import Certification, IssueRequest
from courses.learning.actions import add_requirement, enroll
from courses.learning.models import CourseCompletion, LessonProgress
from portal.users.models import User
from tests.courses.conftest import School

BACKEND = "portal.users.backends.CaseInsensitiveBackend"


@pytest.fixture
def reader(official: User, school: School) -> Client:
    """李, who has a place and has read both lessons long enough."""
    place, now = enroll(user=official, run=school.run, by=official, at=timezone.now()), timezone.now()
    for lesson in school.lessons:
        LessonProgress.objects.create(
            enrollment=place, lesson=lesson, started_at=now, last_beat_at=now - timedelta(hours=1), seconds=60
        )
    client = Client()
    client.force_login(official, backend=BACKEND)
    return client


def finish(reader: Client, school: School, lesson: int) -> str:
    """Press the button of the lesson; returns the part of the page that it leads to."""
    address = f"/courses/chd/governance/lesson-{lesson + 1}/"
    form = {"run": "gov-1", "next": f"{address}#progress"}
    page = reader.post(reverse("learning:complete", args=[school.lessons[lesson].uuid]), form, follow=True)
    return page.content.decode().partition('id="progress"')[2]


def certification_of(school: School) -> Certification:
    return Certification.objects.create(code="GOV", name="治理证书", course=school.course, issuer="中心")


def test_what_is_still_owed_is_named_with_the_way_to_it(school: School, reader: Client) -> None:
    add_requirement(
        run=school.run,
        kind="lab",
        subject_uuid=uuid.uuid4(),
        label="实训一",
        url="/labs/x/",
        by=None,
        at=timezone.now(),
    )

    said = finish(reader, school, 0)

    assert "完成本课程还需" in said
    assert (
        '<a href="/courses/chd/governance/lesson-2/">' in said.partition("完成本课程还需")[2].partition("</section>")[0]
    )
    assert '<a href="/labs/x/">实训一</a>' in said
    assert "您已完成课程" not in said


def test_the_last_lesson_says_hours_and_that_no_certificate_belongs_to_it(school: School, reader: Client) -> None:
    finish(reader, school, 0)

    said = finish(reader, school, 1)

    assert "您已完成课程“智慧城市治理”" in said
    assert f"已记入您{timezone.localdate().year}年度学时 4 学时。" in said
    assert "本课程不颁发证书" in said
    assert reverse("learning:dashboard") in said


def test_a_certificate_is_said_to_be_coming_and_then_to_be_there(school: School, reader: Client) -> None:
    certification = certification_of(school)
    finish(reader, school, 0)

    waiting = finish(reader, school, 1)
    completion = CourseCompletion.objects.get()
    award = award_for_completion(certification=certification, completion=completion, at=timezone.now())
    IssueRequest.objects.update(status="done")
    there = reader.get("/courses/chd/governance/lesson-2/").content.decode()

    assert "证书“治理证书”正在颁发" in waiting
    assert 'hx-select="#finish-certificates"' in waiting
    assert f"您已获得证书“治理证书”，编号 {award.serial}。" in there
    assert reverse("certification:certificates") in there
    assert "正在颁发" not in there and 'hx-select="#finish-certificates"' not in there


def test_a_certification_that_came_later_says_who_can_award_it(school: School, reader: Client) -> None:
    finish(reader, school, 0)
    finish(reader, school, 1)
    certification_of(school)

    page = reader.get("/courses/chd/governance/lesson-2/").content.decode()

    assert "尚未就此次完成颁发" in page
    assert reverse("organizations:my_account") in page


def test_a_lesson_that_is_not_finished_says_nothing(school: School, reader: Client) -> None:
    page = reader.get("/courses/chd/governance/lesson-1/").content.decode()

    assert "完成本课程还需" not in page
    assert "您已完成课程" not in page
