"""Processes of the running system die without warning; people with an open Lab hardly notice."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.faults.trainee import Trainee, new_key, open_lab
from tests.running import Installation, wait_for

pytestmark = pytest.mark.slow

BACK_WITHIN_S = 15
GRADED_WITHIN_S = 120
RUNS_OF_SUBMISSION = """
import json
from labs.grading.models import GradingRun
runs = GradingRun.objects.filter(submission__uuid="{uuid}")
print(json.dumps([[run.status, run.results.count(), run.results.values("question").distinct().count()] for run in runs]))
"""
SET_ATTEMPTS = """
from labs.assignments.models import LabAssignment
print(LabAssignment.objects.earliest("pk").max_attempts)
LabAssignment.objects.update(max_attempts={attempts})
"""


def _ask(installation: Installation, code: str) -> Any:
    return json.loads(installation.manage("shell", "-v0", "-c", code).splitlines()[-1])


@pytest.fixture(scope="module")
def many_attempts(installation: Installation) -> Iterator[None]:
    """Room for as many submissions as these tests make."""
    usual = _ask(installation, SET_ATTEMPTS.format(attempts=1000))
    yield
    _ask(installation, SET_ATTEMPTS.format(attempts=usual))


@pytest.fixture
def trainee(sign_in: Callable[..., Page], installation: Installation, many_attempts: None) -> Trainee:
    """Return a trainee with an open Lab."""
    return open_lab(sign_in("zhou.min"), installation)


def _pid(installation: Installation, name: str) -> int:
    if name == "proxy":
        return int((installation.paths.runtime / "proxy.pid").read_text())
    return installation.process(name).pid


def _kill(installation: Installation, name: str) -> int:
    pid = _pid(installation, name)
    os.kill(pid, signal.SIGKILL)
    return pid


@pytest.mark.parametrize("name", ["hub", "proxy", "lab-api", "hub-api"])
def test_check_and_submit_work_again_in_the_lab_that_was_open(
    name: str, trainee: Trainee, installation: Installation
) -> None:
    assert trainee.checks()
    key = new_key()

    killed = _kill(installation, name)
    begun = time.monotonic()

    wait_for(lambda: not installation.problem(name), BACK_WITHIN_S, f"{name} answers")
    wait_for(trainee.checks, BACK_WITHIN_S - (time.monotonic() - begun), "the check works")
    wait_for(lambda: trainee.submits(key), BACK_WITHIN_S - (time.monotonic() - begun), "the submission works")
    assert _pid(installation, name) != killed


@pytest.mark.parametrize("name", ["worker", "grader"])
def test_a_submission_is_graded_once_when_its_grading_is_killed(
    name: str, trainee: Trainee, installation: Installation
) -> None:
    receipt = trainee.submit(new_key())
    wait_for(lambda: trainee.status(receipt["uuid"])["status"] != "queued", 30, "the grading has begun")

    killed = _kill(installation, name)

    def is_graded() -> bool:
        return trainee.status(receipt["uuid"])["status"] in ("graded", "needs_manual")

    wait_for(is_graded, GRADED_WITHIN_S, "the submission is graded")
    wait_for(lambda: _pid(installation, name) != killed, BACK_WITHIN_S, f"{name} is back")
    runs = _ask(installation, RUNS_OF_SUBMISSION.format(uuid=receipt["uuid"]))
    assert [status for status, _, _ in runs] == ["done"]
    assert all(results == questions > 0 for _, results, questions in runs)


def test_the_same_submission_sent_again_is_one_submission(trainee: Trainee) -> None:
    key = new_key()

    first, second = trainee.submit(key), trainee.submit(key)

    assert first["receipt"] == second["receipt"]
