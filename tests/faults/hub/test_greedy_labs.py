"""A lab that takes all it can get: it is ended and told, and nobody else notices."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from hub_config.lab.chengxue_lab.counting import count
from tests.hub_config import greedy
from tests.hub_config.local_hub import LocalHub, local_hub

pytestmark = pytest.mark.slow

HOME_MB, HOME_FILES, MEMORY_MB = 300, 4000, 700
LIMITS = {"LAB_MEMORY_MB": str(MEMORY_MB), "LAB_HOME_MB": str(HOME_MB), "LAB_HOME_FILES": str(HOME_FILES)}


class Labs:
    """The labs of a culprit and of a neighbor, and what the neighbor and the hub answered meanwhile."""

    def __init__(self, hub: LocalHub) -> None:
        self.hub = hub
        self.tokens = {}
        for user in ("u3", "u4"):
            hub.spawn(user)
            self.tokens[user] = hub.token_of(user)

    def call(self, user: str, method: str, path: str, **options: Any) -> httpx.Response:
        """Return what a lab answers."""
        headers = {"Authorization": f"token {self.tokens[user]}"}
        return httpx.request(method, f"{self.hub.server(user)}{path}", headers=headers, timeout=20, **options)

    def room(self, user: str) -> dict[str, Any]:
        """Return what the bar of a lab is told."""
        found: dict[str, Any] = self.call(user, "GET", "chengxue/room?no_track_activity=1").json()
        return found

    def begin(self, code: str) -> None:
        """Have the culprit begin, in a kernel of its own."""
        self.hub.run("u3", self.tokens["u3"], "", "begin", code)

    def told(self, kind: str) -> bool:
        """Return whether the culprit was told."""
        return kind in [note["kind"] for note in self.room("u3").get("notes", [])]

    def slowest_until(self, met: Callable[[], Any], seconds: float) -> float:
        """Ask hub and neighbor until `met`, and return the longest that either took to answer."""
        slowest, deadline = 0.0, time.monotonic() + seconds
        while not met():
            assert time.monotonic() < deadline, json.dumps(self.room("u3"))
            began = time.monotonic()
            assert self.call("u4", "GET", "api/status").status_code == 200
            between = time.monotonic()
            assert self.hub.call("GET", "users/u4").status_code == 200
            slowest = max(slowest, between - began, time.monotonic() - between)
            time.sleep(0.1)
        return slowest

    def tidy(self) -> None:
        """Begin anew: no kernel, an empty home, nothing told."""
        for kernel in self.call("u3", "GET", "api/kernels").json():
            self.call("u3", "DELETE", f"api/kernels/{kernel['id']}")
        for entry in (self.hub.var / "homes/u3").iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


@pytest.fixture(scope="module")
def hub(environments: Path) -> Iterator[LocalHub]:
    """Yield a hub with small limits."""
    with (
        tempfile.TemporaryDirectory(prefix="chengxue-hub-") as folder,
        local_hub(Path(folder), environments, more_environ=LIMITS) as hub,
    ):
        yield hub


@pytest.fixture(scope="module")
def both(hub: LocalHub) -> Labs:
    """Both labs."""
    return Labs(hub)


@pytest.fixture
def labs(both: Labs) -> Iterator[Labs]:
    """Both labs, the culprit's tidied afterwards."""
    yield both
    both.tidy()
    both.hub.wait_until(lambda: not both.room("u3")["home"]["is_full"], 70, "the home has room again")


def used(hub: LocalHub) -> Any:
    """Return what the culprit's home holds."""
    return count(str(hub.var / "homes/u3"), most=1_000_000)


def test_a_memory_bomb_is_ended_and_told(labs: Labs) -> None:
    labs.begin(greedy.MEMORY_BOMB)

    slowest = labs.slowest_until(lambda: labs.told("memory"), 30)

    assert slowest < 5
    labs.hub.wait_until(lambda: labs.room("u3")["memory"]["used"] < MEMORY_MB << 20, 15, "its memory is back")
    assert labs.hub.run("u4", labs.tokens["u4"], "print(6 * 7)").strip() == "42"


def test_a_fork_bomb_is_ended_and_told(labs: Labs) -> None:
    labs.begin(greedy.FORK_BOMB)

    slowest = labs.slowest_until(lambda: labs.told("processes"), 30)

    assert slowest < 5


@pytest.mark.parametrize("filler", ["DISK_FILLER", "UNLINKED_FILLER"])
def test_a_disk_filler_is_ended_and_told_and_its_lab_opens_to_delete(labs: Labs, filler: str) -> None:
    before = sum(note["kind"] == "home" for note in labs.room("u3")["notes"])
    labs.begin(getattr(greedy, filler))

    def is_told() -> bool:
        return sum(note["kind"] == "home" for note in labs.room("u3")["notes"]) > before

    assert labs.slowest_until(is_told, 30) < 5

    first = used(labs.hub).octets
    time.sleep(2)
    assert used(labs.hub).octets <= first
    # What a fast disk takes within the second before it was noticed.
    assert first < (HOME_MB << 20) + (3 << 30)


def test_an_inode_filler_is_ended_and_told(labs: Labs) -> None:
    before = sum(note["kind"] == "home" for note in labs.room("u3")["notes"])
    labs.begin(greedy.INODE_FILLER)

    labs.slowest_until(lambda: sum(note["kind"] == "home" for note in labs.room("u3")["notes"]) > before, 30)

    first = used(labs.hub).entries
    time.sleep(2)
    assert used(labs.hub).entries <= first < 400_000
