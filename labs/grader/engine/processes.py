"""Memory, CPU and files of a process and all its descendants, as the host sees them."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

PAGE_MB = os.sysconf("SC_PAGE_SIZE") / (1 << 20)
TICKS = os.sysconf("SC_CLK_TCK")
GOES_FIRST = "1000"


@dataclass(frozen=True)
class TreeUsage:
    """What a process tree uses at one moment."""

    memory_mb: float
    cpu_s: float


def usage_of_tree(pid: int, shared_mb: float = 0.0) -> TreeUsage:
    """Sum up memory and CPU seconds of a process tree; what each shares with its zygote (`shared_mb`) is left out."""
    memory = cpu = 0.0
    waiting = [pid]
    while waiting:
        current = waiting.pop()
        try:
            own = _own_mb(Path(f"/proc/{current}/status").read_text())
            fields = Path(f"/proc/{current}/stat").read_text().rpartition(")")[2].split()
            for task in os.listdir(f"/proc/{current}/task"):
                waiting += map(int, Path(f"/proc/{current}/task/{task}/children").read_text().split())
        except (OSError, ValueError, IndexError):
            continue
        memory += max(own - shared_mb, 0.0)
        # user, system, and both of children already waited for
        cpu += sum(int(value) for value in fields[11:15]) / TICKS
    return TreeUsage(memory, cpu)


def go_first(pid: int) -> None:
    """Let the kernel take this process and what it starts before any other when the machine has no memory left."""
    with contextlib.suppress(OSError):
        Path(f"/proc/{pid}/oom_score_adj").write_text(GOES_FIRST)


def _own_mb(status: str) -> float:
    """Memory of a process that is not a file's: its own pages and those it shares with its children."""
    fields = dict(line.split(":", 1) for line in status.splitlines() if line.startswith("Rss"))
    return sum(int(fields[name].split()[0]) for name in ("RssAnon", "RssShmem") if name in fields) / 1024


def host_pid(ancestor: int, inner: int) -> int | None:
    """Return our number of the process below `ancestor` that is called `inner` in the sandbox's own numbering."""
    waiting = [ancestor]
    while waiting:
        current = waiting.pop()
        try:
            names = Path(f"/proc/{current}/status").read_text().partition("NSpid:")[2].partition("\n")[0].split()
            if len(names) >= 2 and names[1] == str(inner):
                return current
            waiting += map(int, Path(f"/proc/{current}/task/{current}/children").read_text().split())
        except (OSError, ValueError):
            continue
    return None


def private_mb(pid: int) -> float:
    """Return the memory of one process that it does not share with files."""
    try:
        resident, shared = Path(f"/proc/{pid}/statm").read_text().split()[1:3]
    except (OSError, ValueError):
        return 0.0
    return (int(resident) - int(shared)) * PAGE_MB
