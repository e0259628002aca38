"""The server's side of the launcher: asks for kernels and terminals that live in sandboxes of their own."""

from __future__ import annotations

import json
import os
import socket
import threading
from functools import cache
from typing import Any

DESCRIPTOR = "LAB_LAUNCHER_FD"
TIMEOUT_S = 20
LARGEST_ANSWER = 1 << 16


class NotStarted(RuntimeError):
    """The launcher refused, or is gone."""


class Launcher:
    """One question at a time; each is answered within milliseconds, so waiting for it does no harm."""

    def __init__(self, descriptor: int) -> None:
        self._socket = socket.socket(fileno=descriptor)
        self._socket.set_inheritable(False)
        self._socket.settimeout(TIMEOUT_S)
        self._lock = threading.Lock()

    def ask(self, do: str, identity: str, **words: Any) -> dict[str, Any]:
        """Return the launcher's answer. Raises NotStarted."""
        return self._exchange({"do": do, "id": identity, **words})[0]

    def terminal(self, identity: str, **words: Any) -> int:
        """Start a terminal and return the descriptor of its outer side. Raises NotStarted."""
        descriptors = self._exchange({"do": "terminal", "id": identity, **words})[1]
        if not descriptors:
            raise NotStarted("no terminal came")
        return descriptors[0]

    def close(self) -> None:
        """Let go of the launcher, which ends with everything that it started."""
        self._socket.close()

    def _exchange(self, question: dict[str, Any]) -> tuple[dict[str, Any], list[int]]:
        try:
            with self._lock:
                self._socket.send(json.dumps(question).encode())
                said, descriptors, _, _ = socket.recv_fds(self._socket, LARGEST_ANSWER, 1)
        except OSError as error:
            # An answer that comes late would be taken for that of the next question.
            self.close()
            raise NotStarted(
                "实训室的启动程序没有回答，请重新启动实训。 / The lab's launcher does not answer; start the lab again."
            ) from error
        answer: dict[str, Any] = json.loads(said) if said else {"error": "the launcher is gone"}
        if "error" in answer:
            for descriptor in descriptors:
                os.close(descriptor)
            raise NotStarted(answer["error"])
        return answer, descriptors


def is_apart() -> bool:
    """Tell whether this server has a launcher; one without walls starts its kernels itself."""
    return DESCRIPTOR in os.environ


@cache
def launcher() -> Launcher:
    """Return this server's launcher. Raises KeyError where there is none."""
    return Launcher(int(os.environ[DESCRIPTOR]))
