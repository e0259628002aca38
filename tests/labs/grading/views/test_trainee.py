"""A trainee's page of a lab."""

from __future__ import annotations

import html
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from courses.catalog.labs import lab_card
from courses.learning.models import RunRequirement
from labs.assignments.actions import withdraw_assignment
from labs.grading.actions import mark_question, receive_check, record_result, set_aside
from labs.grading.models import GradingRun
from labs.outgoing.models import OutgoingFile
from portal.queue.actions import take
from portal.users.models import User
from tests.classroom import Classroom, result, solved
from tests.counting import asking, costs_the_same

pytestmark = pytest.mark.django_db
BACKEND = "portal.users.backends.CaseInsensitiveBackend"


@pytest.fixture(autouse=True)
def open_now(classroom: Classroom) -> None:
    now = timezone.now()
    classroom.assignment.opens_at, classroom.assignment.due_at = now - timedelta(days=1), now + timedelta(days=1)
    classroom.assignment.save()
    cache.set("hub-is-up", True, 60)


@pytest.fixture
def trainee(classroom: Classroom, client: Client) -> Client:
    client.force_login(classroom.trainee, backend=BACKEND)
    return client


def page_of(classroom: Classroom) -> str:
    return f"/labs/{classroom.assignment.uuid}/"


def grade(**found: Any) -> None:
    now = timezone.now()
    run = take(GradingRun.objects.order_by("pk"), worker="w:1", at=now, lease=timedelta(seconds=30))
    assert run is not None
    record_result(run=run, result=result(**found), at=now)


def test_the_page_opens_the_lab_in_a_new_tab(trainee: Client, classroom: Classroom, settings: Any) -> None:
    page = trainee.get(page_of(classroom)).content.decode()

    assert (
        f'href="{settings.HUB_URL}/hub/user-redirect/chengxue/open/{classroom.assignment.uuid}" target="_blank"' in page
    )
    assert "还没有提交" in page or "Nothing submitted yet" in page


def test_waiting_then_result_by_question(trainee: Client, classroom: Classroom) -> None:
    submission = classroom.submit(at=timezone.now())
    waiting = trainee.get(page_of(classroom)).content.decode()
    grade(score=0, verdict="failed")
    graded = trainee.get(page_of(classroom)).content.decode()

    assert 'data-waiting="yes"' in waiting and "/ 10" not in waiting
    assert str(submission.receipt) in graded and submission.sha256 in graded
    assert 'data-waiting=""' in graded
    assert "第 1 题 求和" in graded


def test_a_failed_grading_is_said_and_is_no_zero(trainee: Client, classroom: Classroom) -> None:
    classroom.submit(at=timezone.now())
    run = take(GradingRun.objects.order_by("pk"), worker="w:1", at=timezone.now(), lease=timedelta(seconds=30))
    assert run is not None
    set_aside(run=run, reason="secret detail", at=timezone.now())

    page = trainee.get(page_of(classroom)).content.decode()

    assert 'class="score"' not in page
    assert "secret detail" not in page


def test_an_instructors_comment_is_text_not_markup(trainee: Client, classroom: Classroom) -> None:
    submission = classroom.submit(at=timezone.now())
    grade()
    mark_question(
        submission=submission, question=classroom.release.questions.get(grade_id="q2"), score=400,
        comment="<img src=x onerror=alert(1)>", by=classroom.instructor, at=timezone.now(),
    )  # fmt: skip

    page = trainee.get(page_of(classroom)).content.decode()

    assert "<img src=x" not in page and "&lt;img src=x" in page


def test_the_status_is_small_and_tagged(trainee: Client, classroom: Classroom) -> None:
    empty = trainee.get(page_of(classroom) + "status")
    classroom.submit(at=timezone.now())
    waiting = trainee.get(page_of(classroom) + "status", headers={"If-None-Match": empty["ETag"]})
    same = trainee.get(page_of(classroom) + "status", headers={"If-None-Match": waiting["ETag"]})

    assert empty.json() == {"status": "none"}
    assert waiting.json()["status"] == "queued" and len(waiting.content) <= 300
    assert (same.status_code, same.content) == (304, b"")


def test_others_find_nothing(classroom: Classroom, client: Client, outsider: User) -> None:
    submission = classroom.submit(at=timezone.now())
    client.force_login(outsider, backend=BACKEND)

    for path in (page_of(classroom), page_of(classroom) + "status", f"/labs/submissions/{submission.uuid}/notebook"):
        assert client.get(path).status_code == 404


def test_the_notebook_is_a_file_to_take_away_never_a_page(trainee: Client, classroom: Classroom) -> None:
    submission = classroom.submit(at=timezone.now())

    response = trainee.get(f"/labs/submissions/{submission.uuid}/notebook")

    assert response.content == solved()
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_hub_that_is_down_is_said_and_the_page_stays(trainee: Client, classroom: Classroom) -> None:
    cache.set("hub-is-up", False, 60)

    response = trainee.get(page_of(classroom))

    assert response.status_code == 200
    assert "notice-warning" in response.content.decode()


def test_lessons_show_the_lab_as_its_reader_meets_it(classroom: Classroom, outsider: User) -> None:
    own = lab_card(classroom.lab.uuid, classroom.trainee, "zh-hans")
    others = lab_card(classroom.lab.uuid, outsider, "en")

    assert own is not None and others is not None
    assert own.url == page_of(classroom) and own.attempts == "0 / 3"
    assert (others.title, others.url) == ("Parking", "") and others.reason
    assert RunRequirement.objects.get(run=classroom.run).url == page_of(classroom)


def test_the_query_count_does_not_grow_with_attempts(trainee: Client, classroom: Classroom) -> None:
    def attempt() -> None:
        classroom.submit(at=timezone.now())
        grade()

    def grow() -> None:
        attempt()
        attempt()

    attempt()

    costs_the_same(asking(trainee, page_of(classroom)), row="SJ-", grow=grow, most=42)


def test_a_page_from_before_the_first_submission_learns_of_a_result_that_was_graded_at_once(
    trainee: Client, classroom: Classroom
) -> None:
    page = trainee.get(page_of(classroom)).content.decode()
    shown = html.unescape(page.split('data-tag="')[1].split('" data-')[0])
    status = f"{page_of(classroom)}status"
    assert trainee.get(status, headers={"If-None-Match": shown}).status_code == 304

    classroom.submit(at=timezone.now())
    grade()

    assert trainee.get(status, headers={"If-None-Match": shown}).status_code == 200


def test_a_passed_lab_says_what_it_brought(trainee: Client, classroom: Classroom) -> None:
    submission = classroom.submit(at=timezone.now())
    grade()
    before = trainee.get(page_of(classroom)).content.decode()
    mark_question(
        submission=submission, question=classroom.release.questions.get(grade_id="q2"), score=400,
        comment="", by=classroom.instructor, at=timezone.now(),
    )  # fmt: skip

    page = trainee.get(page_of(classroom)).content.decode()

    said = page.partition('id="finish"')[2].partition('id="results"')[0]
    assert "您已完成课程" in said
    assert "您已完成课程" not in before


def test_a_submitted_notebook_passes_the_gate_of_every_file_from_a_lab(trainee: Client, classroom: Classroom) -> None:
    """What its cells printed would else leave by the page of the lab, past the scan that stops it in the lab."""
    printed = "\n".join(f"1391234{number:04}" for number in range(5000, 5040))
    submission = classroom.submit(content=solved(reflection=printed), at=timezone.now())

    response = trainee.get(f"/labs/submissions/{submission.uuid}/notebook")

    held = OutgoingFile.objects.get()
    assert response.status_code == 302 and response["Location"] == f"/labs/outgoing/{held.uuid}/"
    page = trainee.get(response["Location"]).content.decode()
    assert "不能直接带出实训室" in page and "手机号" in page


def test_the_result_of_an_earlier_attempt_can_be_read(trainee: Client, classroom: Classroom) -> None:
    classroom.submit(at=timezone.now())
    grade(score=3, verdict="partial")
    classroom.submit(content=solved("total = 4"), at=timezone.now())
    grade()

    page = trainee.get(page_of(classroom)).content.decode()
    earlier = trainee.get(page_of(classroom) + "?attempt=1").content.decode()

    assert 'href="?attempt=1#latest"' in page and "第 1 次提交的结果" in earlier


def test_the_card_of_a_withdrawn_lab_offers_nothing(classroom: Classroom) -> None:
    withdraw_assignment(assignment=classroom.assignment, reason="重做", by=classroom.instructor, at=timezone.now())

    card = lab_card(classroom.lab.uuid, classroom.trainee, "zh-hans")

    assert card is not None and not card.url and card.reason


def test_a_replaced_check_says_so_and_the_newer_one_waits(trainee: Client, classroom: Classroom) -> None:
    given = {"assignment": classroom.assignment, "user": classroom.trainee}
    for text in ("一", "二"):
        receive_check(**given, content=solved(reflection=text), at=timezone.now())

    page = trainee.get(page_of(classroom)).content.decode()

    assert "最近的检查" in page
    assert page.count("已由较新的检查代替") == page.count("因此只运行较新的一次。您的笔记本没有变化。") == 1
    assert page.count("等待检查") == 1 and "排在第 1 位" in page
    assert page.index("等待检查") < page.index("已由较新的检查代替")
