"""Counting a folder that its owner makes difficult."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from hub_config.lab.chengxue_lab import counting
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


def test_a_folder_that_its_owner_closed_is_counted_all_the_same(tmp_path: Path) -> None:
    code = "import sys; sys.path.append(sys.argv[2]); from counting import count; print(count(sys.argv[1], most=9).entries)"
    uid = 20_001 if os.geteuid() == 0 else os.geteuid()
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        home = Path(folder, "home")
        shutil.copy(counting.__file__, folder)  # another user may not see the checkout
        for name in ("closed", "unsearchable"):
            (home / name / "below").mkdir(parents=True)
            (home / name / "below/file").touch()
        for path in (Path(folder), home, *home.rglob("*")):
            os.chown(path, uid, uid)
        (home / "closed").chmod(0)
        (home / "unsearchable").chmod(0o600)
        counted = subprocess.run(
            ["/usr/bin/python3", "-Ic", code, str(home), folder], capture_output=True, text=True, check=False, user=uid
        )
        for name in ("closed", "unsearchable"):
            (home / name).chmod(0o700)

    assert counted.stdout.strip() == "6", counted.stderr


def test_a_missing_folder_is_empty(tmp_path: Path) -> None:
    assert count(str(tmp_path / "none"), most=10).entries == 0
