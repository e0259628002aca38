"""A lab is checked before its release for minutes: a trainee's Check and a submission are answered as if it were not."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.db import connection
from django.utils import timezone

from labs.assignments.actions import request_report
from labs.assignments.models import LabReport
from labs.grading.actions import receive_check, receive_submission
from labs.grading.models import GradingRun, Submission
from tests.classroom import SOURCE, Classroom, open_now, solved
from tests.faults.killing import Household, on_this_database
from tests.graders import encode
from tests.running import wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="the worker opens the test's database file"),
]


@pytest.fixture(params=[1, 2])
def places(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("GRADER_PLACES", str(request.param))
    return int(request.param)


@pytest.fixture
def opened(classroom: Classroom) -> Classroom:
    """Open the lab now, with a source that can be checked whole."""
    open_now(classroom.assignment)
    Path(storages["releases"].path(classroom.release.source_path)).write_bytes(encode(SOURCE))
    return classroom


@pytest.fixture
def running(places: int, opened: Classroom, lab_environment: Path) -> Iterator[Household]:
    """Worker and grader on this test's database."""
    with on_this_database(lab_environment, lease_s=10.0) as processes:
        yield processes


def seconds_until_graded(send: Callable[[], Submission]) -> float:
    """Return how long somebody who sends a notebook waits for what it earns."""
    began = time.monotonic()
    runs = GradingRun.objects.filter(submission=send(), status="done")
    wait_for(runs.exists, 150, "it is graded")
    return time.monotonic() - began


def test_nobody_waits_for_the_check_of_a_lab(running: Household, opened: Classroom, places: int) -> None:
    def check() -> Submission:
        content = solved(reflection=f"检查 {time.monotonic()}")
        return receive_check(assignment=opened.assignment, user=opened.trainee, content=content, at=timezone.now())

    def submit() -> Submission:
        content = solved(reflection=f"提交 {time.monotonic()}")
        return receive_submission(assignment=opened.assignment, user=opened.trainee, content=content, at=timezone.now())

    seconds_until_graded(check)
    quiet = max(seconds_until_graded(check), seconds_until_graded(submit))
    report = request_report(release=opened.release, by=opened.instructor, at=timezone.now())
    found = LabReport.objects.filter(pk=report.pk)
    wait_for(found.filter(status="running", stage="attacks").exists, 60, "the lab is being checked")
    began = time.monotonic()

    waited = [seconds_until_graded(send) for send in (check, submit)]

    is_still_checked = found.filter(status="running").exists()
    wait_for(found.filter(status="done").exists, 240, "the lab is checked")
    figures = {"places": places, "quiet_s": round(quiet, 2), "waited_s": [round(each, 2) for each in waited]}
    print(json.dumps({**figures, "lab_check_s": round(time.monotonic() - began, 1)}))
    assert is_still_checked, figures
