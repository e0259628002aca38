"""Counting a folder that its owner makes difficult."""

from __future__ import annotations

import os
from pathlib import Path

from hub_config.lab.chengxue_lab.counting import DEEPEST, TOO_DEEP, count
from hub_config.lab.chengxue_lab.inside import Inside


def test_links_are_not_followed_and_hard_links_count_once(tmp_path: Path) -> None:
    home, other = tmp_path / "home", tmp_path / "other"
    home.mkdir()
    other.mkdir()
    (other / "large").write_bytes(b"x" * (1 << 20))
    (home / "own").write_bytes(b"x" * (1 << 16))
    os.link(home / "own", home / "again")
    (home / "away").symlink_to(other)

    found = count(str(home), most=100)

    assert found.entries == 3
    assert 1 << 16 <= found.octets < 1 << 17


def test_the_largest_files_and_the_fullest_folders_come_first(tmp_path: Path) -> None:
    for number in range(8):
        (tmp_path / f"{number}").write_bytes(b"x" * (number << 14))
    (tmp_path / ".hidden/below").mkdir(parents=True)
    for number in range(20):
        (tmp_path / f".hidden/below/{number}").touch()

    found = count(str(tmp_path), most=1000, largest=3)

    assert [path for _, path in found.largest] == ["7", "6", "5"]
    assert found.fullest[0] == (20, ".hidden/below")


def test_a_home_of_too_many_files_is_not_counted_to_its_end(tmp_path: Path) -> None:
    for number in range(300):
        (tmp_path / f"{number}").touch()

    assert count(str(tmp_path), most=100).entries == 101


def test_a_folder_that_is_absurdly_deep_counts_as_full(tmp_path: Path) -> None:
    at = os.open(tmp_path, os.O_RDONLY)
    for _ in range(DEEPEST + 10):
        os.mkdir("d", dir_fd=at)
        below = os.open("d", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    os.close(at)

    found = count(str(tmp_path), most=10_000, largest=3)

    assert found.octets == TOO_DEEP
    assert [path for _, path in found.fullest] == ["d"]
    Inside(tmp_path).remove_folder(tmp_path / "d")
    assert count(str(tmp_path), most=10_000).entries == 0


def test_a_missing_folder_is_empty(tmp_path: Path) -> None:
    assert count(str(tmp_path / "none"), most=10).entries == 0
