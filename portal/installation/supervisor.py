"""Starts the processes, watches them, starts again what ends, and ends them all."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from portal.installation.folders import remove_runtime
from portal.installation.health import probes
from portal.installation.messages import Refusal, say
from portal.installation.paths import Paths
from portal.installation.people import identity
from portal.installation.processes import Program
from portal.installation.records import (
    Running,
    end_labs,
    end_orphans,
    end_processes,
    processes_running,
    start_of,
    write_records,
)
from portal.installation.steps import tail_of

LOOK_EVERY_S = 0.2
READY_WITHIN_S = 180
DELAYS_S = (0.2, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
HEALTHY_AFTER_S = 60.0
DYING_AFTER = 4
LOG_BYTES = 20 * 1024 * 1024
STOP_ORDER = ("hub", "worker", "web", "lab-api", "hub-api", "grader")


@dataclass
class Child:
    """A process, and how often it had to be started."""

    program: Program
    log: Path
    process: subprocess.Popen[bytes] | None = None
    sockets: list[socket.socket] = field(default_factory=list)
    started: int = 0
    begun: float = 0.0
    since: float = 0.0
    failures: int = 0
    restarts: int = 0
    again_at: float | None = None
    was_down: bool = False

    def start(self, cwd: Path) -> None:
        """Start the process in a session of its own, so that Ctrl-C reaches the supervisor alone."""
        self._open_sockets()
        numbers = [listener.fileno() for listener in self.sockets]
        command = [part.format(*numbers) if part.startswith("fd://") else part for part in self.program.command]
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                command,
                cwd=cwd,
                env=self.program.environ,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=numbers,
                start_new_session=True,
                umask=self.program.umask,
                **identity(self.program.account),
            )
        self.started = start_of(self.process.pid) or 0
        self.begun, self.since, self.again_at = time.monotonic(), time.time(), None

    def _open_sockets(self) -> None:
        lost = any(one.path is not None and not one.path.exists() for one in self.program.listeners)
        if self.sockets and not lost:
            return
        for listener in self.sockets:
            listener.close()
        self.sockets = [listener.open() for listener in self.program.listeners]

    def record(self) -> Running:
        """Return the process for the written record; one that has ended stays there until it is started again."""
        assert self.process is not None
        name, address = self.program.name, self.program.address
        return Running(name, self.process.pid, self.started, self.since, address, str(self.log), self.restarts)

    def signal_group(self, number: int) -> None:
        """Send a signal to the process and what it started in its group."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)


class Supervisor:
    """Keeps the processes of one installation running until it is told to stop."""

    def __init__(self, paths: Paths, programs: list[Program]) -> None:
        self.paths = paths
        self.children = [Child(program, paths.logs / f"{program.name}.log") for program in programs]
        self.since = time.time()
        self.asked_to_stop = 0

    def run(self, announce: object = None) -> int:
        """Start everything, call `announce` when a person can log in, and watch until told to stop.

        Raises Refusal when something does not become ready; everything has ended then.
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note_signal)
        try:
            self._start_all()
            if self._wait_until_ready() and callable(announce):
                announce()
            while not self.asked_to_stop:
                self._look()
                time.sleep(LOOK_EVERY_S)
        finally:
            self.stop()
        return 0

    def stop(self) -> None:
        """End every process, sandboxes included; a second signal ends them at once."""
        say("stopping")
        asked = self.asked_to_stop
        by_name = {child.program.name: child for child in self.children}
        ordered = [by_name[name] for name in STOP_ORDER if name in by_name]
        ordered += [child for child in self.children if child not in ordered]
        for child in ordered:
            child.signal_group(signal.SIGTERM)
        for child in ordered:
            deadline = time.monotonic() + child.program.stop_after
            while child.process and child.process.poll() is None:
                if time.monotonic() > deadline or self.asked_to_stop > asked + 1:
                    child.signal_group(signal.SIGKILL)
                time.sleep(0.05)
            child.signal_group(signal.SIGKILL)
        end_labs(self.paths)
        end_orphans(self.paths, patience_s=3.0)
        for child in self.children:
            for listener in child.sockets:
                listener.close()
        remove_runtime(self.paths)
        self.paths.state_file.unlink(missing_ok=True)
        say("stopped")

    def _note_signal(self, *_: object) -> None:
        self.asked_to_stop += 1

    def _start_all(self) -> None:
        say("starting", names=", ".join(child.program.name for child in self.children))
        for child in self.children:
            child.start(self.paths.root)
        self._write()

    def _wait_until_ready(self) -> bool:
        waiting = probes(self.paths)
        deadline = time.monotonic() + READY_WITHIN_S
        while waiting and not self.asked_to_stop:
            self._look(giving_up=True)
            waiting = {name: probe for name, probe in waiting.items() if probe()}
            if time.monotonic() > deadline:
                folder = self.paths.logs
                raise Refusal("not_ready", names=", ".join(waiting), seconds=READY_WITHIN_S, folder=folder)
            time.sleep(LOOK_EVERY_S)
        return not self.asked_to_stop

    def _look(self, *, giving_up: bool = False) -> None:
        """Notice what ended and start what is due again."""
        changed = False
        for child in self.children:
            if child.again_at is not None:
                if time.monotonic() >= child.again_at:
                    child.start(self.paths.root)
                    child.restarts += 1
                    changed = True
            elif child.process is not None and child.process.poll() is not None:
                self._plan_restart(child, giving_up=giving_up)
                changed = True
            elif child.was_down and time.monotonic() - child.begun > HEALTHY_AFTER_S:
                child.was_down, child.failures = False, 0
        if changed:
            self._write()

    def _plan_restart(self, child: Child, *, giving_up: bool) -> None:
        assert child.process is not None
        # What the process started must not hold on to the sockets of its successor, nor do its work twice.
        child.signal_group(signal.SIGKILL)
        if child.program.owns is not None:
            end_processes(processes_running(child.program.owns), patience_s=2.0)
        child.failures += 1
        child.was_down = True
        name, log = child.program.name, child.log
        if child.failures >= DYING_AFTER:
            if giving_up:
                raise Refusal("process_dying", name=name, count=child.failures, log=log, tail=tail_of(log))
            if child.failures == DYING_AFTER:
                say("process_dying", name=name, count=child.failures, log=log, tail=tail_of(log))
        delay = DELAYS_S[min(child.failures, len(DELAYS_S)) - 1]
        say("process_died", name=name, code=child.process.returncode, delay=delay, log=log)
        child.again_at = time.monotonic() + delay

    def _write(self) -> None:
        own = start_of(os.getpid())
        assert own is not None
        records = [Running("supervisor", os.getpid(), own, self.since)]
        records += [child.record() for child in self.children if child.process is not None]
        write_records(self.paths, records)
