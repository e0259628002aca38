"""A backup completes whatever a trainee made of a home, and says what it could not take."""

from __future__ import annotations

import json
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub_config.lab.chengxue_lab.removing import remove
from portal.installation import archive as archives
from portal.installation.archive import ArchiveWriter, extract, verify
from portal.installation.backup import backup
from portal.installation.paths import Paths
from portal.installation.walking import HOLES_MOST, LEVELS_MOST


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """Yield the home of one person, with a file; removed here, because pytest calls itself for each level."""
    home = tmp_path / "homes/u3"
    home.mkdir(parents=True)
    (home / "mine.txt").write_text("我的笔记")
    yield home
    assert remove(str(home))


def _archived(home: Path) -> tuple[ArchiveWriter, Path]:
    """Archive and restore; return the writer and the home that came back."""
    file, back = home.parents[1] / "all.tar", home.parents[1] / "back"
    writer = ArchiveWriter(file)
    writer.add_tree(home.parent, "homes")
    writer.close({})
    verify(file)
    back.mkdir()
    extract(file, back, keeps_owners=False)
    assert (back / "homes/u3/mine.txt").read_text() == "我的笔记"
    return writer, back / "homes/u3"


def _nest(folder: Path, depth: int) -> None:
    here = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)


def test_names_and_links_that_are_no_utf8_come_back(home: Path) -> None:
    odd = os.fsdecode(b"\xff.txt")
    (home / odd).write_text("odd")
    (home / os.fsdecode(b"folder\xfe\n")).mkdir()
    (home / os.fsdecode(b"folder\xfe\n") / "link").symlink_to(odd)

    writer, back = _archived(home)

    assert not writer.left_out.counts
    assert (back / odd).read_text() == "odd"
    assert os.readlink(back / os.fsdecode(b"folder\xfe\n") / "link") == odd


def test_folders_too_deep_are_left_out_and_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _nest(home, 1100)

    writer, back = _archived(home)

    assert writer.left_out.counts == {"homes/u3": 1}
    assert str(LEVELS_MOST) in capsys.readouterr().err
    assert (back / "/".join("d" * 100)).is_dir()


def test_sparse_files_take_no_more_than_a_bound_for_each_home(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(3):
        (home / f"small-{number}").touch()
        os.truncate(home / f"small-{number}", 1024)
    (home / "huge\x1b[2J").touch()
    os.truncate(home / "huge\x1b[2J", HOLES_MOST * 1024)

    writer, back = _archived(home)

    assert writer.left_out.counts == {"homes/u3": 1}
    said = capsys.readouterr().err
    assert "huge" in said
    assert "\x1b" not in said
    assert (back / "small-2").stat().st_size == 1024
    assert (home.parents[1] / "all.tar").stat().st_size < HOLES_MOST


def test_what_cannot_be_read_is_left_out_of_homes_alone(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "closed").touch()
    really = os.open

    def opened(path: str, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if path == "closed":
            raise PermissionError(13, "Permission denied", path)
        return really(path, flags, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", opened)
    writer, back = _archived(home)
    assert writer.left_out.counts == {"homes/u3": 1}
    assert not (back / "closed").exists()

    writer = ArchiveWriter(home.parents[1] / "other.tar")
    with pytest.raises(PermissionError):
        writer.add_tree(home, "secrets")
    writer.close({})


def test_a_moment_that_no_system_sets_does_not_stop_the_restoring(home: Path) -> None:
    os.utime(home / "mine.txt", (-(2**40), -(2**40)))

    _archived(home)


def test_the_last_line_counts_what_is_missing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = Paths.from_environment({"VAR_DIR": str(home.parents[1])})
    paths.database_file.parent.mkdir()
    paths.database_file.touch()
    _nest(home, 300)
    file = home.parents[1] / "all.tar"

    assert backup(paths, file) == 0

    assert "1" in capsys.readouterr().err.splitlines()[-1]
    assert verify(file)["about"]["left_out"] == "1"


def test_an_archive_of_before_is_restored(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its list was written in UTF-8."""
    written = json.dumps
    monkeypatch.setattr(archives.json, "dumps", lambda body, **words: written(body, ensure_ascii=False, **words))
    (home / "课件").touch()

    _writer, back = _archived(home)

    assert (back / "课件").exists()
    with tarfile.open(home.parents[1] / "all.tar") as tar:
        listed = tar.extractfile(archives.MANIFEST)
        assert listed is not None
        assert "课件".encode() in listed.read()
