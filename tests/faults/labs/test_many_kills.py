"""Processes die at random while many submit: every receipt has its bytes and exactly one grade, the right one.

CHENGXUE_KILLS and CHENGXUE_SUBMISSIONS set the size: 100 and 300 for the full proof, fewer by default.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as project_settings
from django.core.cache import cache
from django.utils import timezone

from courses.learning.actions import enroll
from labs.assignments.storing import read_stored
from labs.grading.actions import request_regrade
from labs.grading.models import Grade, GradingRun, Submission
from labs.grading.queries import standing
from tests.classroom import Classroom, open_now, solved
from tests.fake_hub import FakeHub
from tests.faults.killing import Client, Household, on_this_database
from tests.running import wait_for

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

KILLS = int(os.environ.get("CHENGXUE_KILLS", "12"))
SUBMISSIONS = int(os.environ.get("CHENGXUE_SUBMISSIONS", "40"))
SEED = int(os.environ.get("CHENGXUE_SEED", "20261124"))
CLIENTS = 8
EACH = 5
"""Submissions of one person: fewer than a minute allows."""
LEASE_S = 3.0
PAUSE_S = (0.2, 3.0)
GRADED_WITHIN_S = 90 + 2 * KILLS


@pytest.fixture
def tokens(classroom: Classroom, fake_hub: FakeHub) -> list[str]:
    """Tokens of as many trainees as the submissions need."""
    cache.clear()
    open_now(classroom.assignment)
    found = []
    for number in range(-(-SUBMISSIONS // EACH)):
        person = classroom.world.person(f"person.{number}", f"学员{number}", classroom.world.department_b)
        enroll(user=person, run=classroom.run, by=person, at=classroom.place.enrolled_at)
        found.append(fake_hub.give(person.hub_username, f"token-{number}-" + "t" * 24))
    return found


@pytest.fixture
def running(classroom: Classroom, fake_hub: FakeHub, lab_environment: Path) -> Iterator[Household]:
    """Web, worker and grader on this test's database."""
    with on_this_database(lab_environment, lease_s=LEASE_S, hub=project_settings.HUB_SOCKET) as processes:
        yield processes


def clients(running: Household, classroom: Classroom, tokens: list[str]) -> list[Client]:
    """Eight clients, who share the submissions; no two notebooks are the same."""
    # As long as the killing lasts, so that it meets gradings.
    pause = KILLS * sum(PAUSE_S) / 2 / (SUBMISSIONS / CLIENTS)
    made = [Client(running.web_socket, str(classroom.assignment.uuid), [], pause) for _ in range(CLIENTS)]
    for number in range(SUBMISSIONS):
        turn = (tokens[number // EACH], f"key-{number}", solved(reflection=f"第 {number} 份"))
        made[(number // EACH) % CLIENTS].turns.append(turn)
    return made


def is_quiet() -> bool:
    """Return whether nothing waits or runs."""
    return not GradingRun.objects.filter(status__in=("queued", "running")).exists()


def test_nothing_is_lost_and_nothing_is_graded_twice(
    running: Household, classroom: Classroom, tokens: list[str]
) -> None:
    chance = random.Random(SEED)
    began = time.monotonic()
    people = clients(running, classroom, tokens)
    threads = [threading.Thread(target=one.run, args=(running.is_over.is_set,), daemon=True) for one in people]
    killer = threading.Thread(
        target=running.kill_some, args=(KILLS,), kwargs={"chance": chance, "pause": PAUSE_S}, daemon=True
    )
    for thread in (*threads, killer):
        thread.start()
    for thread in (killer, *threads):
        thread.join(600 + 5 * KILLS)
    wait_for(is_quiet, GRADED_WITHIN_S, "everything is graded or handed to a person")

    receipts = [receipt for one in people for receipt in one.receipts]
    set_aside = check_that_ungraded_ones_say_so(classroom)
    wait_for(is_quiet, GRADED_WITHIN_S, "what a person sent again is graded")

    figures = {
        "seed": SEED, "kills": dict(running.kills), "submissions": len(receipts), "tries": sum(one.tries for one in people),
        "needed_a_person": set_aside, "seconds": round(time.monotonic() - began, 1),
        "attempts": dict(Counter(GradingRun.objects.values_list("attempts", flat=True))),
        "slowest_receipt_s": round(max(receipt.seconds for receipt in receipts), 1),
    }  # fmt: skip
    print(json.dumps(figures, ensure_ascii=False))
    assert sum(running.kills.values()) == KILLS
    assert len(receipts) == SUBMISSIONS == Submission.objects.count()
    assert len({receipt.document["receipt"] for receipt in receipts}) == SUBMISSIONS
    for receipt in receipts:
        submission = Submission.objects.get(uuid=receipt.document["uuid"])
        assert read_stored("submissions", submission.path) == receipt.content
        assert submission.sha256 == receipt.document["sha256"] == hashlib.sha256(receipt.content).hexdigest()
    check_grades(set_aside)


def check_that_ungraded_ones_say_so(classroom: Classroom) -> int:
    """Return a run that was hit three times is no zero: it says so, and a person sends it again."""
    lost = list(Submission.objects.filter(runs__status="needs_person").select_related("assignment"))
    for submission in lost:
        assert (standing(submission).status, standing(submission).score) == ("failed", None)
        request_regrade(submission=submission, by=classroom.instructor, at=timezone.now())
    return len(lost)


def check_grades(set_aside: int) -> None:
    """One grade each, of one run each, with the right points."""
    assert Grade.objects.count() == SUBMISSIONS
    assert Grade.objects.current().values("submission").distinct().count() == SUBMISSIONS
    assert set(Grade.objects.values_list("score", "max_score", "is_complete")) == {(600, 1000, False)}
    assert GradingRun.objects.filter(status="done").count() == SUBMISSIONS
    assert GradingRun.objects.count() == SUBMISSIONS + set_aside
    for run in GradingRun.objects.filter(status="done").prefetch_related("results"):
        assert sorted(result.verdict for result in run.results.all()) == ["manual", "passed"]
