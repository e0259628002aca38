"""Web, worker and grader as processes of their own that somebody kills at random and a keeper starts again."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.files.storage import storages
from django.db import connections

from portal.installation.processes import web_server

ROOT = Path(__file__).resolve().parents[2]
VICTIMS = ("worker", "grader", "zygote", "web")


@dataclass
class Kept:
    """One process and how it is started."""

    name: str
    command: list[str]
    environ: dict[str, str]
    sockets: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0

    def keep(self, log: Path) -> None:
        """Start it when it does not run."""
        if self.process is not None and self.process.poll() is None:
            return
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env=self.environ, stdout=output, stderr=output, pass_fds=self.sockets,
                start_new_session=True,
            )  # fmt: skip
        self.starts += 1


@dataclass
class Household:
    """The processes, their keeper and their murderer."""

    scratch: Path
    kept: dict[str, Kept]
    web_socket: Path
    kills: Counter[str] = field(default_factory=Counter)
    is_over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Household:
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.is_over.set()
        self._keeper.join()
        for one in self.kept.values():
            if one.process is not None and one.process.poll() is None:
                one.process.send_signal(signal.SIGTERM)
        for one in self.kept.values():
            if one.process is not None:
                try:
                    one.process.wait(15)
                except subprocess.TimeoutExpired:
                    one.process.kill()
                    one.process.wait()

    def _keep(self) -> None:
        while not self.is_over.wait(0.05):
            for one in self.kept.values():
                one.keep(self.scratch / f"{one.name}.log")

    def kill_some(self, number: int, *, chance: random.Random, pause: tuple[float, float]) -> None:
        """Kill `number` processes, one after the other, at random moments."""
        done = 0
        while done < number and not self.is_over.wait(chance.uniform(*pause)):
            victim = VICTIMS[done % len(VICTIMS)] if done < len(VICTIMS) else chance.choice(VICTIMS)
            pid = self._pid_of(victim, chance)
            if pid is None:
                continue
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
            self.kills[victim] += 1
            done += 1

    def _pid_of(self, victim: str, chance: random.Random) -> int | None:
        """Return the process itself; for the web as often one of its workers; a zygote is anything below the grader."""
        process = self.kept["grader" if victim == "zygote" else victim].process
        if process is None or process.poll() is not None:
            return None
        below = descendants(process.pid)
        if victim == "zygote":
            return chance.choice(below) if below else None
        if victim == "web" and below and chance.random() < 0.5:
            return chance.choice(below)
        return process.pid


def descendants(pid: int) -> list[int]:
    """Every process below `pid`."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found: list[int] = []
    waiting = [pid]
    while waiting:
        below = parents.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


@contextmanager
def on_this_database(lab_environment: Path, *, lease_s: float, hub: str = "", **given: Any) -> Iterator[Household]:
    """Run web, worker and grader on this test's database and files; `given` goes to tests.faults.child_settings."""
    with tempfile.TemporaryDirectory(prefix="household-") as scratch:
        # The sandbox's user must reach the socket.
        Path(scratch).chmod(0o755)
        given |= {
            "database": str(connections["default"].settings_dict["NAME"]),
            "storages": {alias: storages[alias].path("") for alias in ("submissions", "releases")},
            "hub": hub,
            "grader": f"{scratch}/grader.sock",
        }
        with _household(Path(scratch), given, lab_environment, lease_s=lease_s) as processes:
            yield processes


def _household(scratch: Path, given: dict[str, Any], lab_environment: Path, *, lease_s: float) -> Household:
    environ = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.faults.child_settings",
        "CHENGXUE_FAULTS": json.dumps(given),
        "GRADING_LEASE_SECONDS": str(lease_s),
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    path = scratch / "web.sock"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(128)
    listener.set_inheritable(True)
    number = listener.detach()
    web = [
        part.format(number) if "{0}" in part else part
        for part in web_server(
            sys.executable, "--beside", "portal.queue.processes:report_server", "--processes", "2", binds=1
        )
    ]
    grader = [str(lab_environment / "bin" / "python"), "-B", "-m", "labs.grading.engine"]
    kept = [
        Kept("grader", [*grader, "serve", "--socket", given["grader"]], {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}),
        Kept("web", web, {**environ, "CHENGXUE_LAB_API": "1"}, (number,)),
        Kept("worker", [sys.executable, "manage.py", "run_worker", "--lane", "interactive", "--lane", "batch"], environ),
    ]  # fmt: skip
    return Household(scratch, {one.name: one for one in kept}, path)


@dataclass(frozen=True)
class Receipt:
    """What a client was promised."""

    content: bytes
    document: dict[str, Any]
    seconds: float


@dataclass
class Client:
    """Somebody who submits through the lab API, and tries again with the same key until there is a receipt."""

    socket_path: Path
    assignment: str
    turns: list[tuple[str, str, bytes]]
    """Token, key and notebook of each submission."""
    pause_s: float = 0.0
    receipts: list[Receipt] = field(default_factory=list)
    tries: int = 0

    def run(self, is_over: Callable[[], bool]) -> None:
        """Submit everything."""
        chance = random.Random(self.turns[0][1])
        for token, key, content in self.turns:
            time.sleep(chance.uniform(0, 2 * self.pause_s))
            began = time.monotonic()
            while not is_over():
                self.tries += 1
                document = self._post(token, key, content)
                if document is not None:
                    self.receipts.append(Receipt(content, document, time.monotonic() - began))
                    break
                time.sleep(0.1)

    def _post(self, token: str, key: str, content: bytes) -> dict[str, Any] | None:
        head = (
            f"POST /api/lab/assignments/{self.assignment}/submissions HTTP/1.1\r\nHost: lab-api\r\nConnection: close\r\n"
            f"Authorization: token {token}\r\nIdempotency-Key: {key}\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(15)
                connection.connect(str(self.socket_path))
                connection.sendall(head.encode() + content)
                with connection.makefile("rb") as answer:
                    status, _, body = answer.read().partition(b"\r\n\r\n")
        except OSError:
            return None
        if status.split()[1:2] != [b"201"]:
            return None
        return dict(json.loads(body))
