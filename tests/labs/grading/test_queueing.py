"""Two unfinished Checks a person; a newer one replaces one that waits in the same lab; what runs is left alone."""

from __future__ import annotations

import json
import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction

from courses.learning.actions import enroll
from labs.assignments.actions import assign_lab
from labs.assignments.models import LabAssignment
from labs.grading.actions import receive_check, receive_submission
from labs.grading.models import GradingRun, Submission
from labs.grading.queries import standing
from labs.grading.refusals import SubmissionRefused
from labs.grading.turns import waiting_in_turn
from portal.queue.actions import finish, put_back, take
from tests.classroom import DUE, NOW, OPENS, Classroom, make_run, solved

pytestmark = pytest.mark.django_db


def check(classroom: Classroom, assignment: LabAssignment | None = None, **more: Any) -> GradingRun:
    given = {"user": classroom.trainee, "content": solved(), "at": NOW, **more}
    return receive_check(assignment=assignment or classroom.assignment, **given).runs.get()


def begin(cause: str = "check") -> GradingRun:
    run = take(waiting_in_turn([cause]), worker="here:1", at=NOW, lease=timedelta(minutes=5))
    assert run is not None
    return run


def another_lab(classroom: Classroom, code: str) -> LabAssignment:
    """Return the same lab in another run in which the trainee has a place."""
    run = make_run(classroom.course, code)
    enroll(user=classroom.trainee, run=run, by=classroom.trainee, at=classroom.place.enrolled_at)
    return assign_lab(
        run=run, lab=classroom.lab, release=classroom.release, opens_at=OPENS, due_at=DUE, max_attempts=3,
        pass_percent=60, is_required=True, by=classroom.instructor, at=classroom.place.enrolled_at,
    )  # fmt: skip


def test_a_newer_check_replaces_one_that_waits_and_says_so(classroom: Classroom) -> None:
    first, second = check(classroom), check(classroom, content=solved("total = 4"))

    first.refresh_from_db()
    assert (first.status, first.replaced_by, first.finished_at) == ("done", second, NOW)
    assert (second.status, second.check_place, second.turn) == ("queued", 1, first.turn)
    assert Submission.objects.count() == 2
    assert [standing(run.submission).status for run in (first, second)] == ["replaced", "queued"]
    assert begin() == second
    assert take(waiting_in_turn(["check"]), worker="here:1", at=NOW, lease=timedelta(minutes=5)) is None


def test_a_check_that_runs_is_not_replaced(classroom: Classroom) -> None:
    check(classroom)
    running = begin()
    second = check(classroom)
    third = check(classroom)

    running.refresh_from_db()
    second.refresh_from_db()
    assert running.status == "running"
    assert second.replaced_by == third
    assert third.check_place == 2


def test_a_third_unfinished_check_is_refused_in_a_sentence_and_changes_nothing(classroom: Classroom) -> None:
    for code in ("cdp-a", "cdp-b"):
        check(classroom, another_lab(classroom, code))

    with pytest.raises(SubmissionRefused) as refused:
        check(classroom)

    assert (refused.value.status, refused.value.code) == (429, "checks_unfinished")
    assert "您还有两次检查没有完成" in refused.value.message
    assert GradingRun.objects.count() == Submission.objects.count() == 2
    held = begin()
    assert finish(held, at=NOW)
    assert check(classroom).check_place == 1


def test_submissions_are_taken_while_two_checks_are_unfinished(classroom: Classroom) -> None:
    for code in ("cdp-a", "cdp-b"):
        check(classroom, another_lab(classroom, code))

    assert classroom.submit().attempt == 1


def test_a_check_that_comes_back_waits_beside_the_newer_one_and_the_next_replaces_both(classroom: Classroom) -> None:
    check(classroom)
    first = begin()
    second = check(classroom)
    assert put_back(first, at=NOW, delay=timedelta(0), error="grader away", counts=False)

    third = check(classroom)

    assert set(GradingRun.objects.filter(replaced_by=third)) == {first, second}
    assert third.turn == first.turn


def test_the_database_holds_the_places(classroom: Classroom) -> None:
    run = check(classroom)

    for change in ({"check_place": None}, {"check_place": 3}, {"check_of": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            GradingRun.objects.filter(pk=run.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        GradingRun.objects.filter(pk=run.pk).update(replaced_by=run)
    run.pk, run.key, run.uuid = None, "other", uuid.uuid4()
    with pytest.raises(IntegrityError), transaction.atomic():
        run.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_checks_sent_at_once_in_many_labs_get_two_places(classroom: Classroom) -> None:
    labs = [another_lab(classroom, f"cdp-{number}") for number in range(5)]
    together, answers = threading.Barrier(len(labs)), []

    def send(assignment: LabAssignment) -> None:
        together.wait()
        try:
            answers.append(check(classroom, assignment).check_place)
        except SubmissionRefused as refusal:
            answers.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=(each,)) for each in labs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(map(str, answers)) == ["1", "2"] + ["checks_unfinished"] * 3
    assert GradingRun.objects.count() == Submission.objects.count() == 2
    connection.close()


def test_a_replaced_check_is_told_in_few_bytes(classroom: Classroom) -> None:
    first = check(classroom)
    check(classroom)

    said = standing(first.submission).as_json()
    assert said["status"] == "replaced" and said["score"] is None
    assert len(json.dumps(said)) <= 300


def test_whoever_was_served_comes_after_whoever_was_not(classroom: Classroom) -> None:
    other = classroom.world.person("li.na", "李娜", classroom.world.department_b)
    enroll(user=other, run=classroom.run, by=other, at=classroom.place.enrolled_at)
    busy = [classroom.submit(content=solved(reflection=str(number))).runs.get() for number in range(3)]
    late = receive_submission(assignment=classroom.assignment, user=other, content=solved(), at=NOW).runs.get()

    order = [begin("submit") for _ in range(4)]

    assert order == [busy[0], late, busy[1], busy[2]]
