"""Processes that are kept alive, and end with their parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import wait_for

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import signal, sys
from portal.serving.family import keep
def serve():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    while True:
        signal.pause()
sys.exit(keep(2, serve, 1))
"""


@pytest.fixture
def parent() -> Iterator[subprocess.Popen[bytes]]:
    """Yield a parent of two processes."""
    process = subprocess.Popen([sys.executable, "-c", PROGRAM], cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def children(process: subprocess.Popen[bytes]) -> set[int]:
    """Return the processes that it started."""
    return set(map(int, Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()))


def is_alive(pid: int) -> bool:
    """Return whether a process runs."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_process_that_ends_is_started_again(parent: subprocess.Popen[bytes]) -> None:
    first = wait_for(lambda: len(children(parent)) == 2 and children(parent), 30, "two processes")
    victim = min(first)
    os.kill(victim, signal.SIGKILL)

    now = wait_for(lambda: len(children(parent) - {victim}) == 2 and children(parent), 30, "another in its place")
    assert len(now & first) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_all_end_with_their_parent(parent: subprocess.Popen[bytes], number: int) -> None:
    began = wait_for(lambda: len(children(parent)) == 2 and children(parent), 30, "two processes")
    parent.send_signal(number)

    assert parent.wait(20) == (0 if number == signal.SIGTERM else -signal.SIGKILL)
    wait_for(lambda: not any(map(is_alive, began)), 20, "no process is left")
