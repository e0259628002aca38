"""Memory, CPU and files of a process and all its descendants, as the host sees them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

PAGE_MB = os.sysconf("SC_PAGE_SIZE") / (1 << 20)
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class TreeUsage:
    """What a process tree uses at one moment; `newest` is a process deep inside it."""

    memory_mb: float
    cpu_s: float
    newest: int


def usage_of_tree(pid: int) -> TreeUsage:
    """Sum up private memory and CPU seconds of a process tree; processes that end meanwhile count as none."""
    memory = cpu = 0.0
    newest = pid
    waiting = [pid]
    while waiting:
        current = waiting.pop()
        try:
            resident, shared = Path(f"/proc/{current}/statm").read_text().split()[1:3]
            fields = Path(f"/proc/{current}/stat").read_text().rpartition(")")[2].split()
            for task in os.listdir(f"/proc/{current}/task"):
                waiting += map(int, Path(f"/proc/{current}/task/{task}/children").read_text().split())
        except (OSError, ValueError, IndexError):
            continue
        newest = current
        memory += (int(resident) - int(shared)) * PAGE_MB
        # user, system, and both of children already waited for
        cpu += sum(int(value) for value in fields[11:15]) / TICKS
    return TreeUsage(memory, cpu, newest)


def files_under(pid: int, folders: Iterable[str]) -> int:
    """Count the files on the small file systems that a sandboxed process writes to; empty files need no space there."""
    count = 0
    root = f"/proc/{pid}/root"
    for folder in folders:
        try:
            # Before a sandbox stands, and after it fell, the same paths would lead to the host's own folders.
            if os.stat(root).st_dev == os.stat("/").st_dev:
                return 0
            status = os.statvfs(root + folder)
        except OSError:
            continue
        count += status.f_files - status.f_ffree
    return count
