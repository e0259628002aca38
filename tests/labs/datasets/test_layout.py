"""Released data on disk: complete or absent, read-only, found out when changed."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from labs.datasets.layout import lay_out_folder, problems_of
from tests.laying import described, lay_out

TABLE = b"SystemCodeNumber,Capacity,Occupancy,LastUpdated\nBHM1,577,61,2016-10-04 07:59:42\nBHM1,577,64,2016-10-04 08:25:42\n"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return what a build left behind."""
    folder = tmp_path / "build"
    folder.mkdir()
    (folder / "a.csv").write_bytes(TABLE)
    return folder


def test_files_are_read_only_and_readable_by_every_lab(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "datasets", "parking", 1, {"parking.csv": TABLE})

    assert stat.S_IMODE(folder.stat().st_mode) == 0o555
    assert stat.S_IMODE((folder / "parking.csv").stat().st_mode) == 0o444
    assert stat.S_IMODE(folder.parent.stat().st_mode) & 0o055 == 0o055
    assert [path.name for path in folder.parent.iterdir()] == ["1"]


def test_a_change_a_loss_and_an_addition_are_found_out(tmp_path: Path) -> None:
    contents = {"a.csv": b"1", "b.csv": b"2"}
    folder = lay_out(tmp_path / "datasets", "parking", 1, contents)
    files = described(contents)
    before = problems_of(folder, files)
    folder.chmod(0o755)
    (folder / "a.csv").chmod(0o644)
    (folder / "a.csv").write_bytes(b"3")
    (folder / "b.csv").unlink()
    (folder / "c.csv").write_bytes(b"")

    assert not before
    assert len(problems_of(folder, files)) == 3


def test_a_crash_leaves_nothing(tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError("power")

    monkeypatch.setattr("portal.durable.os.fsync", fail)

    with pytest.raises(OSError, match="power"):
        lay_out_folder(tmp_path / "datasets", "parking", 1, source, described({"a.csv": TABLE}))

    assert list((tmp_path / "datasets" / "parking").iterdir()) == []
    assert (source / "a.csv").read_bytes() == TABLE


def test_what_a_crash_left_is_replaced_unless_it_is_whole(tmp_path: Path, source: Path) -> None:
    left = lay_out(tmp_path / "datasets", "parking", 1, {"a.csv": b"half"})

    folder = lay_out_folder(tmp_path / "datasets", "parking", 1, source, described({"a.csv": TABLE}))

    assert folder == left
    assert problems_of(folder, described({"a.csv": TABLE})) == []


def test_a_folder_is_laid_out_without_copying_and_taken_over_when_it_is_whole(tmp_path: Path, source: Path) -> None:
    files = described({"a.csv": TABLE})
    first = lay_out_folder(tmp_path / "datasets", "parking", 1, source, files)
    inode = (first / "a.csv").stat().st_ino
    again = lay_out_folder(tmp_path / "datasets", "parking", 1, source, files)

    assert inode == (source / "a.csv").stat().st_ino == (again / "a.csv").stat().st_ino
    assert not problems_of(again, files)
