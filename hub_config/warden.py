"""Watches the labs that run: memory, processes and homes. Whoever takes more than a lab may is ended, and told.

A service of the hub: `python -m hub_config.warden`, with the hub's environment. It reads what the kernel says about
processes, ends kernels and terminals of a lab and never anything else, and writes one small file per lab.
"""

from __future__ import annotations

import logging
import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from hub_config import running_labs
from hub_config.home_watch import DiskFall, HomeWatch
from hub_config.lab_groups import SETTING, LabGroups
from hub_config.machine import DiskLevel, available_memory, disk_level
from hub_config.news import News
from hub_config.process_trees import Process, Tree, snapshot, tree_of, trees_below
from hub_config.running_labs import RunningLab
from hub_config.sandbox import go_before
from hub_config.settings import HubSettings
from hub_config.walls import LAB_GOES, PROGRAM_GOES

log = logging.getLogger("warden")

EVERY_S = 0.5
# What was ended needs a moment to give its memory back.
PATIENCE_S = 1.5
# From this share of the limit on, memory is measured exactly.
NEAR = 0.7
# Below this share of what must stay free the largest program of all labs is ended.
EMERGENCY = 4
# A sandbox holds 200 processes and threads: one that keeps close to that with many processes only copies itself.
MANY_THREADS, MANY_PROCESSES, MANY_TIMES = 150, 40, 4
LOG_OCTETS = 16 << 20


@dataclass
class Watch:
    """One lab that runs and what was seen of it."""

    lab: RunningLab
    news: News
    home: HomeWatch
    ended_at: float = float("-inf")
    times_crowded: int = 0
    memory: int = 0

    def end(self, program: Tree, kind: str) -> None:
        """End a program and say why."""
        log.warning("%s: %s ended, %d MiB in use", self.lab.user, kind, self.memory >> 20)
        program.end()
        self.news.note(kind)
        self.ended_at = time.monotonic()


class Warden:
    """Looks at every lab, over and over."""

    def __init__(self, settings: HubSettings) -> None:
        self.settings = settings
        self.bounds = settings.bounds
        self.watches: dict[str, Watch] = {}
        self.counter = ThreadPoolExecutor(1)
        self.fall = DiskFall(settings.homes)
        self.groups = LabGroups.delegated(os.environ.get(SETTING, ""))

    def run(self) -> None:
        """Look twice a second until this process ends."""
        while True:
            try:
                self.look()
            except Exception:
                log.exception("one look failed; the next one follows")
            time.sleep(EVERY_S)

    def look(self) -> None:
        """Look at every lab once."""
        running = {lab.user: lab for lab in running_labs.all_recorded(self.settings.lab_sockets) if lab.is_alive()}
        for user in [user for user, watch in self.watches.items() if running.get(user) != watch.lab]:
            self._forget(user)
        if not running:
            return
        processes = snapshot()
        level = disk_level(self.settings.homes, self.bounds.free_disk)
        is_falling = self.fall.is_falling()
        largest: list[tuple[int, Tree, Watch]] = []
        for lab in running.values():
            try:
                largest += self._look_at_lab(lab, processes, level, is_falling=is_falling)
            except Exception:
                log.exception("%s: one look failed; the next one follows", lab.user)
        self._look_at_machine(largest)

    def _look_at_lab(
        self, lab: RunningLab, processes: dict[int, Process], level: DiskLevel, *, is_falling: bool
    ) -> list[tuple[int, Tree, Watch]]:
        """Look at one lab, and return its programs with their sizes."""
        if lab.user not in self.watches:
            self.watches[lab.user] = self._watch(lab)
        watch = self.watches[lab.user]
        server = tree_of(processes, lab.pid)
        if server is None:
            return []
        programs = trees_below(processes, lab.launcher_pid) if lab.launcher_pid else []
        self._keep_in_order(watch, server, programs)
        sizes = self._look_at_memory(watch, server, programs)
        self._look_at_crowds(watch, server, programs)
        for program in watch.home.look(programs, level, is_falling=is_falling):
            watch.end(program, "home")
        watch.news.say(self._state(watch, level))
        return [(size, program, watch) for size, program in sizes if program is not server]

    def _watch(self, lab: RunningLab) -> Watch:
        news = News.of(self.settings.news, lab.user)
        folders = (self.settings.homes / lab.user, self.settings.kernels / lab.user)
        return Watch(lab, news, HomeWatch(folders, self.bounds, self.counter, is_full=news.was_full))

    def _forget(self, user: str) -> None:
        del self.watches[user]
        if self.groups is not None:
            self.groups.forget(user)

    def _keep_in_order(self, watch: Watch, server: Tree, programs: list[Tree]) -> None:
        """Keep the order in which the kernel ends processes: a program of an ordinary user can lower its own place."""
        launcher = watch.lab.launcher_pid
        first = {process.pid: LAB_GOES for process in server.all} | ({launcher: LAB_GOES} if launcher else {})
        every = first | {process.pid: PROGRAM_GOES for program in programs for process in program.all}
        for pid, score in every.items():
            if _score(pid) < score:
                go_before(pid, score)
        if self.groups is not None:
            self.groups.place(watch.lab.user, every, self.bounds.memory)
            if self.groups.has_killed(watch.lab.user):
                watch.news.note("memory")
        self._shorten_log(watch.lab.user)

    def _look_at_memory(self, watch: Watch, server: Tree, programs: list[Tree]) -> list[tuple[int, Tree]]:
        """Return every part of a lab with its size, and end the largest when together they are too large."""
        sizes = [(part.memory() + part.temporary(), part) for part in (server, *programs)]
        if sum(size for size, _ in sizes) > NEAR * self.bounds.memory:
            sizes = [(part.exact_memory() + part.temporary(), part) for part in (server, *programs)]
        watch.memory = sum(size for size, _ in sizes)
        if watch.memory > self.bounds.memory and time.monotonic() - watch.ended_at > PATIENCE_S:
            part = max(sizes, key=lambda item: item[0])[1]
            if part is server:
                watch.lab.kill()
                watch.news.note("memory")
                watch.news.say(self._state(watch, DiskLevel.OPEN))
            else:
                watch.end(part, "memory")
        return sizes

    def _look_at_crowds(self, watch: Watch, server: Tree, programs: list[Tree]) -> None:
        crowd = max(programs, key=lambda program: len(program.all), default=None)
        threads = sum(part.threads for part in (server, *programs))
        is_crowded = crowd is not None and threads >= MANY_THREADS and len(crowd.all) >= MANY_PROCESSES
        watch.times_crowded = watch.times_crowded + 1 if is_crowded else 0
        if crowd is not None and watch.times_crowded >= MANY_TIMES:
            watch.end(crowd, "processes")
            watch.times_crowded = 0

    def _look_at_machine(self, largest: list[tuple[int, Tree, Watch]]) -> None:
        """End the largest program of all when the machine itself has hardly any memory left."""
        if not largest or available_memory() > self.bounds.free_memory // EMERGENCY:
            return
        if any(time.monotonic() - watch.ended_at <= PATIENCE_S for watch in self.watches.values()):
            return
        _, program, watch = max(largest, key=lambda item: item[0])
        watch.end(program, "machine")

    def _state(self, watch: Watch, level: DiskLevel) -> dict[str, Any]:
        home = watch.home.used
        return {
            "memory": {"used": watch.memory, "limit": self.bounds.memory},
            "home": {
                "octets": home.octets if home else 0,
                "limit": self.bounds.home,
                "files": home.entries if home else 0,
                "files_limit": self.bounds.home_files,
                "is_full": watch.home.is_full,
            },
            "disk": int(level),
            "idle_minutes": self.settings.idle_minutes,
        }

    def _shorten_log(self, user: str) -> None:
        """Begin a log anew that a kernel fills: its output goes there."""
        log = self.settings.lab_logs / f"{user}.log"
        with suppress(OSError):
            if log.stat().st_size > LOG_OCTETS:
                os.truncate(log, 0)


def _score(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/oom_score_adj", encoding="ascii") as file:
            return int(file.read())
    except (OSError, ValueError):
        return PROGRAM_GOES


if __name__ == "__main__":
    logging.basicConfig(format="[%(levelname)s %(asctime)s warden] %(message)s")
    Warden(HubSettings.from_environment()).run()
