"""The labs that run, as files beside their sockets, so that they can be found and ended without the hub.

Run as a command by whoever stops the installation: `python -m hub_config.running_labs end RUNTIME_DIR`.
Only the standard library is used.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class RunningLab:
    """The first process inside one lab's sandbox. When it ends, the kernel ends all others in there.

    A process number alone names whoever gets it next; with the time of its start it names one process.
    """

    user: str
    pid: int
    started: int
    # Who starts the lab's kernels, outside its sandbox; none without walls and in records of earlier releases.
    launcher_pid: int = 0
    launcher_started: int = 0

    @classmethod
    def of(cls, user: str, pid: int, launcher_pid: int = 0) -> RunningLab:
        """Return the lab of these processes. Raises ProcessLookupError when one is gone."""
        started = _started(pid)
        launcher_started = _started(launcher_pid) if launcher_pid else 0
        if started is None or launcher_started is None:
            raise ProcessLookupError(pid)
        return cls(user, pid, started, launcher_pid, launcher_started)

    def is_alive(self) -> bool:
        """Tell whether exactly this process still runs."""
        return _started(self.pid) == self.started

    def has_launcher(self) -> bool:
        """Tell whether the lab can have kernels: its launcher runs, or it never needed one."""
        return not self.launcher_pid or _started(self.launcher_pid) == self.launcher_started

    def has_ended(self) -> bool:
        """Tell whether neither server nor launcher runs; the launcher tidies up when the server is gone."""
        return not self.is_alive() and not (self.launcher_pid and self.has_launcher())

    def ask_to_end(self) -> None:
        """Tell the programs started by the sandbox's first process, which ignores signals itself, to end."""
        for child in _children(self.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGTERM)

    def kill(self) -> None:
        """End the lab at once. Kernels end with the launcher that is their parent."""
        if self.is_alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        if self.launcher_pid and self.has_launcher():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.launcher_pid, signal.SIGKILL)


def record(folder: Path, lab: RunningLab) -> None:
    """Write the lab down beside its socket."""
    temporary = folder / f"{lab.user}.new"
    temporary.write_text(json.dumps(asdict(lab)), encoding="utf-8")
    temporary.replace(_file(folder, lab.user))


def forget(folder: Path, user: str) -> None:
    """Remove the record of a lab that ended."""
    _file(folder, user).unlink(missing_ok=True)


def recorded(folder: Path, user: str) -> RunningLab | None:
    """Return what is written down about one user's lab, whether it still runs or not."""
    try:
        return RunningLab(**json.loads(_file(folder, user).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def all_recorded(folder: Path) -> list[RunningLab]:
    """Return every lab that is written down, by user."""
    found = [recorded(folder, file.stem) for file in sorted(folder.glob("*.json"))]
    return [lab for lab in found if lab is not None]


def end_all(folder: Path, patience_s: float = 5.0, *, sleep: Callable[[float], None] = time.sleep) -> int:
    """End every recorded lab, gently first, and return how many ran."""
    known = all_recorded(folder)
    running = [lab for lab in known if lab.is_alive()]
    for lab in running:
        lab.ask_to_end()
    waited = 0.0
    while waited < patience_s and not all(lab.has_ended() for lab in running):
        sleep(0.1)
        waited += 0.1
    for lab in known:
        lab.kill()
    for file in folder.glob("*.json"):
        file.unlink(missing_ok=True)
    return len(running)


def main(arguments: list[str]) -> int:
    """List or end the labs of one installation."""
    if len(arguments) != 2 or arguments[0] not in ("list", "end"):
        print("python -m hub_config.running_labs list|end RUNTIME_DIR", file=sys.stderr)
        return 2
    folder = Path(arguments[1]) / "labs"
    if arguments[0] == "end":
        print(json.dumps({"ended": end_all(folder)}))
    else:
        print(json.dumps([asdict(lab) for lab in all_recorded(folder) if lab.is_alive()]))
    return 0


def _file(folder: Path, user: str) -> Path:
    return folder / f"{user}.json"


def _stat(pid: int) -> list[str] | None:
    """Return the fields of /proc/<pid>/stat after the name, or None for a process that is gone or a zombie."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in ("Z", "X") else fields


def _started(pid: int) -> int | None:
    fields = _stat(pid)
    return None if fields is None else int(fields[19])


def _children(pid: int) -> list[int]:
    numbers = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return [number for number in numbers if (fields := _stat(number)) and int(fields[1]) == pid]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
