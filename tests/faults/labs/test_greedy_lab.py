"""A lab takes all it can get while somebody else submits: portal, grader and worker go on as if it were not there."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from labs.grading.models import Grade
from tests.classroom import Classroom, solved
from tests.faults.hub.test_greedy_labs import LIMITS, Labs
from tests.faults.killing import Client, Household
from tests.hub_config import greedy
from tests.hub_config.local_hub import local_hub
from tests.running import wait_for

from .test_many_kills import is_quiet, running, tokens

__all__ = ["running", "tokens"]

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

NUMBER = 4
# On two busy cores a quiet submission takes up to two seconds.
LONGEST_S = 10


@pytest.fixture
def labs(environments: Path) -> Iterator[Labs]:
    """The labs of a culprit and of a neighbour."""
    with (
        tempfile.TemporaryDirectory(prefix="chengxue-hub-") as folder,
        local_hub(Path(folder), environments, more_environ=LIMITS) as hub,
    ):
        yield Labs(hub)


def test_submissions_are_received_and_graded_beside_it(
    running: Household,
    classroom: Classroom,
    tokens: list[str],
    labs: Labs,
) -> None:
    turns = [(tokens[0], f"key-{number}", solved(reflection=f"第 {number} 份")) for number in range(NUMBER)]
    client = Client(running.web_socket, str(classroom.assignment.uuid), turns, 2.0)
    for bomb in (greedy.MEMORY_BOMB, greedy.DISK_FILLER, greedy.FORK_BOMB):
        labs.begin(bomb)
    submitting = threading.Thread(target=client.run, args=(running.is_over.is_set,), daemon=True)
    submitting.start()

    slowest = labs.slowest_until(lambda: labs.told("memory") and labs.told("home") and labs.told("processes"), 60)
    submitting.join(60)
    wait_for(is_quiet, 60, "everything is graded")

    assert slowest < LONGEST_S
    assert len(client.receipts) == NUMBER
    assert max(receipt.seconds for receipt in client.receipts) < LONGEST_S
    assert Grade.objects.filter(submission__assignment=classroom.assignment).count() == NUMBER
    assert {name: kept.starts for name, kept in running.kept.items()} == {"grader": 1, "web": 1, "worker": 1}
