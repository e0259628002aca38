"""Control groups of labs, where somebody delegated a folder of them: the kernel's own limit, behind the warden's.

The folder is named by CHENGXUE_CGROUP, as for the grader; labs get a group each in its folder `labs`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

SETTING = "CHENGXUE_CGROUP"
LABS = "labs"
# The warden looks twice a second; what grows faster than that is stopped here.
SLACK = 64 << 20
PROCESSES = 600


@dataclass
class LabGroups:
    """A folder in which groups may be made; version 2, or 1 where the named folder is of that."""

    folder: Path
    version: int
    _placed: dict[str, set[int]] = field(default_factory=dict)
    _kills: dict[str, int] = field(default_factory=dict)

    @classmethod
    def delegated(cls, named: str) -> LabGroups | None:
        """Return the groups below the named folder, or None where there are none to be had."""
        if not named:
            return None
        above, folder = Path(named), Path(named, LABS)
        is_first = (above / "memory.limit_in_bytes").exists()
        try:
            folder.mkdir(exist_ok=True)
            if not is_first:
                for place in (above, folder):
                    _write(place / "cgroup.subtree_control", "+memory +pids")
        except OSError:
            return None
        return cls(folder, 1 if is_first else 2)

    def place(self, user: str, pids: Iterable[int], memory: int) -> None:
        """Put processes into the lab's group; what they start is born there."""
        placed = self._placed.get(user)
        if placed is None:
            placed = self._placed[user] = set()
            self._make(user, memory)
        now = set(pids)
        for pid in now - placed:
            with suppress(OSError):
                _write(self.folder / user / "cgroup.procs", str(pid))
        self._placed[user] = now

    def has_killed(self, user: str) -> bool:
        """Tell whether the kernel ended something of this lab since the last call."""
        name = "memory.events" if self.version > 1 else "memory.oom_control"
        with suppress(OSError, ValueError):
            for line in (self.folder / user / name).read_text(encoding="ascii").splitlines():
                if line.startswith("oom_kill "):
                    before, self._kills[user] = self._kills.get(user, 0), int(line.split()[1])
                    return self._kills[user] > before
        return False

    def forget(self, user: str) -> None:
        """Remove the group of a lab that ended; one that still has processes stays until the next start."""
        self._placed.pop(user, None)
        self._kills.pop(user, None)
        with suppress(OSError):
            (self.folder / user).rmdir()

    def _make(self, user: str, memory: int) -> None:
        group = self.folder / user
        size = str(memory + SLACK)
        with suppress(OSError):
            group.mkdir(exist_ok=True)
            if self.version == 1:
                wishes = {"memory.limit_in_bytes": size, "memory.memsw.limit_in_bytes": size}
            else:
                wishes = {"memory.max": size, "memory.swap.max": "0", "pids.max": str(PROCESSES)}
            for name, value in wishes.items():
                with suppress(OSError):
                    _write(group / name, value)
        self.has_killed(user)


def _write(file: Path, value: str) -> None:
    # Never makes a file: in a folder that is no control group it must fail.
    with os.fdopen(os.open(file, os.O_WRONLY), "w") as opened:
        opened.write(value)
