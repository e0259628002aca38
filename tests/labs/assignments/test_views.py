"""Instructors' pages of labs: upload with errors by cell, assigning, changing dates."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from courses.catalog.models import CourseRun
from courses.learning.models import RunRequirement
from labs.assignments.actions import assign_lab, create_lab, publish_release
from labs.assignments.models import Lab, LabAssignment, LabRelease
from labs.grader.client import GraderAway
from labs.grader.protocol import Inspection, NotebookProblem
from portal.audit.models import AuditEvent
from portal.users.models import User
from tests.classroom import DUE, NOW, OPENS, SOURCE, Classroom, SteadyGrader, make_run, pass_check
from tests.counting import asking, costs_the_same
from tests.graders import encode, with_answers

pytestmark = pytest.mark.django_db
FORM_MOMENT = "%Y-%m-%dT%H:%M"


def sign_in(client: Client, user: User) -> Client:
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    client.force_login(user, backend="portal.users.backends.CaseInsensitiveBackend")
    return client


@pytest.fixture
def author(classroom: Classroom, client: Client) -> Client:
    return sign_in(client, classroom.instructor)


def use(monkeypatch: pytest.MonkeyPatch, grader: Any) -> None:
    monkeypatch.setattr("labs.assignments.views.labs.GraderSocket.from_settings", lambda: grader)


def upload(author: Client, content: bytes, **more: Any) -> Any:
    return author.post(
        "/labs/manage/labs/parking/upload/", {"source": SimpleUploadedFile("parking.ipynb", content), **more}
    )


def test_a_sound_source_becomes_the_next_release(
    author: Client, classroom: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, SteadyGrader())
    changed = encode(with_answers(SOURCE, t1="## 第 1 题 新"))

    first = upload(author, changed, beside=SimpleUploadedFile("hint.txt", b"x"))
    again = upload(author, changed, beside=SimpleUploadedFile("hint.txt", b"x"))

    assert first.status_code == again.status_code == 302
    release = LabRelease.objects.get(lab=classroom.lab, number=2)
    assert [file["name"] for file in release.files] == ["hint.txt"]
    assert LabRelease.objects.count() == 2
    assert AuditEvent.objects.filter(event="assignments.release_published").count() == 2


def test_what_is_wrong_is_said_by_cell(author: Client, classroom: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = NotebookProblem(3, "第 3 个单元格没有分值", "Cell 3 has no points")
    use(monkeypatch, SteadyGrader(Inspection([], [problem])))

    answer = upload(author, encode(with_answers(SOURCE, t1="x")))

    assert answer.status_code == 400
    assert "第 3 个单元格没有分值" in answer.content.decode() or "Cell 3 has no points" in answer.content.decode()
    assert LabRelease.objects.count() == 1


@pytest.mark.parametrize(
    "content", [b"no json", b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{}]}']
)
def test_what_is_no_notebook_never_reaches_the_grader(
    author: Client, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    use(monkeypatch, SteadyGrader())

    assert upload(author, content).status_code == 400
    assert LabRelease.objects.count() == 1


def test_without_a_grader_nothing_is_released(author: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    class Away(SteadyGrader):
        def environment_digest(self) -> str:
            raise GraderAway

    use(monkeypatch, Away())

    assert upload(author, encode(SOURCE)).status_code == 400
    assert LabRelease.objects.count() == 1


def test_assigning_to_a_run_and_changing_the_dates(author: Client, classroom: Classroom) -> None:
    run = make_run(classroom.course, "cdp-2027")
    now = timezone.localtime()
    terms = {
        "release": classroom.release.pk,
        "opens_at": now.strftime(FORM_MOMENT),
        "due_at": (now + timedelta(days=9)).strftime(FORM_MOMENT),
        "max_attempts": "2",
        "attempts_policy": "best",
        "late_curve": "1 10",
        "appeal_days": "7",
    }

    made = author.post(
        "/labs/manage/labs/parking/assign/", {**terms, "run": run.pk, "pass_percent": 70, "is_required": "on"}
    )
    twice = author.post("/labs/manage/labs/parking/assign/", {**terms, "run": run.pk, "pass_percent": 70})
    assignment = LabAssignment.objects.get(run=run)
    changed = author.post(f"/labs/manage/assignments/{assignment.uuid}/", {**terms, "max_attempts": "9"})
    backwards = author.post(f"/labs/manage/assignments/{assignment.uuid}/", {**terms, "due_at": terms["opens_at"]})

    assignment.refresh_from_db()
    assert (made.status_code, twice.status_code, changed.status_code, backwards.status_code) == (302, 400, 302, 400)
    assert (assignment.max_attempts, assignment.pass_percent) == (9, 70)
    assert RunRequirement.objects.filter(run=run, kind="lab", subject_uuid=assignment.uuid).exists()
    event = AuditEvent.objects.get(event="assignments.assignment_changed")
    assert (event.details["before"]["max_attempts"], event.details["after"]["max_attempts"]) == (2, 9)


def test_a_new_lab(author: Client, classroom: Classroom) -> None:
    answer = author.post(
        "/labs/manage/new/",
        {"code": "bus", "title": "公交", "course": classroom.course.pk, "summary": "", "summary_en": ""},
    )

    assert answer.status_code == 302
    assert Lab.objects.get(code="bus").program == classroom.program


def test_authors_of_other_programs_find_nothing(classroom: Classroom, client: Client, outsider: User) -> None:
    classroom.world.grant(outsider, "lab_author", "program", classroom.lab.uuid)
    stranger = sign_in(client, outsider)

    paths = [
        "labs/parking/",
        "labs/parking/upload/",
        "labs/parking/assign/",
        f"assignments/{classroom.assignment.uuid}/",
    ]
    assert {stranger.get(f"/labs/manage/{path}").status_code for path in paths} == {404}
    assert "停车诱导" not in stranger.get("/labs/manage/").content.decode()


@pytest.mark.parametrize(
    ("path", "row", "most"),
    [
        ("", "/labs/manage/labs/", 20),
        ("assignments/", "/labs/manage/assignments/", 20),
        ("labs/parking/", "/labs/manage/assignments/", 26),
    ],
)
def test_pages_of_labs_ask_as_often_for_many_as_for_few(
    author: Client, classroom: Classroom, path: str, row: str, most: int
) -> None:
    def assign(release: LabRelease, run: CourseRun) -> None:
        assign_lab(
            lab=release.lab, run=run, release=release, opens_at=OPENS, due_at=DUE, max_attempts=3, pass_percent=60,
            is_required=False, by=classroom.instructor, at=NOW,
        )  # fmt: skip

    def grow() -> None:
        by = classroom.instructor
        for number in range(3):
            titles = {"code": f"more-{number}", "title": f"实训{number}", "title_en": ""}
            lab = create_lab(**titles, course=classroom.course, program=classroom.program, by=by, at=NOW)
            release = publish_release(
                lab=lab, source=encode(SOURCE), files={}, versions=[], grader=SteadyGrader(), by=by, at=NOW
            )
            pass_check(release)
            assign(release, classroom.run)
            assign(classroom.release, make_run(classroom.course, f"cdp-more-{number}"))

    costs_the_same(asking(author, f"/labs/manage/{path}"), row=row, grow=grow, most=most)
