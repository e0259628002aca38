"""The grade book, its exports and marks from a file."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from labs.grading.actions import mark_question
from labs.grading.models import ManualMark, Submission
from portal.audit.models import AuditEvent
from portal.users.models import User
from tests.classroom import NOW, Classroom
from tests.counting import asking, costs_the_same

from .making import sign_in, submitted, trainee

pytestmark = pytest.mark.django_db
HEAD = "receipt,question,points,comment\n"


@pytest.fixture
def desk(classroom: Classroom, client: Client) -> Client:
    return sign_in(client, classroom.instructor)


def read_csv(response: Any) -> list[list[str]]:
    content = response.content.decode("utf-8")
    assert content.startswith("\ufeff")
    return list(csv.reader(io.StringIO(content[1:])))


def test_the_grade_that_counts_follows_the_policy(desk: Client, classroom: Classroom) -> None:
    submitted(classroom, classroom.trainee, at=NOW, manual="failed")
    submitted(classroom, classroom.trainee, at=NOW + timedelta(minutes=2), manual="failed", score=0, verdict="failed")

    best = read_csv(desk.get("/labs/books/cdp-2026/export.csv"))
    classroom.assignment.attempts_policy = "last"
    classroom.assignment.save()
    last = read_csv(desk.get("/labs/books/cdp-2026/export.csv"))

    assert best[1] == ["王芳", "wang.fang", "6.0", "10.0", "通过", "60"]
    assert last[1][2:] == ["0.0", "10.0", "未通过", "0"]
    assert AuditEvent.objects.filter(event="grading.book_exported").count() == 2


def test_formulas_of_people_are_text(desk: Client, classroom: Classroom) -> None:
    person = trainee(classroom, 7)
    User.objects.filter(pk=person.pk).update(name="=HYPERLINK(1)")

    table = read_csv(desk.get("/labs/books/cdp-2026/export.csv"))
    book = load_workbook(io.BytesIO(desk.get("/labs/books/cdp-2026/export.xlsx").content))

    assert "'=HYPERLINK(1)" in [row[0] for row in table]
    cells = [cell for row in book.active.iter_rows() for cell in row if cell.value == "=HYPERLINK(1)"]
    assert [cell.data_type for cell in cells] == ["s"]


def test_questions_of_one_lab(desk: Client, classroom: Classroom) -> None:
    submission = submitted(classroom, classroom.trainee, at=NOW)
    question = classroom.release.questions.get(grade_id="q2")
    mark_question(submission=submission, question=question, score=350, comment="", by=classroom.instructor, at=NOW)

    table = read_csv(desk.get("/labs/books/cdp-2026/export.csv", {"lab": "parking"}))
    page = desk.get("/labs/books/cdp-2026/", {"lab": "parking"}).content.decode()

    assert table[1] == ["王芳", "wang.fang", submission.receipt, "6.0", "3.5", "9.5"]
    assert "9.5" in page


def test_another_programs_book_is_unknown(classroom: Classroom, outsider: User) -> None:
    classroom.world.grant(outsider, "instructor", "run", classroom.lab.uuid)
    client = sign_in(Client(), outsider)

    for tail in ("", "export.csv", "import/"):
        assert client.get(f"/labs/books/cdp-2026/{tail}").status_code == 404
    assert "cdp-2026" not in client.get("/labs/books/").content.decode()


@pytest.mark.parametrize("query", [{}, {"lab": "parking"}])
def test_book_asks_as_often_for_many_as_for_one(desk: Client, classroom: Classroom, query: dict[str, str]) -> None:
    submitted(classroom, classroom.trainee, at=NOW)

    def grow() -> None:
        for number in range(3):
            submitted(classroom, trainee(classroom, number), at=NOW)

    costs_the_same(asking(desk, "/labs/books/cdp-2026/", **query), row="/labs/submissions/", grow=grow, most=35)


def upload(desk: Client, text: str, name: str = "marks.csv") -> Any:
    return desk.post("/labs/books/cdp-2026/import/", {"file": SimpleUploadedFile(name, text.encode("utf-8-sig"))})


def confirm(desk: Client, trial: Any) -> Any:
    signed = re.search(r'name="confirmed" value="([^"]+)"', trial.content.decode())
    assert signed, trial.content.decode()
    return desk.post("/labs/books/cdp-2026/import/", {"confirmed": signed[1]})


def test_marks_from_a_file_are_tried_then_given_and_given_once(desk: Client, classroom: Classroom) -> None:
    submission = submitted(classroom, classroom.trainee, at=NOW)
    text = f"{HEAD}{submission.receipt},q2,3.5,写得好\n,,,\n"

    trial = upload(desk, text)
    assert not ManualMark.objects.exists()
    assert confirm(desk, trial).status_code == 302
    assert (ManualMark.objects.get().score, ManualMark.objects.get().comment) == (350, "写得好")

    again = upload(desk, text).content.decode()
    assert "文件中的评分都已生效" in again
    assert ManualMark.objects.count() == 1


def test_every_wrong_row_is_named_and_nothing_changes(desk: Client, classroom: Classroom) -> None:
    submission = submitted(classroom, classroom.trainee, at=NOW)
    rows = ["SJ-0,q2,1,", "{r},q9,1,", "{r},q1,1,", "{r},q2,5,", "{r},q2,x,", "{r},q2,1,", "{r},q2,2,"]
    page = upload(desk, HEAD + "\n".join(rows).replace("{r}", str(submission.receipt))).content.decode()

    assert [f"第 {line} 行" in page for line in range(2, 9)] == [True] * 3 + [True, True, True, True]
    assert page.count("0 到 4 之间") == 2
    assert 'name="confirmed"' not in page
    assert not ManualMark.objects.exists()


def test_the_table_to_fill_in_comes_back_as_it_went(desk: Client, classroom: Classroom) -> None:
    submission = submitted(classroom, classroom.trainee, at=NOW)
    question = classroom.release.questions.get(grade_id="q2")
    mark_question(
        submission=submission, question=question, score=200, comment="=1+1\n第二行", by=classroom.instructor, at=NOW
    )
    for form in ("csv", "xlsx"):
        content = desk.get(f"/labs/books/cdp-2026/export.{form}", {"what": "marks"}).content
        body = {"file": SimpleUploadedFile(f"marks.{form}", content)}
        page = desk.post("/labs/books/cdp-2026/import/", body).content.decode()
        assert "文件中的评分都已生效" in page, form
    assert ManualMark.objects.count() == 1


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"PK\x03\x04nonsense", b"a,b\n1,2\n"])
def test_files_that_are_no_table_are_refused_with_a_reason(desk: Client, content: bytes) -> None:
    body = {"file": SimpleUploadedFile("marks.csv", content or b"\n")}

    assert desk.post("/labs/books/cdp-2026/import/", body).status_code == 400


def test_a_confirmation_is_the_readers_own(desk: Client, classroom: Classroom, administrator: User) -> None:
    submission: Submission = submitted(classroom, classroom.trainee, at=NOW)
    trial = upload(desk, f"{HEAD}{submission.receipt},q2,1,\n")
    other = sign_in(Client(), administrator)

    assert confirm(other, trial).status_code == 404
    forged = desk.post("/labs/books/cdp-2026/import/", {"confirmed": "x"})
    assert forged.status_code == 302
    assert not ManualMark.objects.exists()
