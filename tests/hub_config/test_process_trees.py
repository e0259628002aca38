"""What the warden reads about processes, from real ones."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hub_config.process_trees import end_exactly, snapshot, tree_of

# A parent with two children that share 40 MB, and a file of 2 MB that has no name any more.
CODE = """
import os, sys, time
held = bytearray(os.urandom(1 << 20) * 40)
for _ in range(2):
    if os.fork() == 0:
        time.sleep(600)
file = open(sys.argv[1], "wb")
os.unlink(sys.argv[1])
file.write(b"x" * (2 << 20))
file.flush()
print("ready", flush=True)
time.sleep(600)
"""


@pytest.fixture
def family(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Yield the parent, whose children are there too."""
    command = [sys.executable, "-c", CODE, str(tmp_path / "file")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        tree = tree_of(snapshot(), process.pid)
        assert tree is not None
        yield process
        for one in tree.all:
            end_exactly(one)


def test_shared_memory_is_counted_once_where_it_matters(family: subprocess.Popen[str], tmp_path: Path) -> None:
    tree = tree_of(snapshot(), family.pid)

    assert tree is not None
    assert len(tree.all) == 3
    assert tree.memory() > 110 << 20
    assert 40 << 20 < tree.exact_memory() < 80 << 20
    # The test runner hands down an empty file of its own.
    assert sum(tree.unlinked(tmp_path.stat().st_dev).values()) == 2 << 20


def test_a_number_that_another_process_got_since_is_not_ended(family: subprocess.Popen[str]) -> None:
    tree = tree_of(snapshot(), family.pid)
    assert tree is not None

    end_exactly(replace(tree.root, started=tree.root.started + 1))
    time.sleep(0.2)
    assert family.poll() is None

    end_exactly(tree.root)
    assert family.wait(10) == -9


def test_who_is_gone_has_no_tree() -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()

    assert tree_of(snapshot(), gone.pid) is None
