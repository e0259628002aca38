"""Memory and CPU of a process and all its descendants, read from /proc."""

from __future__ import annotations

import os
from pathlib import Path

PAGE_MB = os.sysconf("SC_PAGE_SIZE") / (1 << 20)
TICKS = os.sysconf("SC_CLK_TCK")


def usage_of_tree(pid: int) -> tuple[float, float]:
    """Return (MB of private memory, CPU seconds) of a process tree; processes that end meanwhile count as none."""
    memory = cpu = 0.0
    waiting = [pid]
    while waiting:
        current = waiting.pop()
        try:
            resident, shared = Path(f"/proc/{current}/statm").read_text().split()[1:3]
            fields = Path(f"/proc/{current}/stat").read_text().rpartition(")")[2].split()
            for task in os.listdir(f"/proc/{current}/task"):
                waiting += map(
                    int,
                    Path(f"/proc/{current}/task/{task}/children").read_text().split(),
                )
        except (OSError, ValueError, IndexError):
            continue
        memory += (int(resident) - int(shared)) * PAGE_MB
        # user, system, and both of children already waited for
        cpu += sum(int(value) for value in fields[11:15]) / TICKS
    return memory, cpu
