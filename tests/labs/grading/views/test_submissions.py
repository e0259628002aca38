"""The instructors' submissions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from labs.grading.actions import record_result
from labs.grading.models import Grade, GradingRun, ManualMark, Submission
from portal.queue.actions import take
from portal.users.models import User
from tests.classroom import NOW, Classroom, result, solved
from tests.counting import asking, costs_the_same

pytestmark = pytest.mark.django_db
BACKEND = "portal.users.backends.CaseInsensitiveBackend"


def sign_in(client: Client, user: User) -> None:
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    client.force_login(user, backend=BACKEND)


@pytest.fixture
def graded(classroom: Classroom) -> Submission:
    """Return a submission that waits for a mark; its answer tries to be markup."""
    submission = classroom.submit(content=solved(reflection="<script>alert(1)</script>\n第二行"))
    run = take(GradingRun.objects.order_by("pk"), worker="w:1", at=NOW, lease=timedelta(seconds=30))
    assert run is not None
    record_result(run=run, result=result(), at=NOW)
    return submission


@pytest.fixture
def desk(classroom: Classroom, client: Client) -> Client:
    sign_in(client, classroom.instructor)
    return client


def question_of(classroom: Classroom) -> int:
    return classroom.release.questions.get(grade_id="q2").pk


def test_marking_a_question(desk: Client, classroom: Classroom, graded: Submission) -> None:
    question = question_of(classroom)
    page = desk.get(f"/labs/submissions/{graded.uuid}/").content.decode()
    sent = desk.post(
        f"/labs/submissions/{graded.uuid}/marks/{question}/", {f"{question}-score": "3.5", f"{question}-comment": "好"}
    )

    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page
    assert sent.status_code == 302
    assert Grade.objects.current().get(submission=graded).score == 950


def test_a_page_from_before_another_mark_does_not_replace_it_unseen(
    desk: Client, classroom: Classroom, graded: Submission
) -> None:
    question = question_of(classroom)
    address = f"/labs/submissions/{graded.uuid}/marks/{question}/"
    desk.post(address, {"seen": "", f"{question}-score": "3.5", f"{question}-comment": "好"})

    stale = desk.post(address, {"seen": "", f"{question}-score": "1", f"{question}-comment": ""})

    page = stale.content.decode()
    held = ManualMark.objects.get()
    assert stale.status_code == 400 and "3.5 分" in page and f'name="seen" value="{held.uuid}"' in page
    assert desk.post(address, {"seen": str(held.uuid), f"{question}-score": "1"}).status_code == 302
    assert ManualMark.objects.count() == 2


@pytest.mark.parametrize("score", ["5", "-1", "x", "1.234", ""])
def test_points_out_of_range_are_refused_at_their_field(
    desk: Client, classroom: Classroom, graded: Submission, score: str
) -> None:
    question = question_of(classroom)

    sent = desk.post(f"/labs/submissions/{graded.uuid}/marks/{question}/", {f"{question}-score": score})

    assert sent.status_code == 400
    assert "error-summary" in sent.content.decode()
    assert Grade.objects.count() == 1


def test_filters(desk: Client, graded: Submission) -> None:
    shown = {
        state: str(graded.receipt) in desk.get("/labs/submissions/", {"state": state}).content.decode()
        for state in ("", "needs_manual", "graded", "failed", "waiting", "nonsense")
    }

    assert shown == {
        "": True, "needs_manual": True, "graded": False, "failed": False, "waiting": False, "nonsense": True
    }  # fmt: skip


def test_grading_again(desk: Client, graded: Submission) -> None:
    assert desk.post(f"/labs/submissions/{graded.uuid}/regrade/").status_code == 302
    assert GradingRun.objects.filter(submission=graded, cause="regrade").count() == 1


def test_instructors_of_another_program_find_nothing(
    classroom: Classroom, client: Client, outsider: User, graded: Submission
) -> None:
    classroom.world.grant(outsider, "instructor", "run", graded.uuid)
    sign_in(client, outsider)
    question = question_of(classroom)

    assert client.get(f"/labs/submissions/{graded.uuid}/").status_code == 404
    assert client.get(f"/labs/submissions/{graded.uuid}/notebook").status_code == 404
    assert (
        client.post(f"/labs/submissions/{graded.uuid}/marks/{question}/", {f"{question}-score": "1"}).status_code == 404
    )
    assert client.post(f"/labs/submissions/{graded.uuid}/regrade/").status_code == 404
    assert str(graded.receipt) not in client.get("/labs/submissions/").content.decode()


def test_the_list_asks_as_often_for_many_as_for_one(desk: Client, classroom: Classroom, graded: Submission) -> None:
    def grow() -> None:
        for minute in (2, 4):
            classroom.submit(at=NOW + timedelta(minutes=minute))
            run = take(GradingRun.objects.order_by("pk"), worker="w:1", at=timezone.now(), lease=timedelta(seconds=30))
            assert run is not None
            record_result(run=run, result=result(), at=timezone.now())

    costs_the_same(asking(desk, "/labs/submissions/"), row="SJ-", grow=grow, most=30)


def test_list_asks_no_more_however_many_wait(desk: Client, classroom: Classroom) -> None:
    classroom.submit(at=NOW)

    def grow() -> None:
        for minute in (2, 4):
            classroom.submit(at=NOW + timedelta(minutes=minute))

    costs_the_same(asking(desk, "/labs/submissions/"), row="SJ-", grow=grow, most=30)


def test_half_characters_in_an_answer_do_not_take_the_page_away(desk: Client, classroom: Classroom) -> None:
    broken = solved(reflection="半").decode().replace("半", "\\ud800\\u0000").encode()
    submission = classroom.submit(content=broken)
    run = take(GradingRun.objects.order_by("pk"), worker="w:1", at=NOW, lease=timedelta(seconds=30))
    assert run is not None
    record_result(run=run, result=result(), at=NOW)

    page = desk.get(f"/labs/submissions/{submission.uuid}/")

    assert page.status_code == 200
    assert "?\ufffd" in page.content.decode()
