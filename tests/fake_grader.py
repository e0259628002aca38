"""A grader that speaks the protocol on a socket and answers as the test says; kept true by tests/contracts/grading_service."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

Answer = Callable[[dict[str, Any]], list[dict[str, Any] | None]]
"""Events for a request; None ends the connection without another word."""


@dataclass
class FakeGrader:
    """Serves until stopped; `requests` holds what was asked."""

    path: Path
    answer: Answer
    requests: list[dict[str, Any]] = field(default_factory=list)

    def start(self) -> None:
        """Listen in a thread of its own."""
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.path))
        self._listener.listen()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)
        self.path.unlink(missing_ok=True)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as stream:
                line = stream.readline()
                if not line:
                    continue
                self.requests.append(json.loads(line))
                for event in self.answer(self.requests[-1]):
                    if event is None:
                        break
                    stream.write(json.dumps(event).encode() + b"\n")
                    stream.flush()


@pytest.fixture
def make_grader(tmp_path: Path) -> Iterator[Callable[[Answer], FakeGrader]]:
    """Start fake graders and ends them with the test."""
    started: list[FakeGrader] = []

    def start(answer: Answer) -> FakeGrader:
        grader = FakeGrader(tmp_path / f"grader-{len(started)}.sock", answer)
        grader.start()
        started.append(grader)
        return grader

    yield start
    for grader in started:
        grader.stop()
