"""How a lab stands, as pages of courses say it: 我的学习, the roster of a run, the page of the course."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from django.test import Client
from django.urls import reverse

from courses.certification.models import Certification
from courses.certification.wagtail_hooks import leads_to_panel
from labs.assignments.actions import grant_extension
from labs.assignments.wagtail_hooks import course_labs
from tests.classroom import DUE, NOW, Classroom
from tests.labs.assignments.test_views import sign_in
from tests.labs.grading.test_recording import graded

pytestmark = pytest.mark.django_db


def test_my_learning_says_what_it_waits_for_and_the_own_deadline(classroom: Classroom) -> None:
    graded(classroom)
    grant_extension(
        assignment=classroom.assignment, user=classroom.trainee, due_at=DUE.replace(month=5), extra_attempts=0,
        reason="出差", by=classroom.instructor, at=NOW,
    )  # fmt: skip

    card = sign_in(Client(), classroom.trainee).get("/learning/").content.decode().partition('id="my-labs"')[0]

    assert "待教师评阅" in card
    assert "尚未通过" not in card
    assert "5月1日" in card
    assert "班次截止" in card


def test_the_roster_says_what_was_handed_in_and_leads_there(classroom: Classroom) -> None:
    graded(classroom)
    page = sign_in(Client(), classroom.instructor).get(reverse("learning:roster", args=[classroom.run.code]))
    text = page.content.decode()

    assert "待教师评阅" in text
    assert "已提交 1 次" in text
    assert f"{reverse('grading:submissions')}?run={classroom.run.code}&amp;lab={classroom.lab.code}" in text
    assert "从未" not in text


def test_the_course_names_its_labs_and_its_certificate(classroom: Classroom) -> None:
    request = sign_in(Client(), classroom.trainee).get("/learning/").wsgi_request
    page = cast(Any, SimpleNamespace(course=classroom.course))

    labs = course_labs(request, page)
    assert classroom.lab.title in labs
    assert reverse("grading:lab", args=[classroom.assignment.uuid]) in labs
    assert "本课程不发证书" in leads_to_panel(request, page)
    Certification.objects.create(
        code="CDP", name="城市数据", course=classroom.course, issuer="省数据局", validity_months=36
    )
    assert "有效期 36 个月" in leads_to_panel(request, page)
