"""CPU, wall time and memory of a command with everything that it starts."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup/cpuacct"), Path("/sys/fs/cgroup")
SAMPLE_SECONDS = 0.3


@dataclass(frozen=True)
class Cost:
    """CPU and wall seconds of a command, the most memory that it held at once, and what it printed."""

    cpu: float
    wall: float
    memory_mb: float
    output: str


@contextlib.contextmanager
def control_group() -> Iterator[Path | None]:
    """Yield a control group of our own that counts CPU; None where the host has none for us."""
    for root in GROUPS:
        folder = root / f"chengxue-bench-{os.getpid()}"
        try:
            folder.mkdir()
        except OSError:
            continue
        if (folder / "cpuacct.usage").exists() or (folder / "cpu.stat").exists():
            try:
                yield folder
            finally:
                time.sleep(0.5)
                with contextlib.suppress(OSError):
                    folder.rmdir()
            return
        folder.rmdir()
    yield None


def used(group: Path) -> float:
    """CPU seconds of a control group."""
    if (group / "cpuacct.usage").exists():
        return int((group / "cpuacct.usage").read_text()) / 1e9
    return int((group / "cpu.stat").read_text().split()[1]) / 1e6


def measure(
    command: Sequence[str | Path], environ: Mapping[str, str], cwd: Path, *, watches_memory: bool = False
) -> Cost:
    """Run a command; without a control group its children count where they were waited for.

    Looking at memory disturbs what is looked at, so times are taken from other runs.
    """
    with control_group() as group:
        before, began = os.times(), time.monotonic()
        # The shell enters the group and becomes the command, so that not one instruction is missed.
        enter = ["sh", "-c", f'echo $$ > "{group}/cgroup.procs" && exec "$@"', "sh"] if group is not None else []
        with subprocess.Popen(
            [*enter, *command], env=dict(environ), cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            sampler = Sampler(process.pid)
            if watches_memory:
                sampler.start()
            output, complaints = process.communicate()
            sampler.is_over.set()
        wall, after = time.monotonic() - began, os.times()
        cpu = after.children_user + after.children_system - before.children_user - before.children_system
        if group is not None:
            cpu = used(group)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{command[:4]}: {complaints.decode('utf-8', 'replace')[-2000:]}")
    return Cost(cpu, wall, sampler.most_mb, output.decode("utf-8", "replace"))


class Sampler(threading.Thread):
    """Looks now and then at how much memory a process and all below it hold, what they share counted once."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.most_mb = 0.0
        self.is_over = threading.Event()

    def run(self) -> None:
        """Sample until the command is over."""
        while not self.is_over.wait(SAMPLE_SECONDS):
            self.most_mb = max(self.most_mb, sum(_held_mb(pid) for pid in _tree(self.pid)))


def _tree(pid: int) -> Iterator[int]:
    waiting = [pid]
    while waiting:
        current = waiting.pop()
        yield current
        with contextlib.suppress(OSError, ValueError):
            for task in os.listdir(f"/proc/{current}/task"):
                waiting += map(int, Path(f"/proc/{current}/task/{task}/children").read_text().split())


def _held_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
