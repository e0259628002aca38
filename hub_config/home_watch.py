"""Counts one person's home while its lab runs, and says when a program has to end because the home is full.

Counting is done aside, so that a home of many files does not keep the warden from looking at memory.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from hub_config.lab.chengxue_lab.counting import Count, count
from hub_config.machine import Bounds, DiskLevel
from hub_config.process_trees import Tree

# Counting takes at most an eighth of the time of one processor, and a hundredth for a home in which nothing works.
REST, IDLE_REST = 8, 100
WORKING_S, IDLE_S = 1.0, 20.0
# When the disk has just lost this much, homes that work are counted at once.
FALLEN_OCTETS, FALLEN_FILES = 64 << 20, 2000
# What a home may still take when the disk of the record is low.
LAST_OCTETS, LAST_FILES = 16 << 20, 500
GROWN_OCTETS, GROWN_FILES = 1 << 20, 20
# A home is open again when it is clearly below its limit.
OPEN_SHARE = 0.98


@dataclass
class DiskFall:
    """Notices that a disk loses room quickly, whoever takes it."""

    folder: Path
    octets: int = 0
    files: int = 0

    def is_falling(self) -> bool:
        """Compare with the last call."""
        found = os.statvfs(self.folder)
        octets, files = found.f_bfree * found.f_frsize, found.f_ffree
        is_falling = self.octets - octets > FALLEN_OCTETS or self.files - files > FALLEN_FILES
        self.octets, self.files = octets, files
        return is_falling


@dataclass
class HomeWatch:
    """The home of one lab that runs."""

    folders: tuple[Path, ...]
    bounds: Bounds
    counter: ThreadPoolExecutor
    is_full: bool = False
    used: Count | None = None
    _before_low_disk: Count | None = None
    _began: float = 0.0
    _took: float = 0.0
    _counted: float = float("-inf")
    _cpu: float = 0.0
    _cpu_of: dict[int, float] | None = None
    _pending: Future[Count] | None = None

    def look(self, programs: list[Tree], level: DiskLevel, *, is_falling: bool) -> list[Tree]:
        """Start or end a count when it is time, and return the programs that have to end."""
        if self._pending is None:
            if self._is_due(sum(program.cpu_s for program in programs), is_falling=is_falling):
                self._began = time.monotonic()
                self._pending = self.counter.submit(self._count)
            return []
        if not self._pending.done():
            return []
        pending, self._pending = self._pending, None
        self._counted = time.monotonic()
        found = pending.result() + Count(self._unlinked(programs))
        self._took = self._counted - self._began
        return self._judge(found, programs, level)

    def _is_due(self, cpu: float, *, is_falling: bool) -> bool:
        rested = time.monotonic() - self._counted
        is_working = cpu != self._cpu
        if is_working and is_falling:
            return rested >= self._took
        # The owner of a full home deletes, and waits for what that did.
        is_urgent = is_working or self.is_full
        due = rested >= (max(WORKING_S, REST * self._took) if is_urgent else max(IDLE_S, IDLE_REST * self._took))
        if due:
            self._cpu = cpu
        return due

    def _count(self) -> Count:
        found = Count()
        for folder in self.folders:
            found += count(str(folder), most=2 * self.bounds.home_files)
        return found

    def _unlinked(self, programs: list[Tree]) -> int:
        """Open files without a name are on the disk all the same."""
        with suppress(OSError):
            device = self.folders[0].stat().st_dev
            found: dict[int, int] = {}
            for program in programs:
                found |= program.unlinked(device)
            return sum(found.values())
        return 0

    def _judge(self, found: Count, programs: list[Tree], level: DiskLevel) -> list[Tree]:
        before, was_full = self.used, self.is_full
        if level < DiskLevel.HOMES:
            self._before_low_disk = None
        elif self._before_low_disk is None:
            self._before_low_disk = before or found
        self.used = found
        is_over = self._is_over(found)
        self.is_full = is_over or (was_full and self._is_near(found))
        cpu_of, self._cpu_of = self._cpu_of or {}, {program.root.pid: program.cpu_s for program in programs}
        if not is_over or not programs:
            return []
        if not was_full:
            return [max(programs, key=lambda program: program.cpu_s - cpu_of.get(program.root.pid, 0.0))]
        has_grown = before is not None and (
            found.octets > before.octets + GROWN_OCTETS or found.entries > before.entries + GROWN_FILES
        )
        return programs if has_grown else []

    def _is_over(self, found: Count) -> bool:
        if found.octets > self.bounds.home or found.entries > self.bounds.home_files:
            return True
        low = self._before_low_disk
        return low is not None and (found.octets > low.octets + LAST_OCTETS or found.entries > low.entries + LAST_FILES)

    def _is_near(self, found: Count) -> bool:
        return (
            found.octets > self.bounds.home * OPEN_SHARE
            or found.entries > self.bounds.home_files * OPEN_SHARE
            or self._before_low_disk is not None
        )
