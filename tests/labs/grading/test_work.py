"""What the worker does with a run, with a grader that answers, is away, falls silent or refuses."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from labs.grader.client import GraderSilent, GraderSocket
from labs.grading.actions import receive_check
from labs.grading.models import Grade, GradingRun
from labs.grading.work import grade_run
from portal.queue.registry import Kind, kinds_of
from portal.queue.worker import work_once
from tests.classroom import NOW, Classroom, result, solved
from tests.fake_grader import Answer, FakeGrader

pytestmark = pytest.mark.django_db(transaction=True)

Make = Callable[[Answer], FakeGrader]


def kind_with(grader: GraderSocket, lane: str = "interactive") -> Kind:
    """Return the registered kind, with another grader."""
    kind = next(kind for kind in kinds_of(lane) if kind.name == f"grading.{lane}")

    def work(row: Any) -> None:
        grade_run(row, grader=grader, at=timezone.now())

    return replace(kind, work=work)


def test_the_grader_gets_source_submission_and_files(classroom: Classroom, make_grader: Make) -> None:
    grader = make_grader(lambda _: [{"event": "heartbeat"}, {"event": "result", "result": result()}])
    submission = classroom.submit()

    assert work_once(kind_with(GraderSocket(str(grader.path))), "here:1")

    asked = grader.requests[0]
    assert base64.b64decode(asked["submission"]) == solved()
    assert "BEGIN SOLUTION" in base64.b64decode(asked["source"]).decode()
    assert base64.b64decode(asked["files"]["note.txt"]) == b"hello"
    assert asked["visible_only"] is False
    run = GradingRun.objects.get(submission=submission)
    assert (run.status, run.cpu_ms, run.wall_ms, run.peak_mb) == ("done", 200, 300, 90)
    assert Grade.objects.get(submission=submission).score == 600


def test_a_check_runs_visible_tests_and_gives_no_grade(classroom: Classroom, make_grader: Make) -> None:
    grader = make_grader(lambda _: [{"event": "result", "result": result()}])
    receive_check(assignment=classroom.assignment, user=classroom.trainee, content=solved(), at=NOW)

    work_once(kind_with(GraderSocket(str(grader.path)), "check"), "here:1")

    assert grader.requests[0]["visible_only"] is True
    assert GradingRun.objects.get().status == "done"
    assert not Grade.objects.exists()


def test_a_grader_that_is_away_costs_no_attempt(classroom: Classroom, tmp_path: Path) -> None:
    classroom.submit()

    work_once(kind_with(GraderSocket(str(tmp_path / "nothing.sock"))), "here:1")

    run = GradingRun.objects.get()
    assert (run.status, run.attempts) == ("queued", 0)
    assert "away" in run.error


@pytest.mark.parametrize("last", [None, "silence"])
def test_a_grader_that_falls_silent_is_asked_again_and_then_a_person(
    classroom: Classroom, make_grader: Make, last: str | None
) -> None:
    submission = classroom.submit()
    events: list[Any] = [{"event": "heartbeat"}] * (1 if last else 0)
    grader = make_grader(lambda _: [*events, None])
    kind = kind_with(GraderSocket(str(grader.path), silence_s=0.2))

    for _ in range(3):
        GradingRun.objects.update(not_before=NOW)
        assert work_once(kind, "here:1")

    assert GradingRun.objects.get().status == "needs_person"
    assert not Grade.objects.filter(submission=submission).exists()


def test_what_the_grader_cannot_read_goes_to_a_person_at_once(classroom: Classroom, make_grader: Make) -> None:
    classroom.submit()
    grader = make_grader(lambda _: [{"event": "error", "code": "bad_submission", "message": "坏"}])

    work_once(kind_with(GraderSocket(str(grader.path))), "here:1")

    run = GradingRun.objects.get()
    assert (run.status, run.attempts) == ("needs_person", 1)
    assert "坏" in run.error


def test_a_broken_answer_is_silence(make_grader: Make) -> None:
    grader = make_grader(lambda _: [{"nothing": 1}, None])

    with pytest.raises(GraderSilent):
        GraderSocket(str(grader.path)).call({"op": "ping"})


def test_a_crash_counts_only_when_it_happens_again(classroom: Classroom, make_grader: Make) -> None:
    crashed = result(score=0, verdict="crashed")
    answers = iter([crashed, result()])
    grader = make_grader(lambda _: [{"event": "result", "result": next(answers)}])
    classroom.submit()
    kind = kind_with(GraderSocket(str(grader.path)))

    work_once(kind, "here:1")
    first = (GradingRun.objects.get().status, Grade.objects.count())
    work_once(kind, "here:1")

    assert first == ("queued", 0)
    assert Grade.objects.get().score == 600


def test_a_crash_that_happens_again_is_the_trainees(classroom: Classroom, make_grader: Make) -> None:
    grader = make_grader(lambda _: [{"event": "result", "result": result(score=0, verdict="crashed")}])
    classroom.submit()
    kind = kind_with(GraderSocket(str(grader.path)))

    work_once(kind, "here:1")
    work_once(kind, "here:1")

    assert Grade.objects.get().score == 0
    assert GradingRun.objects.get().results.get(question__grade_id="q1").verdict == "crashed"
