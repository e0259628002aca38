"""What a trainee's program leaves is removed, however it is made, and nothing beside it."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub_config.lab.chengxue_lab import removing
from hub_config.lab.chengxue_lab.removing import remove


def nest(folder: Path, depth: int) -> None:
    """Make folders inside each other, deeper than any path can say."""
    here = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d" * 20, dir_fd=here)
        below = os.open("d" * 20, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)


@pytest.fixture
def left(tmp_path: Path) -> Iterator[Path]:
    """Yield a folder that a program left; goes away also when a test fails, so that pytest can clear up."""
    folder = tmp_path / "left"
    folder.mkdir()
    yield folder
    assert remove(str(folder))


def test_folders_deeper_than_recursion_paths_and_descriptors_go_away(left: Path) -> None:
    nest(left, 1500)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    try:
        assert remove(str(left))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    assert not left.exists()


def test_folders_that_are_closed_to_their_owner_go_away(left: Path) -> None:
    (left / "a/b/c").mkdir(parents=True)
    (left / "a/b/c/file").touch()
    for closed in ("a/b/c", "a/b", "a", "."):
        (left / closed).chmod(0)

    assert remove(str(left))
    assert not left.exists()


def test_links_are_removed_and_not_followed(left: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir(mode=0o750)
    (kept / "file").touch()
    (left / "in").mkdir()
    (left / "in/link").symlink_to(kept)
    (left / "link").symlink_to(kept)
    beside = tmp_path / "beside"
    beside.symlink_to(kept)

    assert remove(str(left))
    assert remove(str(beside))

    assert (kept / "file").exists()
    assert kept.stat().st_mode & 0o777 == 0o750
    assert not beside.is_symlink()


def test_odd_names_files_and_what_is_not_there(left: Path) -> None:
    os.mkfifo(left / "pipe")
    (left / os.fsdecode(b"\xff")).mkdir()
    Path(os.fsdecode(os.fsencode(left) + b"/\xff/\xfe.txt")).touch()

    assert remove(str(left))
    assert remove(str(left))


def test_a_failure_is_logged_and_raises_nothing(
    left: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> int:
        raise RecursionError

    with monkeypatch.context() as patched:
        patched.setattr(removing, "_empty", fail)
        assert not remove(str(left))

    assert "RecursionError" in capsys.readouterr().err
