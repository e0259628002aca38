"""Control groups of version 2, on a folder that looks like one: what is written where, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from labs.grader.engine import cgroups

FILES = ("memory.max", "memory.swap.max", "memory.oom.group", "pids.max", "cgroup.procs", "cgroup.kill")


@pytest.fixture
def delegated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Yield a folder with the files of a delegated group; the kernel would make those of a new
    one, here a patch does."""
    for name, text in (("cgroup.controllers", "cpu memory pids"), ("cgroup.procs", ""), ("cgroup.subtree_control", "")):
        (tmp_path / name).write_text(text)
    made = Path.mkdir

    def mkdir(path: Path, mode: int = 0o777, parents: bool = False, exist_ok: bool = False) -> None:
        made(path, mode, parents, exist_ok)
        for name in FILES:
            (path / name).touch()

    written = cgroups.Group.write

    def write(group: cgroups.Group, name: str, value: str) -> None:
        if name == "cgroup.subtree_control":
            value = f"{(group.folder / name).read_text()} {value[1:]}".strip()
        written(group, name, value)

    monkeypatch.setattr(Path, "mkdir", mkdir)
    monkeypatch.setattr(cgroups.Group, "write", write)
    monkeypatch.setenv(cgroups.SETTING, str(tmp_path))
    cgroups.delegated.cache_clear()
    yield tmp_path
    cgroups.delegated.cache_clear()


def test_group_bounds_memory_swap_and_processes_together(delegated: Path) -> None:
    groups = cgroups.delegated()
    assert groups is not None

    group = groups.make(4242, 1024, 64)

    assert group is not None
    found = {name: (group.folder / name).read_text() for name in FILES}
    assert found["memory.max"] == str((1024 + cgroups.SLACK_MB) << 20)
    assert (found["memory.swap.max"], found["memory.oom.group"], found["pids.max"]) == ("0", "1", "64")
    assert found["cgroup.procs"] == "4242"


def test_group_says_whether_the_kernel_ended_something(tmp_path: Path) -> None:
    group = cgroups.Group(tmp_path, 2)

    assert not group.has_killed()
    (tmp_path / "memory.events").write_text("low 0\nmax 9\noom 1\noom_kill 0\n")
    assert not group.has_killed()
    (tmp_path / "memory.events").write_text("low 0\nmax 9\noom 1\noom_kill 1\n")
    assert group.has_killed()


def test_folder_without_the_memory_controller_is_no_delegation(delegated: Path) -> None:
    (delegated / "cgroup.controllers").write_text("cpu pids")

    assert cgroups.delegated() is None


def test_folder_whose_controllers_cannot_be_handed_on_is_no_delegation(
    delegated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cgroups.Group, "write", lambda *_: None)

    assert cgroups.delegated() is None


def test_nothing_named_and_no_group_of_its_own_is_no_delegation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(cgroups.SETTING, raising=False)
    monkeypatch.setattr(cgroups, "ROOT", Path("/nonexistent"))
    cgroups.delegated.cache_clear()

    assert cgroups.delegated() is None
    cgroups.delegated.cache_clear()
