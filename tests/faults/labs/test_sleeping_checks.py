"""Twenty trainees' Checks sleep to the limit: a stranger's submission is graded nearly as fast as in a quiet hour."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from courses.learning.actions import enroll
from labs.grading.actions import receive_check, receive_submission
from labs.grading.models import Cause, GradingRun
from labs.grading.queries import standing
from portal.queue.models import RunningProcess
from portal.queue.processes import grading_places
from portal.users.models import User
from tests.classroom import Classroom, open_now, solved
from tests.faults.killing import Household, on_this_database
from tests.running import wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="the worker opens the test's database file"),
]

LIMIT_S = 16.0
"""The whole of one grading; a cell gets half of it."""
SLEEP = "import time\ntime.sleep(600)\ntotal = 3"


@pytest.fixture(params=[1, 2])
def places(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("GRADER_PLACES", str(request.param))
    return int(request.param)


@pytest.fixture
def trainees(classroom: Classroom) -> list[User]:
    """Twenty who check, and a stranger; the lab is open now."""
    open_now(classroom.assignment)
    people = [
        classroom.world.person(f"person.{number}", f"学员{number}", classroom.world.department_b)
        for number in range(21)
    ]
    for person in people:
        enroll(user=person, run=classroom.run, by=person, at=classroom.place.enrolled_at)
    return people


@pytest.fixture
def running(places: int, classroom: Classroom, lab_environment: Path) -> Iterator[Household]:
    """Worker and grader on this test's database, with a shorter limit than usual."""
    with on_this_database(lab_environment, lease_s=10.0, limits={"wall_s": LIMIT_S, "cpu_s": LIMIT_S}) as processes:
        yield processes


def seconds_to_grade(classroom: Classroom, user: User, text: str) -> float:
    """Return how long somebody who submits waits for the points."""
    began = time.monotonic()
    submission = receive_submission(
        assignment=classroom.assignment, user=user, content=solved(reflection=text), at=timezone.now()
    )
    wait_for(lambda: standing(submission).score is not None, 120, "the submission is graded")
    assert standing(submission).score == 600
    return time.monotonic() - began


def test_a_submission_is_hardly_held_up(
    running: Household, classroom: Classroom, trainees: list[User], places: int
) -> None:
    *sleepers, stranger = trainees
    rows = RunningProcess.objects.order_by("name").values_list("name", flat=True)
    wait_for(lambda: len(rows.all()) == 2, 60, "worker and web wrote their rows")
    assert list(rows) == ["lab-api", "worker interactive+check+batch+labs"]
    assert RunningProcess.objects.get(name="lab-api").facts == {"processes": 2, "threads": 4}
    wait_for(lambda: sum(grading_places(timezone.now())) == places, 5, "the places are the worker's")
    seconds_to_grade(classroom, stranger, "热身")
    quiet = seconds_to_grade(classroom, stranger, "平时")
    for person in sleepers:
        for _ in range(2):
            receive_check(assignment=classroom.assignment, user=person, content=solved(SLEEP), at=timezone.now())
    checks = GradingRun.objects.filter(cause=Cause.CHECK, replaced_by__isnull=True)
    wait_for(lambda: checks.filter(status="running").exists(), 60, "a Check runs")

    delayed = seconds_to_grade(classroom, stranger, "忙时") - quiet

    slept = wait_for(lambda: checks.filter(wall_ms__gt=0).first(), 120, "a Check is done").wall_ms / 1000
    figures = {"places": places, "quiet_s": round(quiet, 2), "delayed_s": round(delayed, 2), "a_check_s": slept}
    print(json.dumps({**figures, "limit_s": LIMIT_S, "checks_left": checks.filter(status="queued").count()}))
    assert slept > LIMIT_S / 3
    assert checks.filter(status="queued").count() > 10
    assert delayed < 2 * quiet + LIMIT_S
    if places > 1:
        # One place takes submissions alone: nobody need wait for a Check at all.
        assert delayed < 2 * quiet + 2
