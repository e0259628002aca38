"""Memory and number of processes of each submission bounded by the kernel, in control groups delegated to us.

Where no group is delegated, rlimits bound every process and the watcher sums them up; the doctor and the log say so.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
SETTING = "CHENGXUE_CGROUP"
OWN = "grader"
# A task's limit on address space comes first and can be caught; the group's stands behind it, for all processes.
SLACK_MB = 64
REMOVING_SECONDS = 0.5
numbers = itertools.count(1)


@dataclass(frozen=True)
class Groups:
    """A folder of control groups in which we may make our own; version 2, or 1 where it is named."""

    folder: Path
    version: int

    def make(self, pid: int, memory_mb: int, processes: int) -> Group | None:
        """Put a process into a new group; None when the kernel does not let us, and then rlimits have to do."""
        group = Group(self.folder / f"submission-{os.getpid()}-{next(numbers)}", self.version)
        size = str((memory_mb + SLACK_MB) << 20)
        try:
            group.folder.mkdir()
            group.write("memory.max" if self.version > 1 else "memory.limit_in_bytes", size)
            wishes = {"memory.swap.max": "0", "memory.oom.group": "1", "pids.max": str(processes)}
            for name, value in (wishes if self.version > 1 else {"memory.memsw.limit_in_bytes": size}).items():
                with contextlib.suppress(OSError):
                    group.write(name, value)
            group.write("cgroup.procs", str(pid))
        except OSError:
            group.close()
            return None
        return group


@dataclass(frozen=True)
class Group:
    """The control group of one process of a submission."""

    folder: Path
    version: int

    def write(self, name: str, value: str) -> None:
        """Set one of the group's files; a missing one is never made. Raises OSError."""
        with (self.folder / name).open("r+") as file:
            file.write(value)

    def has_killed(self) -> bool:
        """Tell whether the kernel ended something here because memory ran out."""
        name = "memory.events" if self.version > 1 else "memory.oom_control"
        try:
            lines = (self.folder / name).read_text().splitlines()
        except OSError:
            return False
        return any(line.startswith("oom_kill ") and line.split()[1] != "0" for line in lines)

    def close(self) -> None:
        """Remove the group; its processes have been ended, but may take a moment to be gone."""
        with contextlib.suppress(OSError):
            self.write("cgroup.kill", "1")
        deadline = time.monotonic() + REMOVING_SECONDS
        while True:
            try:
                self.folder.rmdir()
            except FileNotFoundError:
                return
            except OSError:
                if time.monotonic() > deadline:
                    return
                time.sleep(0.005)
            else:
                return


@cache
def delegated() -> Groups | None:
    """Find the groups that were delegated to this process: named by a setting, else its own of version 2."""
    named = os.environ.get(SETTING)
    if named:
        folder = Path(named)
        if (folder / "memory.limit_in_bytes").exists():
            return Groups(folder, 1) if os.access(folder, os.W_OK) else None
        return _prepared(folder)
    with contextlib.suppress(OSError, StopIteration):
        lines = Path("/proc/self/cgroup").read_text().splitlines()
        own = next(line[3:] for line in lines if line.startswith("0::"))
        return _prepared(ROOT / own.lstrip("/")) if own != "/" else None
    return None


def _prepared(folder: Path) -> Groups | None:
    """Ready a folder of version 2 for groups below it: processes of its own move into one of them."""
    try:
        if "memory" not in (folder / "cgroup.controllers").read_text().split() or not os.access(folder, os.W_OK):
            return None
        own = Group(folder / OWN, 2)
        own.folder.mkdir(exist_ok=True)
        for pid in (folder / "cgroup.procs").read_text().split():
            own.write("cgroup.procs", pid)
        for controller in ("+memory", "+pids"):
            with contextlib.suppress(OSError):
                Group(folder, 2).write("cgroup.subtree_control", controller)
        if "memory" not in (folder / "cgroup.subtree_control").read_text().split():
            return None
    except OSError:
        return None
    return Groups(folder, 2)
