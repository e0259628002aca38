"""Asks the grader: over its socket, or, where no service runs (seeding), by its command line."""

from __future__ import annotations

import base64
import json
import os
import socket
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings

from .protocol import Event, Inspection, Limits, Operation, RefusalCode

ENGINE = "labs.grader.engine"
"""Run, not imported: it needs the libraries of the trainees' environment."""
SILENCE_S = 10.0
COMMAND_S = 300
LIMITS: dict[str, Any] = asdict(Limits())


class GraderAway(Exception):
    """No grader can be reached; nothing was begun."""


class GraderSilent(Exception):
    """The grader stopped answering before it was done."""


class GraderRefused(Exception):
    """The grader says why it cannot do this."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message = code, message


Listen = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Checking:
    """A release to be checked whole; `listen` is told the stage, and how far it is."""

    source: bytes
    files: Mapping[str, bytes]
    wrong: Mapping[str, bytes] = field(default_factory=dict)
    datasets: Path | None = None
    is_certification: bool = False
    seconds: float = 50.0
    listen: Listen | None = None


class Grader(Protocol):
    """What a release needs of the grader."""

    def environment_digest(self) -> str:
        """Digest of the environment that labs and the grader run in."""

    def inspect(self, source: bytes, files: Mapping[str, bytes], datasets: Path | None = None) -> Inspection:
        """Questions and problems of a source notebook; runs its solution before the data in a folder of `datasets`."""

    def release(self, source: bytes) -> bytes:
        """Return the trainee's notebook: no solution, no hidden test."""

    def check(self, checking: Checking) -> dict[str, Any]:
        """Everything that a lab must pass."""


class GraderSocket:
    """The grader that runs as a service."""

    def __init__(self, path: str, *, silence_s: float = SILENCE_S) -> None:
        self._path, self._silence_s = path, silence_s

    @classmethod
    def from_settings(cls) -> GraderSocket:
        """Return the grader of this installation."""
        return cls(settings.GRADER_SOCKET)

    def is_up(self) -> bool:
        """Return whether it answers."""
        try:
            return bool(self.call({"op": Operation.PING}))
        except (GraderAway, GraderSilent, GraderRefused):
            return False

    def environment_digest(self) -> str:
        return str(self.call({"op": Operation.PING})["environment"])

    def inspect(self, source: bytes, files: Mapping[str, bytes], datasets: Path | None = None) -> Inspection:
        request: dict[str, Any] = {
            "op": Operation.INSPECT,
            "source": _text(source),
            "files": _texts(files),
            "limits": LIMITS,
        }
        return Inspection.read(self.call(request | _data(datasets)))

    def release(self, source: bytes) -> bytes:
        return base64.b64decode(self.call({"op": Operation.RELEASE, "source": _text(source)})["notebook"])

    def grade(
        self,
        *,
        identity: str,
        source: bytes,
        submission: bytes,
        files: Mapping[str, bytes],
        visible_only: bool,
        datasets: Path | None = None,
        variant_seed: str = "",
    ) -> dict[str, Any]:
        """Return the result of grading one submission, as docs/reference/record.md describes it."""
        request: dict[str, Any] = {
            "op": Operation.GRADE,
            "id": identity,
            "source": _text(source),
            "submission": _text(submission),
        }
        request |= {"files": _texts(files), "visible_only": visible_only, "limits": LIMITS}
        request |= {"variant_seed": variant_seed} if variant_seed else {}
        return self.call(request | _data(datasets))

    def check(self, checking: Checking) -> dict[str, Any]:
        """Everything that a lab must pass, as docs/reference/grading-engine.md describes the report."""
        request: dict[str, Any] = {
            "op": Operation.CHECK,
            "source": _text(checking.source),
            "files": _texts(checking.files),
        }
        request |= {"wrong": _texts(checking.wrong), "certification": checking.is_certification}
        request |= {"seconds": checking.seconds, "limits": LIMITS}
        return self.call(request | _data(checking.datasets), checking.listen)

    def call(self, request: Mapping[str, Any], listen: Listen | None = None) -> dict[str, Any]:
        """Send one request and wait for its answer. Raises GraderAway, GraderSilent or GraderRefused."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(self._silence_s)
            try:
                connection.connect(self._path)
            except OSError as problem:
                raise GraderAway(str(problem)) from problem
            try:
                connection.sendall(json.dumps(request).encode() + b"\n")
                with connection.makefile("rb") as answers:
                    return _await_result(answers, listen)
            except OSError as problem:
                raise GraderSilent(f"{type(problem).__name__}") from problem


def _await_result(answers: Any, listen: Listen | None) -> dict[str, Any]:
    while line := answers.readline():
        try:
            event = json.loads(line)
        except ValueError as problem:
            raise GraderSilent("broken answer") from problem
        if event.get("event") == Event.RESULT:
            return dict(event["result"])
        if event.get("event") == Event.ERROR:
            raise GraderRefused(str(event.get("code", "")), str(event.get("message", "")))
        if listen is not None and "stage" in event:
            listen(str(event["stage"]), int(event.get("done", 0)), int(event.get("of", 1)))
    raise GraderSilent("connection closed")


class GraderCommand:
    """The same engine, started for one request in the lab environment."""

    def __init__(self, python: Path, *, root: Path, datasets: Path) -> None:
        self._python, self._root, self._datasets = python, root, datasets

    @classmethod
    def from_settings(cls) -> GraderCommand:
        """Return the lab environment of this installation."""
        paths = settings.PATHS
        return cls(paths.lab_environment / "bin" / "python", root=paths.root, datasets=paths.datasets)

    def environment_digest(self) -> str:
        code = f"from {ENGINE}.digests import environment_digest as digest; print(digest())"
        return self._run(["-c", code]).strip()

    def inspect(self, source: bytes, files: Mapping[str, bytes], datasets: Path | None = None) -> Inspection:
        with tempfile.TemporaryDirectory(prefix="chengxue-inspect-") as scratch:
            options = self._laid_out(Path(scratch), source, files, datasets)
            said = self._run(["-m", ENGINE, Operation.INSPECT, *options]).splitlines()[-1]
            return Inspection.read(json.loads(said))

    def check(self, checking: Checking) -> dict[str, Any]:
        with tempfile.TemporaryDirectory(prefix="chengxue-check-") as scratch:
            options = self._laid_out(Path(scratch), checking.source, checking.files, checking.datasets)
            _write(Path(scratch) / "wrong", checking.wrong)
            options += ["--wrong", str(Path(scratch) / "wrong"), "--seconds", str(checking.seconds)]
            options += ["--certification"] if checking.is_certification else []
            report = self._run(["-m", ENGINE, Operation.CHECK, *options]).splitlines()[-1]
            return dict(json.loads(report))

    def _laid_out(self, scratch: Path, source: bytes, files: Mapping[str, bytes], datasets: Path | None) -> list[str]:
        _write(scratch / "files", files)
        notebook = scratch / "source.ipynb"
        notebook.write_bytes(source)
        options = {"source": notebook, "files": scratch / "files", "datasets": datasets or self._datasets}
        return [word for name, path in options.items() for word in (f"--{name}", str(path))]

    def release(self, source: bytes) -> bytes:
        with tempfile.TemporaryDirectory(prefix="chengxue-release-") as scratch:
            notebook, output = Path(scratch) / "source.ipynb", Path(scratch) / "release.ipynb"
            notebook.write_bytes(source)
            self._run(["-m", ENGINE, Operation.RELEASE, "--source", str(notebook), "--output", str(output)])
            return output.read_bytes()

    def _run(self, arguments: list[str]) -> str:
        environ = {
            **os.environ,
            "PYTHONPATH": str(self._root),
            "CHENGXUE_LAB_ENVIRONMENT": str(self._python.parents[1]),
        }
        try:
            done = subprocess.run(
                [str(self._python), *arguments],
                capture_output=True,
                text=True,
                timeout=COMMAND_S,
                check=False,
                env=environ,
                cwd=self._root,
            )
        except (OSError, subprocess.TimeoutExpired) as problem:
            raise GraderAway(str(problem)) from problem
        # 1: done, and the answer is negative.
        if done.returncode not in (0, 1) or not done.stdout.strip():
            raise GraderRefused(
                RefusalCode.COMMAND, (done.stderr.strip().splitlines() or [f"exit {done.returncode}"])[-1]
            )
        return done.stdout


def grader_at_hand() -> Grader:
    """Return the service when it runs, else the command."""
    service = GraderSocket.from_settings()
    return service if service.is_up() else GraderCommand.from_settings()


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def _data(folder: Path | None) -> dict[str, str]:
    """Exactly the data of a release; the grader's own folder where none is named."""
    return {} if folder is None else {"datasets": str(folder)}


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _texts(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: _text(content) for name, content in files.items()}
