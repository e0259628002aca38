"""The processes of labs as the host sees them, read at one moment. Only the standard library is used."""

from __future__ import annotations

import os
import signal
import stat
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
TEMPORARY = ("tmp", "dev/shm")
# What the kernel keeps of each file in memory besides its content.
OF_A_FILE = 1024
SPENT = ("RssAnon:", "RssShmem:")
SHARED_OUT = ("Pss_Anon:", "Pss_Shmem:")


@dataclass(frozen=True)
class Process:
    """One process; number and start name it for good."""

    pid: int
    parent: int
    started: int
    cpu_s: float
    threads: int


@dataclass(frozen=True)
class Tree:
    """A process and all that it started."""

    root: Process
    all: tuple[Process, ...]

    @property
    def cpu_s(self) -> float:
        """Seconds of processors, those of ended children included."""
        return sum(process.cpu_s for process in self.all)

    @property
    def threads(self) -> int:
        """Processes and threads, which is what the limit on processes counts."""
        return sum(process.threads for process in self.all)

    def memory(self) -> int:
        """Octets that are no file's, where shared ones count for each; quick, and never too little."""
        return sum(_sum_of(process.pid, "status", SPENT) for process in self.all)

    def exact_memory(self) -> int:
        """Octets that are no file's, where shared ones are shared out. It takes milliseconds for each gigabyte."""
        return sum(_sum_of(process.pid, "smaps_rollup", SHARED_OUT) for process in self.all)

    def temporary(self) -> int:
        """Octets in the folders that are memory: each sandbox has its own."""
        at = PROC / str(self.all[-1].pid) / "root"
        found = 0
        for name in TEMPORARY:
            with suppress(OSError):
                # Before its sandbox stands a program sees the machine's own folders.
                if (at / name).stat().st_dev == Path("/", name).stat().st_dev:
                    continue
                used = os.statvfs(at / name)
                found += (used.f_blocks - used.f_bfree) * used.f_frsize + (used.f_files - used.f_ffree) * OF_A_FILE
        return found

    def unlinked(self, device: int) -> dict[int, int]:
        """Octets of open files of a disk that no folder names any more, by inode."""
        found = {}
        for process in self.all:
            with suppress(OSError), os.scandir(PROC / str(process.pid) / "fd") as entries:
                for entry in entries:
                    with suppress(OSError):
                        info = entry.stat()
                        if info.st_nlink == 0 and info.st_dev == device and stat.S_ISREG(info.st_mode):
                            found[info.st_ino] = info.st_blocks * 512
        return found

    def end(self) -> None:
        """End the sandbox: its first process takes all others in it along."""
        first = next((process for process in self.all if process.parent == self.root.pid), self.root)
        end_exactly(first)


def snapshot() -> dict[int, Process]:
    """Return every process of the machine."""
    found = {}
    for name in os.listdir(PROC):
        if name.isdigit() and (process := _read(int(name))) is not None:
            found[process.pid] = process
    return found


def trees_below(processes: dict[int, Process], pid: int) -> list[Tree]:
    """Return one tree for each child of a process."""
    children: dict[int, list[Process]] = defaultdict(list)
    for process in processes.values():
        children[process.parent].append(process)
    return [Tree(child, tuple(_walk(child, children))) for child in children[pid]]


def tree_of(processes: dict[int, Process], pid: int) -> Tree | None:
    """Return a process with all below it, where it runs."""
    if pid not in processes:
        return None
    below = [process for tree in trees_below(processes, pid) for process in tree.all]
    return Tree(processes[pid], (processes[pid], *below))


def end_exactly(process: Process) -> None:
    """End this process, and never another that got its number since."""
    with suppress(OSError):
        handle = os.pidfd_open(process.pid)
        try:
            now = _read(process.pid)
            if now is not None and now.started == process.started:
                signal.pidfd_send_signal(handle, signal.SIGKILL)
        finally:
            os.close(handle)


def _walk(process: Process, children: dict[int, list[Process]]) -> Iterator[Process]:
    waiting = [process]
    while waiting:
        current = waiting.pop()
        yield current
        waiting += children[current.pid]


def _read(pid: int) -> Process | None:
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return None
    if fields[0] in ("Z", "X"):
        return None
    cpu = sum(int(value) for value in fields[11:15]) / TICKS
    return Process(pid, int(fields[1]), int(fields[19]), cpu, int(fields[17]))


def _sum_of(pid: int, file: str, names: tuple[str, ...]) -> int:
    try:
        with open(f"/proc/{pid}/{file}", encoding="utf-8", errors="replace") as opened:
            return sum(int(line.split()[1]) << 10 for line in opened if line.startswith(names))
    except (OSError, ValueError, IndexError):
        return 0
