"""Holds, rubrics, drafts, earlier marks, feedback and flags."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from labs.assignments.models import LabQuestion
from labs.grading.actions import mark_question
from labs.grading.actions.giving import give_feedback
from labs.grading.actions.library import add_comment
from labs.grading.actions.locks import LEASE, hold_submission, take_over
from labs.grading.actions.rubrics import write_rubric
from labs.grading.models import (
    Feedback,
    FlagReview,
    Grade,
    ManualMark,
    MarkDraft,
    MarkRubric,
    Rubric,
    Submission,
    SubmissionLock,
)
from labs.grading.queries.rubrics import Criterion, Level
from portal.audit.models import AuditEvent
from portal.notifications.models import Notice
from portal.users.models import User
from tests.classroom import NOW, Classroom
from tests.counting import asking, costs_the_same

from .making import another_instructor, sign_in, submitted

pytestmark = pytest.mark.django_db
CRITERIA = [
    Criterion("数据", (Level("两类数据", 200), Level("一类数据", 100), Level("没有", 0))),
    Criterion("边界", (Level("清楚", 200), Level("不清楚", 50))),
]


@pytest.fixture
def graded(classroom: Classroom) -> Submission:
    return submitted(classroom, classroom.trainee, at=timezone.now().replace(microsecond=0) - timedelta(days=1))


@pytest.fixture(autouse=True)
def open_assignment(classroom: Classroom) -> None:
    classroom.assignment.due_at = timezone.now() + timedelta(days=30)
    classroom.assignment.save()


@pytest.fixture
def question(classroom: Classroom) -> LabQuestion:
    return classroom.release.questions.get(grade_id="q2")


@pytest.fixture
def desk(classroom: Classroom, client: Client) -> Client:
    return sign_in(client, classroom.instructor)


def current(submission: Submission) -> ManualMark:
    return ManualMark.objects.current().get(submission=submission)


def test_whoever_opens_a_submission_holds_it(desk: Client, classroom: Classroom, graded: Submission) -> None:
    other = sign_in(Client(), another_instructor(classroom))
    desk.get(f"/labs/submissions/{graded.uuid}/")

    page = other.get(f"/labs/submissions/{graded.uuid}/").content.decode()

    assert "张军" in page and "接手" in page
    assert "data-mark" not in page
    assert "由 张军 打开" in other.get("/labs/desk/").content.decode()


def test_a_mark_is_refused_while_another_holds_the_submission(
    desk: Client, classroom: Classroom, graded: Submission, question: LabQuestion
) -> None:
    other = another_instructor(classroom)
    hold_submission(submission=graded, by=other, at=timezone.now())
    address, body = f"/labs/submissions/{graded.uuid}/marks/{question.pk}/", {f"{question.pk}-score": "3"}

    desk.post(address, body)
    assert not ManualMark.objects.exists()

    desk.post(f"/labs/submissions/{graded.uuid}/lock/", {"do": "take"})
    desk.post(address, body)
    assert current(graded).score == 300
    assert Notice.objects.filter(user=other, kind="grading.taken_over").count() == 1
    assert AuditEvent.objects.filter(event="grading.taken_over").count() == 1


def test_a_hold_lapses_by_itself(classroom: Classroom, graded: Submission) -> None:
    other = another_instructor(classroom)
    hold_submission(submission=graded, by=classroom.instructor, at=NOW)

    assert not hold_submission(submission=graded, by=other, at=NOW + LEASE - timedelta(seconds=1)).is_mine
    assert hold_submission(submission=graded, by=other, at=NOW + LEASE + timedelta(seconds=1)).is_mine
    take_over(submission=graded, by=classroom.instructor, at=NOW + LEASE + timedelta(seconds=2))
    assert SubmissionLock.objects.get(submission=graded).holder == classroom.instructor


def test_levels_add_up_to_the_points(
    desk: Client, classroom: Classroom, graded: Submission, question: LabQuestion
) -> None:
    rubric = write_rubric(question=question, criteria=CRITERIA, by=classroom.instructor, at=NOW)
    address, key = f"/labs/submissions/{graded.uuid}/marks/{question.pk}/", question.pk

    refused = desk.post(address, {f"{key}-level0": "1"})
    given = desk.post(address, {f"{key}-level0": "1", f"{key}-level1": "0", f"{key}-comment": "好"})

    assert refused.status_code == 400
    assert given.status_code == 302
    assert current(graded).score == 300
    chosen = MarkRubric.objects.get(mark=current(graded))
    assert (chosen.rubric, chosen.levels) == (rubric, [1, 0])
    page = desk.get(f"/labs/submissions/{graded.uuid}/").content.decode()
    assert "两类数据" in page and page.count("checked") == 2


def test_a_rubric_has_versions_and_fits_the_points(desk: Client, classroom: Classroom, question: LabQuestion) -> None:
    address = f"/labs/questions/{question.pk}/rubric/"
    body = {"title0": "数据", "levels0": "3 两类\n1.5 一类\n0 没有", "title1": "边界", "levels1": "1 清楚"}

    assert desk.post(address, body).status_code == 302
    assert desk.post(address, body).status_code == 302
    assert desk.post(address, body | {"levels1": "2 清楚"}).status_code == 400
    assert desk.post(address, body | {"levels0": "很好"}).status_code == 400
    assert desk.post(address, body | {"title0": "数据来源"}).status_code == 302

    assert list(Rubric.objects.order_by("number").values_list("number", flat=True)) == [1, 2]
    with pytest.raises(IntegrityError), transaction.atomic():
        Rubric.objects.filter(number=1).update(criteria=[])


def test_drafts_come_back_and_go_with_the_mark(
    desk: Client, classroom: Classroom, graded: Submission, question: LabQuestion
) -> None:
    key = question.pk
    body = {f"{key}-score": "2.5", f"{key}-comment": "还差边界"}

    kept = desk.post(f"/labs/submissions/{graded.uuid}/marks/{key}/draft", body).json()

    assert kept["holder"] == "" and ":" in kept["saved"]
    page = desk.get(f"/labs/submissions/{graded.uuid}/").content.decode()
    assert "还差边界" in page and 'value="2.5"' in page
    assert not ManualMark.objects.exists()
    others = sign_in(Client(), another_instructor(classroom)).get(f"/labs/submissions/{graded.uuid}/")
    assert "还差边界" not in others.content.decode()
    desk.post(f"/labs/submissions/{graded.uuid}/marks/{key}/", body)
    assert not MarkDraft.objects.exists()


def test_undo_gives_the_earlier_mark_again(
    desk: Client, classroom: Classroom, graded: Submission, question: LabQuestion
) -> None:
    address = f"/labs/submissions/{graded.uuid}/marks/"
    for points in ("3", "1"):
        desk.post(f"{address}{question.pk}/", {f"{question.pk}-score": points})
    first = ManualMark.objects.order_by("pk")[0]

    desk.post(f"{address}{first.uuid}/restore/")

    assert ManualMark.objects.count() == 3
    assert current(graded).score == 300
    assert Grade.objects.current().get(submission=graded).score == 900


def test_a_stock_comment_is_added_without_a_script(
    desk: Client, classroom: Classroom, graded: Submission, question: LabQuestion
) -> None:
    text = "请写明更新时间。"
    comment = add_comment(course=classroom.course, shortcut="gx", text=text, by=classroom.instructor, at=NOW)
    key = question.pk
    body = {f"{key}-score": "3", f"{key}-comment": "好", f"{key}-stock": str(comment.uuid)}

    desk.post(f"/labs/submissions/{graded.uuid}/marks/{key}/", body)

    assert current(graded).comment == "好\n请写明更新时间。"


def test_the_library_belongs_to_those_who_teach_the_course(desk: Client, classroom: Classroom, outsider: User) -> None:
    address = f"/labs/comments/{classroom.course.code}/"

    assert desk.post(address, {"shortcut": "/GX", "text": "更新"}).status_code == 302
    assert desk.post(address, {"shortcut": "gx", "text": "另一条"}).status_code == 400
    classroom.world.grant(outsider, "instructor", "run", classroom.lab.uuid)
    assert sign_in(Client(), outsider).get(address).status_code == 404
    comment = classroom.course.stock_comments.get()
    assert comment.shortcut == "gx"
    desk.post(f"{address}{comment.uuid}/retire/")
    assert "更新" not in desk.get(address).content.decode().partition("<table")[2]


def test_an_own_comment_is_rewritten_and_taken_out(desk: Client, classroom: Classroom, graded: Submission) -> None:
    first = add_comment(course=classroom.course, shortcut="gx", text="更新", by=classroom.instructor, at=NOW)
    add_comment(course=classroom.course, shortcut="bj", text="边界", by=classroom.instructor, at=NOW)
    address = f"/labs/comments/{classroom.course.code}/{first.uuid}/"

    assert desk.post(address, {"shortcut": "bj", "text": "更新时间"}).status_code == 400
    assert desk.post(address, {"shortcut": "gx", "text": "请写明更新时间"}).status_code == 302
    assert desk.post(address, {"shortcut": "gx", "text": "第二个窗口里的旧页面"}).status_code == 302

    first.refresh_from_db()
    now = classroom.course.stock_comments.get(shortcut="gx", retired_at__isnull=True)
    assert (first.text, first.retired_at is not None) == ("更新", True)
    assert (now.text, now.supersedes, now.created_by) == ("请写明更新时间", first, classroom.instructor)


def test_anothers_comment_is_offered_but_not_changed(
    classroom: Classroom, administrator: User, django_assert_max_num_queries: Any
) -> None:
    other = sign_in(Client(), another_instructor(classroom))
    comment = add_comment(course=classroom.course, shortcut="gx", text="更新", by=classroom.instructor, at=NOW)
    library = f"/labs/comments/{classroom.course.code}/"
    address = f"{library}{comment.uuid}/"

    other.get(library)
    with django_assert_max_num_queries(25):
        page = other.get(library).content.decode()

    assert "更新" in page and address not in page
    assert other.get(address).status_code == 403
    assert other.post(address, {"shortcut": "gx", "text": "x"}).status_code == 403
    assert other.post(f"{address}retire/").status_code == 403
    helper = sign_in(Client(), administrator)
    assert helper.post(address, {"shortcut": "gx", "text": "更新时间"}).status_code == 302
    assert classroom.course.stock_comments.get(retired_at__isnull=True).created_by == classroom.instructor


def test_feedback_reaches_the_trainee_and_supersedes(classroom: Classroom, graded: Submission) -> None:
    tested = classroom.release.questions.get(grade_id="q1")
    for text in ("先看数据类型", "先看数据类型", "再看单位"):
        give_feedback(submissions=[graded], question=tested, text=text, by=classroom.instructor, at=timezone.now())

    assert Feedback.objects.count() == 2
    assert Notice.objects.filter(user=classroom.trainee, kind="grading.feedback").count() == 2
    page = sign_in(Client(), classroom.trainee).get(f"/labs/{classroom.assignment.uuid}/").content.decode()
    assert "张军：再看单位" in page and "先看数据类型" not in page


def test_feedback_takes_the_right_to_teach(classroom: Classroom, graded: Submission, outsider: User) -> None:
    tested = classroom.release.questions.get(grade_id="q1")

    with pytest.raises(PermissionDenied):
        give_feedback(submissions=[graded], question=tested, text="x", by=outsider, at=timezone.now())


def test_flags_wait_until_somebody_has_looked(desk: Client, classroom: Classroom) -> None:
    flagged = submitted(
        classroom, classroom.trainee, at=timezone.now(), manual="failed", flags=["test_cell_edited:q1", "in_kernel:q1"]
    )

    assert str(flagged.receipt) in desk.get("/labs/desk/", {"kind": "flagged"}).content.decode()
    assert "测试单元格 q1 被改动或删除" in desk.get(f"/labs/submissions/{flagged.uuid}/").content.decode()
    desk.post(f"/labs/submissions/{flagged.uuid}/flags/")
    assert FlagReview.objects.count() == 1
    assert str(flagged.receipt) not in desk.get("/labs/desk/", {"kind": "flagged"}).content.decode()


def test_the_page_of_a_submission_asks_a_fixed_number_of_times(
    desk: Client, classroom: Classroom, graded: Submission
) -> None:
    question = classroom.release.questions.get(grade_id="q2")

    def grow(scores: Iterable[int] = range(101, 107)) -> None:
        for score in scores:
            mark_question(
                submission=graded, question=question, score=score, comment="看过了", by=classroom.instructor, at=NOW
            )

    grow(range(99, 101))

    costs_the_same(asking(desk, f"/labs/submissions/{graded.uuid}/"), row="看过了", grow=grow, most=60)
