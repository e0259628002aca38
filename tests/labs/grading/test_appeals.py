"""Appeals: within the window, once for a question, answered by somebody else, never fewer points."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses.certification.models import Certification
from labs.grading.actions import AppealRefused, answer_appeal, open_appeal, record_result
from labs.grading.models import Appeal, AppealAnswer, Grade, GradingRun, Submission
from labs.grading.queries import counted_results
from portal.notifications.models import Notice
from portal.queue.actions import take
from portal.users.models import User
from tests.classroom import NOW, Classroom, result
from tests.counting import asking, costs_the_same
from tests.labs.grading.test_regrading import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def graded(classroom: Classroom) -> Submission:
    """Return an attempt with 300 of 600 points for the question with tests."""
    submission = classroom.submit()
    run = take(GradingRun.objects.order_by("pk"), worker="w:1", at=NOW, lease=timedelta(seconds=30))
    assert run is not None
    record_result(run=run, result=result(score=3, verdict="partial", manual="failed"), at=NOW)
    return submission


def appeal(classroom: Classroom, submission: Submission, **changes: Any) -> Appeal:
    given = {
        "submission": submission, "question": classroom.release.questions.get(grade_id="q1"), "text": "边界值算错了",
        "by": classroom.trainee, "at": NOW + timedelta(days=1), **changes,
    }  # fmt: skip
    return open_appeal(**given)


def answer(classroom: Classroom, opened: Appeal, **changes: Any) -> AppealAnswer:
    given = {
        "is_accepted": True,
        "text": "有道理",
        "score": 600,
        "by": classroom.instructor,
        "at": NOW + timedelta(days=2),
    }
    return answer_appeal(appeal=opened, **{**given, **changes})


def test_an_appeal_reaches_the_instructor_and_its_answer_the_trainee(classroom: Classroom, graded: Submission) -> None:
    opened = appeal(classroom, graded)
    answer(classroom, opened)

    notice = Notice.objects.get(user=classroom.instructor, kind="grading.appeal_opened")
    assert notice.url == reverse("grading:appeal", args=[opened.uuid])
    assert Notice.objects.filter(user=classroom.trainee, kind="grading.appeal_accepted").count() == 1
    current = Grade.objects.current().get(submission=graded)
    assert (current.score, current.has_passed, current.reason) == (600, True, "appeal")
    line = counted_results(graded)[0]
    assert (line.score, line.verdict, line.message) == (600, "passed", "有道理")


def test_a_rejected_appeal_says_why_and_changes_nothing(classroom: Classroom, graded: Submission) -> None:
    answer(classroom, appeal(classroom, graded), is_accepted=False, text="题目要求含边界", score=500)

    assert Grade.objects.get().score == 300
    assert AppealAnswer.objects.get().score is None
    assert Notice.objects.filter(user=classroom.trainee, kind="grading.appeal_rejected").exists()


def test_the_window_closes_and_a_question_is_appealed_once(classroom: Classroom, graded: Submission) -> None:
    with pytest.raises(AppealRefused) as late:
        appeal(classroom, graded, at=NOW + timedelta(days=7, seconds=1))
    appeal(classroom, graded, at=NOW + timedelta(days=7))
    with pytest.raises(AppealRefused) as again:
        appeal(classroom, graded)
    classroom.assignment.appeal_days = 0
    classroom.assignment.save()
    with pytest.raises(AppealRefused) as never:
        appeal(classroom, graded, question=classroom.release.questions.get(grade_id="q2"))

    assert (late.value.code, again.value.code, never.value.code) == ("over", "already", "over")


def test_only_the_trainee_appeals_and_only_another_answers(
    classroom: Classroom, graded: Submission, outsider: User
) -> None:
    with pytest.raises(PermissionDenied):
        appeal(classroom, graded, by=outsider)
    opened = appeal(classroom, graded)
    classroom.world.grant(classroom.trainee, "instructor", "run", classroom.run.uuid)
    for other in (outsider, classroom.trainee):
        with pytest.raises(PermissionDenied):
            answer(classroom, opened, by=other)


@pytest.mark.parametrize("score", [299, 601])
def test_an_appeal_never_costs_points(classroom: Classroom, graded: Submission, score: int) -> None:
    with pytest.raises(AppealRefused):
        answer(classroom, appeal(classroom, graded), score=score)
    assert not AppealAnswer.objects.exists()


def test_appeals_and_answers_are_written_once(classroom: Classroom, graded: Submission) -> None:
    answer(classroom, appeal(classroom, graded))

    for model in (Appeal, AppealAnswer):
        with pytest.raises(IntegrityError), transaction.atomic():
            model._default_manager.update(text="x")


def test_pages_of_both_sides(classroom: Classroom, graded: Submission, client: Client) -> None:
    now = timezone.now()
    classroom.assignment.appeal_days = (now - NOW).days + 2 if now > NOW else 7
    classroom.assignment.save()
    question = classroom.release.questions.get(grade_id="q1")
    sign_in(client, classroom.trainee)
    mine = client.get(reverse("grading:lab", args=[classroom.assignment.uuid])).content.decode()
    address = reverse("grading:new_appeal", args=[graded.uuid])
    empty = client.post(address, {"question": question.pk, "text": ""})
    sent = client.post(address, {"question": question.pk, "text": "<b>请复核</b>"})
    opened = Appeal.objects.get()

    assert address in mine and empty.status_code == 400 and sent.status_code == 302
    sign_in(client, classroom.instructor)
    listed = client.get(reverse("grading:appeals")).content.decode()
    page = client.get(reverse("grading:appeal", args=[opened.uuid])).content.decode()
    answered = client.post(
        reverse("grading:appeal", args=[opened.uuid]), {"decision": "accept", "score": "5.5", "text": "加分"}
    )
    assert str(opened.uuid) in listed and "&lt;b&gt;请复核" in page
    assert answered.status_code == 302
    sign_in(client, classroom.trainee)
    assert "加分" in client.get(reverse("grading:lab", args=[classroom.assignment.uuid])).content.decode()


def test_only_judged_questions_are_offered(classroom: Classroom, graded: Submission, client: Client) -> None:
    classroom.assignment.appeal_days = (timezone.now() - NOW).days + 2
    classroom.assignment.save()
    address = reverse("grading:new_appeal", args=[graded.uuid])
    lab = reverse("grading:lab", args=[classroom.assignment.uuid])
    sign_in(client, classroom.trainee)
    offered = client.get(address).context["form"].fields["question"].choices
    assert [label for _value, label in offered] == ["请选择题目", "第 1 题 求和", "第 2 题 思考"]

    appeal(classroom, graded)
    answer(classroom, Appeal.objects.get())
    left = client.get(address).context["form"].fields["question"].choices
    assert [label for _value, label in left] == ["请选择题目", "第 2 题 思考"]

    second = classroom.submit()
    run = take(GradingRun.objects.order_by("-pk"), worker="w:1", at=NOW, lease=timedelta(seconds=30))
    assert run is not None
    record_result(run=run, result=result(score=3, verdict="partial"), at=NOW)
    later = reverse("grading:new_appeal", args=[second.uuid])
    # The second waits for the instructor's marks, so nothing of it can be objected to yet.
    offered = client.get(later).context["form"].fields["question"].choices
    assert [label for _value, label in offered] == ["请选择题目", "第 1 题 求和"]
    assert later in client.get(lab).content.decode()


def test_the_list_asks_as_often_for_many_as_for_one(classroom: Classroom, graded: Submission, client: Client) -> None:
    sign_in(client, classroom.instructor)
    appeal(classroom, graded, question=classroom.release.questions.get(grade_id="q1"))

    costs_the_same(
        asking(client, reverse("grading:appeals")),
        row="/labs/appeals/",
        grow=lambda: appeal(classroom, graded, question=classroom.release.questions.get(grade_id="q2")),
        most=25,
    )


def test_points_beside_a_refusal_are_asked_about(classroom: Classroom, graded: Submission, client: Client) -> None:
    opened = appeal(classroom, graded)
    sign_in(client, classroom.instructor)
    address = reverse("grading:appeal", args=[opened.uuid])

    said = client.post(address, {"decision": "reject", "score": "3", "text": "维持"})

    assert said.status_code == 400 and "却填写了分数" in said.content.decode()
    assert not AppealAnswer.objects.exists()


def test_points_against_the_tests_take_two_people_where_a_certificate_follows(
    classroom: Classroom, graded: Submission
) -> None:
    Certification.objects.create(code="CDP", name="城市数据", course=classroom.course, issuer="省数据局")
    opened = appeal(classroom, graded)

    with pytest.raises(AppealRefused) as refusal:
        answer(classroom, opened)

    assert refusal.value.code == "second" and not AppealAnswer.objects.exists()
    assert answer(classroom, opened, score=None).is_accepted
