"""A person marks while the grader answers: one chain of grades with one end, and nothing is lost."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from labs.grading.actions import mark_question, record_result, request_regrade
from labs.grading.models import Grade, GradingRun
from portal.queue.actions import take
from tests.classroom import NOW, Classroom, result

LEASE = timedelta(minutes=5)
SOON = NOW + timedelta(seconds=5)


def take_run() -> GradingRun:
    run = take(GradingRun.objects.order_by("pk"), worker="here:1", at=SOON, lease=LEASE)
    assert run is not None
    return run


@pytest.mark.django_db(transaction=True)
def test_a_mark_and_a_regrade_at_once_follow_each_other(classroom: Classroom) -> None:
    submission = classroom.submit()
    record_result(run=take_run(), result=result(), at=SOON)
    request_regrade(submission=submission, by=classroom.instructor, at=SOON)
    regrade = take_run()
    marked, failures = threading.Event(), []

    def record() -> None:
        marked.wait(10)
        try:
            record_result(run=regrade, result=result(), at=SOON)
        except Exception as failure:
            failures.append(failure)
        finally:
            connection.close()

    other = threading.Thread(target=record)
    other.start()
    with transaction.atomic():
        mark_question(
            submission=submission, question=classroom.release.questions.get(grade_id="q2"), score=350, comment="",
            by=classroom.instructor, at=SOON,
        )  # fmt: skip
        marked.set()
        other.join(0.5)
    other.join(30)

    assert not failures
    current = Grade.objects.current().get(submission=submission)
    assert (current.score, current.is_complete) == (950, True)
    assert Grade.objects.filter(submission=submission).count() == 3
