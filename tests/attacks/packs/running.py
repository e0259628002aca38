"""Runs the packs against a grader, many cases side by side, so that waiting for endless ones costs little."""

from __future__ import annotations

import base64
import json
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labs.grader.engine.packs import Attack, labs
from labs.grader.engine.packs.building import Names, attacked, source_of
from tests.graders import GraderProcess, encode

LIMITS = {"cpu_s": 4, "wall_s": 12, "memory_mb": 1024}
SIDE_BY_SIDE = 3


@dataclass(frozen=True)
class Ended:
    """How a case ended: the result, or the code of the refusal, and how long it took."""

    result: dict[str, Any] = field(default_factory=dict)
    refused: str = ""
    seconds: float = 0.0


class Listening:
    """Servers on the host that no sandbox may reach; `heard` is what did."""

    def __init__(self, folder: Path) -> None:
        self.path = str(folder / "host.sock")
        self.abstract = "chengxue-attack-pack"
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 0))
        self.named, self.hidden = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
        self.named.bind(self.path)
        self.hidden.bind(f"\0{self.abstract}")
        for each in (self.named, self.hidden):
            each.listen()

    def heard(self) -> list[str]:
        """Return which servers were reached so far."""
        found = []
        for name in ("tcp", "udp", "named", "hidden"):
            server: socket.socket = getattr(self, name)
            server.setblocking(False)
            try:
                server.recv(9) if name == "udp" else server.accept()[0].close()
                found.append(name)
            except BlockingIOError:
                continue
        return found

    def close(self) -> None:
        """Close all."""
        for each in (self.tcp, self.udp, self.named, self.hidden):
            each.close()


def filled(listening: Listening, environment: Path) -> dict[str, str]:
    """Return what stands for the placeholders of the pack."""
    return {
        "@PORT@": str(listening.tcp.getsockname()[1]),
        "@UDP@": str(listening.udp.getsockname()[1]),
        "@SOCKET@": repr(listening.path),
        "@ABSTRACT@": repr(listening.abstract),
        "@ENVIRONMENT@": repr(str(environment)),
    }


def grade_bytes(grader: GraderProcess, lab: str, submission: bytes) -> Ended:
    """Grade a submission of one of the pack's labs."""
    files = {name: base64.b64encode(text.encode()).decode() for name, text in labs()[lab].files.items()}
    request = {
        "source": base64.b64encode(encode(source_of(labs()[lab]))).decode(),
        "submission": base64.b64encode(submission).decode(),
        "files": files,
        "limits": LIMITS,
    }
    began = time.monotonic()
    last = grader.events(op="grade", **request)[-1]
    seconds = time.monotonic() - began
    return Ended(last.get("result", {}), last.get("code", ""), seconds)


def submission_of(attack: Attack, release: dict[str, Any], places: dict[str, str]) -> bytes:
    """Build an attack on its own lab."""
    lab = labs()[attack.lab]
    return attacked(release, attack, Names(lab.functions, lab.values, lab.classes), places, is_own=True)


@contextmanager
def side_by_side(cases: dict[str, Callable[[], Ended]]) -> Iterator[dict[str, Future[Ended]]]:
    """Start every case; each is waited for by its own test."""
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        yield {name: pool.submit(case) for name, case in cases.items()}


def told(result: dict[str, Any]) -> str:
    """Return everything that a result tells people."""
    return json.dumps({key: result[key] for key in ("questions", "flags")}, ensure_ascii=False)
