"""What waits, over all courses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from labs.grading.actions import open_appeal, set_aside
from labs.grading.models import GradingRun
from labs.grading.queries.waiting import Asked, counts_for, neighbors, waiting_for
from portal.queue.actions import take
from portal.users.models import User
from tests.classroom import NOW, Classroom
from tests.counting import asking, costs_the_same

from .making import sign_in, submitted, trainee

pytestmark = pytest.mark.django_db


def receipts(user: User, **asked: Any) -> list[str | None]:
    return [each.receipt for each in waiting_for(user, NOW.date(), Asked(**asked))]


def test_reasons_are_told_apart_and_counted(classroom: Classroom) -> None:
    now = NOW + timedelta(minutes=30)
    manual = submitted(classroom, trainee(classroom, 1), at=NOW)
    flagged = submitted(classroom, trainee(classroom, 2), at=NOW, manual="failed", flags=["unknown_cell:x"])
    fine = submitted(classroom, trainee(classroom, 3), at=NOW, manual="failed", flags=["in_kernel:q1"])
    failed = classroom.submit(user=trainee(classroom, 4), at=NOW)
    run = take(GradingRun.objects.order_by("pk"), worker="w:1", at=NOW, lease=timedelta(seconds=30))
    assert run is not None
    set_aside(run=run, reason="坏", at=NOW)
    open_appeal(
        submission=fine, question=classroom.release.questions.get(grade_id="q1"), text="请复核", by=fine.user, at=now
    )
    user = classroom.instructor

    assert receipts(user) == [manual.receipt, flagged.receipt, fine.receipt, failed.receipt]
    assert receipts(user, kind="manual") == [manual.receipt]
    assert receipts(user, kind="flagged") == [flagged.receipt]
    assert receipts(user, kind="failed") == [failed.receipt]
    assert receipts(user, kind="appeal") == [fine.receipt]
    assert counts_for(user, NOW.date(), Asked()) == {"manual": 1, "failed": 1, "flagged": 1, "appeal": 1}


def test_only_the_newest_attempt_of_a_trainee_waits(classroom: Classroom) -> None:
    first = submitted(classroom, classroom.trainee, at=NOW)
    second = submitted(classroom, classroom.trainee, at=NOW + timedelta(minutes=2))

    assert receipts(classroom.instructor) == [second.receipt]
    assert receipts(classroom.instructor, with_older=True) == [first.receipt, second.receipt]


def test_others_runs_and_own_work_do_not_wait(classroom: Classroom, outsider: User, administrator: User) -> None:
    classroom.world.grant(outsider, "instructor", "run", classroom.lab.uuid)
    submission = submitted(classroom, classroom.trainee, at=NOW)
    classroom.world.grant(classroom.trainee, "instructor", "run", classroom.run.uuid)

    assert receipts(outsider) == []
    assert receipts(classroom.trainee) == []
    assert receipts(administrator) == [submission.receipt]


def test_the_way_through_the_queue(classroom: Classroom) -> None:
    first, second, third = (
        submitted(classroom, trainee(classroom, number), at=NOW + timedelta(minutes=number)) for number in (1, 2, 3)
    )
    queue = waiting_for(classroom.instructor, NOW.date(), Asked())

    assert neighbors(queue, second) == (first, third)
    assert neighbors(queue, first) == (None, second)


def test_the_page_asks_as_often_for_many_as_for_one(classroom: Classroom, client: Client) -> None:
    submitted(classroom, classroom.trainee, at=NOW)

    def grow() -> None:
        for number in range(1, 5):
            submitted(classroom, trainee(classroom, number), at=NOW + timedelta(minutes=number))

    costs_the_same(asking(sign_in(client, classroom.instructor), "/labs/desk/"), row="SJ-", grow=grow, most=40)


def test_filters_keep_each_other(classroom: Classroom, client: Client) -> None:
    submitted(classroom, classroom.trainee, at=timezone.now().replace(year=2026, month=3, day=11))
    page = sign_in(client, classroom.instructor).get("/labs/desk/", {"run": "cdp-2026", "lab": "parking"})

    assert "kind=manual&amp;run=cdp-2026&amp;lab=parking" in page.content.decode()
