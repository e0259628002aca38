"""A fork server in bubblewrap: it has imported what notebooks import, and forks a sandbox per submission.

One record in, one record out over a socket that keeps record boundaries. It holds no secret and no test. A
`template` is a fork that has run an author's opening cells and then serves forks itself.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import importlib
import json
import os
import random
import secrets
import select
import signal
import socket
import sys
from pathlib import Path
from typing import Any, NoReturn

from . import isolation, keeping, values
from .cells import Runner
from .checker import Checker
from .refusals import Uncrossable
from .trainee import Trainee
from .warming import warm_up

WORK = "/work"
TEMPLATES = "/templates"
RECORD_BYTES = 1 << 16
DESCRIPTORS = 4


def threads() -> int:
    """Count this process's threads; more than one makes a fork unsafe."""
    return len(os.listdir("/proc/self/task"))


def read_files(number: int) -> dict[str, bytes]:
    """Read the files that came behind one descriptor: a line of names and sizes, then the contents."""
    # The other process reads the same descriptor, so the position in it belongs to nobody.
    content = memoryview(os.pread(number, os.fstat(number).st_size, 0))
    start = int.from_bytes(content[:8], "big") + 8
    files = {}
    for name, size in json.loads(bytes(content[8:start])):
        files[name] = bytes(content[start : start + size])
        start += size
    return files


def write_files(files: dict[str, bytes], folder: str) -> None:
    """Write the release's files below a folder."""
    for name, content in files.items():
        path = Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


class Zygote:
    """Serves one socket of requests."""

    def __init__(self, server: socket.socket, runner: Runner) -> None:
        self.server = server
        self.runner = runner
        self.files: dict[str, bytes] = {}
        self.folder = ""
        self.chance: Any = None
        self.opened: list[dict[str, Any]] = []
        self.tables: dict[str, str] = {}
        self.poll = select.poll()
        self.lives: dict[int, int] = {}
        self.processes: dict[int, tuple[int, socket.socket | None]] = {}

    def serve(self) -> None:
        """Fork for every request, and end what is let go of, until the socket closes."""
        gc.collect()
        gc.freeze()
        # Memory that is free here would be copied in every fork that uses it; new memory comes cheaper.
        isolation.libc.malloc_trim(0)
        ready = {"threads": threads(), "pid": os.getpid(), "opened": self.opened, "tables": self.tables}
        self.server.send(json.dumps(ready).encode())
        self.poll.register(self.server, select.POLLIN)
        while True:
            woken = {number for number, _ in self.poll.poll()}
            for number in woken & self.processes.keys():
                self._bury(number)
            for number in woken & self.lives.keys():
                self._let_go(number)
            # Last, because a new child's descriptors get the numbers of those that were closed just now.
            if self.server.fileno() in woken:
                self._take()

    def _take(self) -> None:
        record, numbers, _, _ = socket.recv_fds(self.server, RECORD_BYTES, DESCRIPTORS)
        if not record:
            os._exit(0)
        job = json.loads(record)
        child = os.fork() if job["op"] == "template" else isolation.fork_apart()
        if child == 0:
            self._become(job, numbers)
        is_guarded = job["op"] != "template"
        for number in numbers[1 if is_guarded else 0 :]:
            os.close(number)
        self._guard(child, socket.socket(fileno=numbers[0]) if is_guarded else None)
        self.server.send(json.dumps({"pid": child}).encode())

    def _guard(self, child: int, life: socket.socket | None) -> None:
        """Wait for the end of a child, or for the controller to let go of its life line."""
        process = os.pidfd_open(child)
        self.processes[process] = (child, life)
        self.poll.register(process, select.POLLIN)
        if life is not None:
            self.lives[life.fileno()] = process
            self.poll.register(life, select.POLLIN)

    def _let_go(self, number: int) -> None:
        self.poll.unregister(number)
        signal.pidfd_send_signal(self.lives.pop(number), signal.SIGKILL)

    def _bury(self, process: int) -> None:
        """Say how a child ended; the kernel has ended with it everything that it had started."""
        child, life = self.processes.pop(process)
        self.poll.unregister(process)
        os.close(process)
        _, status, usage = os.wait4(child, 0)
        if life is None:
            return
        if self.lives.pop(life.fileno(), None) is not None:
            self.poll.unregister(life)
        said = f"{os.waitstatus_to_exitcode(status)} {usage.ru_utime + usage.ru_stime:.3f} {usage.ru_maxrss}"
        with contextlib.suppress(OSError):
            life.send(said.encode())
        life.close()

    def _become(self, job: dict[str, Any], numbers: list[int]) -> NoReturn:
        try:
            isolation.die_with_parent()
            self.server.close()
            if job["op"] == "template":
                self._become_template(job, numbers)
            else:
                self._live(job, numbers)
            os._exit(0)
        except BaseException as problem:  # said on the life line: there is no other channel yet
            if job["op"] == "fork":
                os.write(numbers[0], f"{type(problem).__name__}: {problem}".encode()[:500])
        finally:
            os._exit(isolation.STARTED_BADLY)

    def _become_template(self, job: dict[str, Any], numbers: list[int]) -> None:
        """Run the author's opening cells here, then serve forks of this state."""
        self.server = socket.socket(fileno=numbers[0])
        self._forget_others()
        self.files = read_files(numbers[1])
        os.close(numbers[1])
        self.folder = folder = f"{TEMPLATES}/{job['number']}"
        os.mkdir(folder)
        os.chdir(folder)
        write_files(self.files, folder)
        cells = json.loads(read_files(numbers[2])["cells"])
        sys.path.insert(0, folder)
        self.runner.seed(job["seed"])
        self.opened = [self.runner.run_cell(cell, float(job["seconds"])) for cell in cells]
        sys.path.remove(folder)
        os.close(numbers[2])
        # Python draws a new seed in every fork; NumPy goes on where it was.
        self.chance = random.getstate()
        found = keeping.large_tables(self.runner.space)
        self.tables = {name: _digest(table) for name, table in found.items()}
        self.serve()

    def _forget_others(self) -> None:
        """Close what belongs to the children of the server that this one was forked from."""
        for process, (_, life) in self.processes.items():
            os.close(process)
            if life is not None:
                life.close()
        self.lives, self.processes, self.poll = {}, {}, select.poll()

    def _live(self, job: dict[str, Any], numbers: list[int]) -> None:
        """Be the first process of a submission's sandbox."""
        os.setsid()
        files = read_files(numbers[3]) if len(numbers) > 3 else self.files
        below = (self.folder, WORK) if self.folder else None
        is_laid = isolation.private_files(job["sizes"], int(job["limits"]["files"]), job["kept"], below)
        os.chdir(WORK)
        if not is_laid:
            write_files(files, WORK)
        control, link = numbers[1], numbers[2]
        isolation.limit_resources(job["limits"])
        isolation.close_all_but({control, link, numbers[0]})
        isolation.drop_privileges()
        self.runner.output.limit = int(job["limits"]["output_bytes"])
        # A template's cells may have set a seed of their own, and what follows counts on it.
        if self.chance is None:
            self.runner.seed(job["seed"])
        else:
            random.setstate(self.chance)
        role = Checker if job["role"] == "checker" else Trainee
        process = role(self.runner, socket.socket(fileno=control), socket.socket(fileno=link), job, files)
        os.close(numbers[0])
        process.serve()


def _digest(table: Any) -> str:
    """Name a table's content, so that the controller sees whether both sides have the same."""
    encoder = values.Encoder(lambda *_: None)
    try:
        return hashlib.sha256(encoder.finish(encoder.encode(table)).joined()).hexdigest()
    except Uncrossable:
        return secrets.token_hex(32)


def main() -> None:
    """Boot: import, start a shell, and serve."""
    server = socket.socket(fileno=int(sys.argv[1]))
    sys.path[:] = [path for path in sys.path if path not in ("", "/opt")]
    settings = json.loads(server.recv(RECORD_BYTES))
    isolation.try_clone()
    isolation.keep_memory()
    for name in settings["preload"]:
        importlib.import_module(name)
    values.learn()
    warm_up()
    Zygote(server, Runner()).serve()
