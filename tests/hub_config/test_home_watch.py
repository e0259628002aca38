"""When a home counts as full, and which programs have to end for it."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hub_config.home_watch import HomeWatch
from hub_config.machine import Bounds, DiskLevel
from hub_config.process_trees import Process, Tree

BOUNDS = Bounds(memory=1 << 30, home=10 << 20, home_files=50, free_memory=1 << 30, free_disk=1 << 30)


def program(pid: int, cpu_s: float = 0.0) -> Tree:
    """Return a program that used this much of a processor."""
    process = Process(pid, 1, 0, cpu_s, 1)
    return Tree(process, (process,))


@pytest.fixture
def watch(tmp_path: Path) -> HomeWatch:
    """Return the watch of an empty home, which counts at once."""
    for name in ("home", "kernels"):
        (tmp_path / name).mkdir()
    return HomeWatch((tmp_path / "home", tmp_path / "kernels"), BOUNDS, ThreadPoolExecutor(1))


def looked(watch: HomeWatch, programs: list[Tree], level: DiskLevel = DiskLevel.OPEN) -> list[int]:
    """Count once and return which programs have to end."""
    watch._counted = float("-inf")
    assert watch.look(programs, level, is_falling=False) == []
    deadline = time.monotonic() + 5
    while watch._pending is not None and not watch._pending.done():
        assert time.monotonic() < deadline
    return [found.root.pid for found in watch.look(programs, level, is_falling=False)]


def fill(folder: Path, octets: int, name: str = "large") -> None:
    """Write a file that takes this room."""
    (folder / name).write_bytes(b"x" * octets)


def test_a_home_within_its_limits_is_left_alone(watch: HomeWatch) -> None:
    fill(watch.folders[0], 9 << 20)

    assert looked(watch, [program(7, 3.0)]) == []
    assert not watch.is_full
    assert watch.used is not None
    assert watch.used.octets >= 9 << 20


def test_the_program_that_worked_most_since_the_last_count_ends_first(watch: HomeWatch) -> None:
    looked(watch, [program(7, 90.0), program(8, 1.0)])
    fill(watch.folders[0], 11 << 20)

    assert looked(watch, [program(7, 90.1), program(8, 3.0)]) == [8]
    assert watch.is_full


def test_what_goes_on_growing_ends_every_program(watch: HomeWatch) -> None:
    fill(watch.folders[0], 11 << 20)
    looked(watch, [program(7), program(8, 1.0)])
    assert looked(watch, [program(7), program(9)]) == []

    fill(watch.folders[0], 3 << 20, "more")

    assert looked(watch, [program(7), program(9)]) == [7, 9]


def test_files_count_and_so_does_the_private_folder_of_a_kernel(watch: HomeWatch) -> None:
    for number in range(30):
        fill(watch.folders[0], 1, f"a{number}")
        fill(watch.folders[1], 1, f"b{number}")

    assert looked(watch, [program(7, 1.0)]) == [7]
    assert watch.is_full


def test_a_home_opens_again_when_it_is_clearly_below_its_limit(watch: HomeWatch) -> None:
    fill(watch.folders[0], 11 << 20)
    looked(watch, [program(7, 1.0)])
    fill(watch.folders[0], (10 << 20) - 8192)
    looked(watch, [])
    assert watch.is_full

    fill(watch.folders[0], 1 << 20)
    looked(watch, [])

    assert not watch.is_full


def test_a_home_that_was_full_before_a_restart_costs_nobody_a_kernel(watch: HomeWatch) -> None:
    watch.is_full = True
    fill(watch.folders[0], 11 << 20)

    assert looked(watch, [program(7, 1.0)]) == []
    assert watch.is_full


def test_on_a_low_disk_a_home_grows_by_a_little_and_no_more(watch: HomeWatch) -> None:
    bounds = Bounds(memory=1, home=1 << 40, home_files=10_000, free_memory=1, free_disk=1)
    watch.bounds = bounds
    looked(watch, [program(7, 1.0)], DiskLevel.HOMES)
    fill(watch.folders[0], 1 << 20)
    assert looked(watch, [program(7, 2.0)], DiskLevel.HOMES) == []
    assert not watch.is_full

    fill(watch.folders[0], 20 << 20, "more")

    assert looked(watch, [program(7, 3.0)], DiskLevel.HOMES) == [7]
    looked(watch, [], DiskLevel.OPEN)
    assert not watch.is_full
