"""Writes down which processes run, and finds and ends those that an earlier run left behind."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from portal.installation.paths import Paths
from portal.installation.processes import MARK

PROC = Path("/proc")


@dataclass(frozen=True)
class Running:
    """A process by number and start, because a number alone is given again to a stranger."""

    name: str
    pid: int
    started: int
    since: float
    address: str = ""
    log: str = ""
    restarts: int = 0

    def is_alive(self) -> bool:
        """Return whether exactly this process still runs."""
        return self.started != 0 and start_of(self.pid) == self.started


def start_of(pid: int) -> int | None:
    """Return when `pid` started, in clock ticks since the machine did, or None for one that ended."""
    try:
        fields = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else int(fields[19])


def write_records(paths: Paths, records: Iterable[Running]) -> None:
    """Write the running processes down, whole or not at all."""
    beside = paths.state_file.with_suffix(".new")
    beside.write_text(json.dumps([asdict(record) for record in records], indent=1), encoding="utf-8")
    beside.replace(paths.state_file)


def read_records(paths: Paths) -> list[Running]:
    """Return what is written down, whether it still runs or not."""
    try:
        return [Running(**record) for record in json.loads(paths.state_file.read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError):
        return []


def running_supervisor(paths: Paths) -> Running | None:
    """Return the supervisor of this installation while it runs."""
    return next((one for one in read_records(paths) if one.name == "supervisor" and one.is_alive()), None)


def orphans(paths: Paths) -> list[int]:
    """Return the processes of this installation that no supervisor watches.

    They carry the mark, or run the hub's or the proxy's files, or are sandboxes on its homes.
    """
    own = {os.getpid(), os.getppid()}
    return [pid for pid in _processes() if pid not in own and _belongs(pid, paths)]


def processes_running(folder: Path) -> list[int]:
    """Return the processes whose program lies below `folder`."""
    return [pid for pid in _processes() if _arguments(pid)[0].startswith(f"{folder}/".encode())]


def end_labs(paths: Paths) -> None:
    """End every lab that is written down, gently first; `end_orphans` takes what is left."""
    command = [sys.executable, "-m", "hub_config.running_labs", "end", str(paths.runtime)]
    subprocess.run(command, cwd=paths.root, capture_output=True, check=False, timeout=60)


def end_orphans(paths: Paths, patience_s: float = 8.0) -> int:
    """End what an earlier run left behind and return how many processes that were."""
    left = orphans(paths)
    end_processes(left, patience_s)
    return len(left)


def end_processes(pids: list[int], patience_s: float) -> None:
    """End the processes, gently first."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in pids:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)
        deadline = time.monotonic() + patience_s
        while any(start_of(pid) is not None for pid in pids) and time.monotonic() < deadline:
            time.sleep(0.1)
        if all(start_of(pid) is None for pid in pids):
            return


def _processes() -> Iterator[int]:
    return (int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit())


def _belongs(pid: int, paths: Paths) -> bool:
    arguments = _arguments(pid)
    if arguments[0].startswith(f"{paths.hub_environment}/".encode()):
        return True
    if arguments[0].endswith(b"node") and f"{paths.proxy_environment}/".encode() in b"\0".join(arguments):
        return True
    return _is_lab(arguments, paths) or _is_marked(pid, paths)


def _is_marked(pid: int, paths: Paths) -> bool:
    try:
        variables = (PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return False
    return f"{MARK}={paths.var}".encode() in variables


def _is_lab(arguments: list[bytes], paths: Paths) -> bool:
    """Return whether it is a sandbox's first process: that keeps bubblewrap's command line,
    which names the folders it binds."""
    folders = (f"{paths.homes}/".encode(), f"{paths.runtime}/".encode())
    return arguments[0].endswith(b"bwrap") and any(argument.startswith(folders) for argument in arguments)


def _arguments(pid: int) -> list[bytes]:
    try:
        return (PROC / str(pid) / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return [b""]
