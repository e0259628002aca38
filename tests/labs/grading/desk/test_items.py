"""Item analysis and clusters of failing answers."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from django.test import Client

from labs.grading.models import Feedback
from labs.grading.queries.items import clusters_of, items_of, signature
from portal.notifications.models import Notice
from tests.classroom import NOW, Classroom
from tests.counting import asking, cost_of, costs_the_same

from .making import sign_in, submitted, trainee

pytestmark = pytest.mark.django_db


def test_difficulty_and_verdicts(classroom: Classroom) -> None:
    for number in range(4):
        found = {"score": 6} if number else {"score": 0, "verdict": "failed"}
        submitted(classroom, trainee(classroom, number), at=NOW, manual="failed", **found)

    first, second = items_of(classroom.assignment)

    assert (first.number, first.percent, first.first_try) == (4, 75, 75)
    assert first.verdicts == (("passed", 3), ("failed", 1))
    assert first.discrimination is None
    assert second.percent == 0


def test_failing_answers_are_gathered_by_kind_and_commented_once(classroom: Classroom, client: Client) -> None:
    answers = ["total = 4", "summe=4", "total = '3'", "total = 3"]
    verdicts = ["failed", "failed", "error", "passed"]
    people = [trainee(classroom, number) for number in range(4)]
    for person, answer, verdict in zip(people, answers, verdicts, strict=True):
        score = 6 if verdict == "passed" else 0
        submitted(classroom, person, answer=answer, at=NOW, score=score, verdict=verdict)
    question = classroom.release.questions.get(grade_id="q1")

    first, second = clusters_of(classroom.assignment, question)

    assert (first.verdict, first.number, first.kinds, first.example_number) == ("failed", 2, 1, 2)
    assert first.example == "total = 4"
    assert (second.verdict, second.number) == ("error", 1)

    address = f"/labs/analysis/{classroom.assignment.uuid}/questions/{question.pk}/"
    desk = sign_in(client, classroom.instructor)
    desk.post(address, {"cluster": first.key, f"{first.key}-text": "先算清楚。"})

    assert {each.submission.user for each in Feedback.objects.all()} == set(people[:2])
    assert Notice.objects.filter(kind="grading.feedback").count() == 2
    assert "total = 4" in desk.get(address).content.decode()


def test_numbers_and_quotes_do_not_tell_kinds_apart() -> None:
    one, other = "第 3 行：名称 'ab' 没有定义", "第 12 行：名称 'total' 没有定义"

    assert signature("error", one) == signature("error", other)
    assert signature("error", one) != signature("failed", one)


def test_the_page_asks_as_often_for_many_as_for_few(classroom: Classroom, client: Client) -> None:
    """Every further trainee is one more failed answer, which the page of the question lists."""
    question = classroom.release.questions.get(grade_id="q1")
    address = f"/labs/analysis/{classroom.assignment.uuid}/"
    desk = sign_in(client, classroom.instructor)

    def grow(numbers: Iterable[int] = range(1, 6)) -> None:
        for number in numbers:
            answer = "\n".join(f"total = {each}" for each in range(3 * number + 1))
            submitted(classroom, trainee(classroom, number), answer=answer, at=NOW, score=0, verdict="failed")

    grow(range(1))
    desk.get(address)
    few = cost_of(asking(desk, address), "第 1 题 求和")
    costs_the_same(asking(desk, f"{address}questions/{question.pk}/"), row="/labs/submissions/", grow=grow, most=35)
    many = cost_of(asking(desk, address), "第 1 题 求和")

    assert len(many.queries) == len(few.queries) <= 35
    assert few.rows == many.rows > 0
