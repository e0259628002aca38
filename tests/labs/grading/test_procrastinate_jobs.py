"""On PostgreSQL a job says that there is work: the row that is first is taken, and one that was passed over is announced."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from courses.learning.actions import enroll
from labs.grading.actions import receive_check, receive_submission
from labs.grading.models import GradingRun
from labs.grading.turns import SUBMISSIONS_IN_A_ROW
from portal.queue import procrastinate_jobs, registry
from portal.queue.actions import finish
from portal.queue.worker import GRADED
from portal.users.models import User
from tests.classroom import Classroom, solved

from .simulating import people

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="only there rows are announced"),
]


@pytest.fixture
def trainees(classroom: Classroom) -> list[User]:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")  # announced by tests before this one: no flush empties it
    assignment, now = classroom.assignment, timezone.now()
    assignment.opens_at, assignment.due_at = now - timedelta(days=1), now + timedelta(days=1)
    assignment.max_attempts = None
    assignment.save()
    found = people(classroom.world, 12)
    for person in found:
        enroll(user=person, run=classroom.run, by=person, at=classroom.place.enrolled_at)
    return found


@pytest.fixture
def order(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the rows in the order in which they are graded; grading takes no time."""
    found: list[int] = []

    def work(row: Any) -> None:
        GradingRun.objects.filter(pk=row.pk).update(started_at=timezone.now())
        found.append(row.pk)
        assert finish(row, at=timezone.now())

    graded = [kind for lane in GRADED for kind in registry.kinds_of(lane)]
    own = {kind.name: replace(kind, work=work, lease=timedelta(minutes=1)) for kind in graded}
    monkeypatch.setattr(registry, "_kinds", {**registry._kinds, **own})
    return found


def ring(lanes: Sequence[str]) -> bool:
    """Do the job that procrastinate would hand out next to a worker of the lanes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE id = (SELECT id FROM procrastinate_jobs WHERE status = 'todo'"
            " AND queue_name = ANY(%s) ORDER BY priority DESC, id LIMIT 1) RETURNING task_name, args",
            [list(lanes)],
        )
        job = cursor.fetchone()
    if job is None:
        return False
    args = json.loads(job[1]) if isinstance(job[1], str) else job[1]
    procrastinate_jobs._work(registry._kinds[job[0]], args["row"])
    return True


def submit(classroom: Classroom, user: User) -> int:
    given = {"assignment": classroom.assignment, "user": user, "content": solved(), "at": timezone.now()}
    return receive_submission(**given).runs.get().pk


def check(classroom: Classroom, user: User) -> int:
    given = {"assignment": classroom.assignment, "user": user, "content": solved(), "at": timezone.now()}
    return receive_check(**given).runs.get().pk


def test_jobs_follow_the_fair_order_and_none_is_left(
    classroom: Classroom, trainees: list[User], order: list[int]
) -> None:
    waits = check(classroom, trainees[2])
    greedy = [submit(classroom, trainees[0]) for _ in range(3)]
    late = submit(classroom, trainees[1])

    while ring(GRADED):
        pass

    assert order == [greedy[0], late, greedy[1], greedy[2], waits]


def test_a_reserved_place_is_handed_no_check(classroom: Classroom, trainees: list[User], order: list[int]) -> None:
    check(classroom, trainees[0])

    assert not ring(GRADED[:1])


def test_a_check_begins_after_so_many_submissions(classroom: Classroom, trainees: list[User], order: list[int]) -> None:
    waits = check(classroom, trainees[0])
    for person in trainees[1:]:
        submit(classroom, person)

    while ring(GRADED):
        pass

    assert len(order) == 12
    # The job of the ninth is announced while it begins; the Check follows it.
    assert order.index(waits) in (SUBMISSIONS_IN_A_ROW, SUBMISSIONS_IN_A_ROW + 1)
