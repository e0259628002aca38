"""A fork server in bubblewrap: it has imported what notebooks import, and forks a sandbox per submission.

One record in, one record out over a socket that keeps record boundaries. It holds no secret and no test. A
`template` is a fork that has run an author's opening cells and then serves forks itself.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

from . import isolation, values
from .cells import Runner
from .checker import Checker
from .trainee import Trainee

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
        self.opened: list[dict[str, Any]] = []

    def serve(self) -> None:
        """Fork for every request until the socket closes."""
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        gc.collect()
        gc.freeze()
        ready = {"threads": threads(), "pid": os.getpid(), "opened": self.opened}
        self.server.send(json.dumps(ready).encode())
        while True:
            record, numbers, _, _ = socket.recv_fds(self.server, RECORD_BYTES, DESCRIPTORS)
            if not record:
                os._exit(0)
            job = json.loads(record)
            self._reap()
            child = os.fork()
            if child == 0:
                try:
                    self._become(job, numbers)
                finally:
                    os._exit(isolation.STARTED_BADLY)
            for number in numbers:
                os.close(number)
            self.server.send(json.dumps({"pid": child}).encode())

    @staticmethod
    def _reap() -> None:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                continue
        except ChildProcessError:
            return

    def _become(self, job: dict[str, Any], numbers: list[int]) -> None:
        if job["op"] == "template":
            self._become_template(job, numbers)
        self.server.close()
        life = socket.socket(fileno=numbers[0])
        isolation.enter(life, numbers[1:], lambda: self._live(job, numbers))

    def _become_template(self, job: dict[str, Any], numbers: list[int]) -> None:
        """Run the author's opening cells here, then serve forks of this state."""
        isolation.die_with_parent()
        self.server.close()
        self.server = socket.socket(fileno=numbers[0])
        self.files = read_files(numbers[1])
        os.close(numbers[1])
        folder = f"{TEMPLATES}/{job['number']}"
        os.mkdir(folder)
        os.chdir(folder)
        write_files(self.files, folder)
        cells = json.loads(read_files(numbers[2])["cells"])
        sys.path.insert(0, folder)
        self.opened = [self.runner.run_cell(cell, float(job["seconds"])) for cell in cells]
        sys.path.remove(folder)
        os.close(numbers[2])
        self.serve()

    def _live(self, job: dict[str, Any], numbers: list[int]) -> None:
        """Be the first process of a submission's sandbox."""
        os.setsid()
        isolation.die_with_parent()
        isolation.private_files(job["sizes"], int(job["limits"]["files"]), job["kept"])
        files = read_files(numbers[3]) if len(numbers) > 3 else self.files
        os.chdir(WORK)
        write_files(files, WORK)
        control, link = numbers[1], numbers[2]
        isolation.limit_resources(job["limits"])
        isolation.close_all_but({control, link})
        isolation.drop_privileges()
        isolation.leave_a_first_process()
        self.runner.settle(job["limits"], str(job["seed"]))
        role = Checker if job["role"] == "checker" else Trainee
        role(self.runner, socket.socket(fileno=control), socket.socket(fileno=link), job, files).serve()


def main() -> None:
    """Boot: import, start a shell, and serve."""
    server = socket.socket(fileno=int(sys.argv[1]))
    sys.path[:] = [path for path in sys.path if path not in ("", "/opt")]
    settings = json.loads(server.recv(RECORD_BYTES))
    for name in settings["preload"]:
        importlib.import_module(name)
    values.learn()
    Zygote(server, Runner()).serve()
