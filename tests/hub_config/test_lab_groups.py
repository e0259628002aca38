"""Control groups of labs, with the kernel's own where this machine lets us make some."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub_config.lab_groups import LabGroups

FIRST = Path("/sys/fs/cgroup/memory")
HOLDS = "import sys; sys.stdin.read(1); held = bytearray(400 << 20); sys.stdout.write(str(len(held)))"


@pytest.fixture
def folder() -> Iterator[Path]:
    """Yield a group of version 1 that is ours."""
    made = FIRST / f"chengxue-test-{os.getpid()}"
    try:
        made.mkdir()
    except OSError as problem:
        pytest.skip(f"no control group of memory can be made here: {problem}")
    yield made
    for place in (made / "labs", made):
        if place.exists():
            place.rmdir()


def test_the_kernel_ends_what_outgrows_its_group_and_it_is_noticed_once(folder: Path) -> None:
    groups = LabGroups.delegated(str(folder))
    assert groups is not None
    with subprocess.Popen([sys.executable, "-c", HOLDS], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        groups.place("u3", [process.pid], 64 << 20)
        said, _ = process.communicate(b"x", timeout=60)

    assert (process.returncode, said) == (-9, b"")
    assert groups.has_killed("u3")
    assert not groups.has_killed("u3")
    groups.forget("u3")
    assert not (folder / "labs/u3").exists()


def test_a_folder_that_is_no_control_group_is_left_alone(tmp_path: Path) -> None:
    assert LabGroups.delegated("") is None
    assert LabGroups.delegated(str(tmp_path)) is None
    assert LabGroups.delegated(str(tmp_path / "missing")) is None
