"""A running grader, and notebooks to give it."""

from __future__ import annotations

import base64
import copy
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import pytest

from labs.datasets.sources import SOURCES, ImportProblem
from labs.datasets.sources.digests import require_digest
from labs.datasets.sources.wheels import fetch_member
from tests.laying import lay_out

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 30


def make_cell(kind: str, name: str, source: str, **marks: Any) -> dict[str, Any]:
    """Make one cell, with nbgrader's metadata when marks are given."""
    cell: dict[str, Any] = {"cell_type": kind, "id": name, "metadata": {}, "source": source}
    if kind == "code":
        cell |= {"outputs": [], "execution_count": None}
    if marks:
        plain = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
        cell["metadata"]["nbgrader"] = plain | {"grade_id": name, "cell_type": kind} | marks
    return cell


def answer_cell(name: str, source: str) -> dict[str, Any]:
    """Make a cell that trainees fill in."""
    return make_cell("code", name, source, solution=True)


def graded_cell(name: str, source: str, points: float = 2) -> dict[str, Any]:
    """Make a cell of tests."""
    return make_cell("code", name, source, grade=True, locked=True, points=points)


def make_notebook(*cells: Mapping[str, Any]) -> dict[str, Any]:
    """Make a Python notebook of these cells."""
    kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
    copies = [copy.deepcopy(dict(cell)) for cell in cells]
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": copies}


def with_answers(notebook: Mapping[str, Any], **answers: str) -> dict[str, Any]:
    """Return a copy in which the cells of these names (underscores for dashes) hold other text."""
    changed = copy.deepcopy(dict(notebook))
    wanted = {name.replace("_", "-"): text for name, text in answers.items()}
    for cell in changed["cells"]:
        cell["source"] = wanted.pop(cell["id"], cell["source"])
    assert not wanted, f"no such cells: {wanted}"
    return changed


def encode(notebook: Mapping[str, Any]) -> bytes:
    """Return a notebook as the bytes of its file."""
    return json.dumps(notebook, ensure_ascii=False).encode()


@dataclass
class GraderProcess:
    """The engine serving on a socket, in the lab environment."""

    environment: Path
    socket_path: Path
    datasets: Path | None = None
    variables: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [str(self.environment / "bin" / "python"), "-B", "-m", "labs.grading.engine"]
        command += ["serve", "--socket", str(self.socket_path)]
        if self.datasets is not None:
            command += ["--datasets", str(self.datasets)]
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)} | self.variables
        log = self.socket_path.with_suffix(".log").open("ab")
        with log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while not self._is_answering():
            assert self.process.poll() is None, self.socket_path.with_suffix(".log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def _is_answering(self) -> bool:
        try:
            return bool(self.events(op="ping")[-1]["event"] == "result")
        except OSError:
            return False

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it and wait for its end."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(20)
            self.process = None

    def events(self, **request: Any) -> list[dict[str, Any]]:
        """Send one request and return every event of the answer."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(180)
            connection.connect(str(self.socket_path))
            connection.sendall(json.dumps(request).encode() + b"\n")
            with connection.makefile("r", encoding="utf-8") as answer:
                return [json.loads(line) for line in answer]

    def grade(self, source: Mapping[str, Any], submission: Mapping[str, Any], **options: Any) -> dict[str, Any]:
        """Grade one submission and return its result."""
        last = self.events(op="grade", source=_packed(source), submission=_packed(submission), **options)[-1]
        assert last["event"] == "result", last
        result: dict[str, Any] = last["result"]
        return result

    def inspect(self, source: Mapping[str, Any], **options: Any) -> dict[str, Any]:
        """Inspect an instructor's notebook."""
        last = self.events(op="inspect", source=_packed(source), **options)[-1]
        assert last["event"] == "result", last
        result: dict[str, Any] = last["result"]
        return result

    def release(self, source: Mapping[str, Any]) -> dict[str, Any]:
        """Return the trainee's notebook."""
        last = self.events(op="release", source=_packed(source))[-1]
        assert last["event"] == "result", last
        notebook: dict[str, Any] = json.loads(base64.b64decode(last["result"]["notebook"]))
        return notebook


def _packed(notebook: Mapping[str, Any]) -> str:
    return base64.b64encode(encode(notebook)).decode("ascii")


def _absent(what: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def lab_environment() -> Path:
    """Find the environment that labs run in: named, of this state folder, or of the checkout's own."""
    named = os.environ.get("CHENGXUE_LAB_ENVIRONMENT")
    folders = [Path(named)] if named else [state / "environments" / "lab" for state in _state_folders()]
    for folder in folders:
        if (folder / "bin" / "python").exists():
            return folder.absolute()
    _absent(f"no lab environment at {folders[0]}; name one by CHENGXUE_LAB_ENVIRONMENT")


@pytest.fixture(scope="session")
def released_datasets() -> Path:
    """Lay out what labs see at /srv/datasets, where the sandbox's own user can read it."""
    source = SOURCES[0]
    for there in _state_folders():
        if (there / "datasets" / source.code / "1" / source.file_name).exists():
            return there / "datasets"
    state = Path(os.environ["VAR_DIR"])
    (state / "raw").mkdir(parents=True, exist_ok=True)
    fetched = state / "raw" / source.file_name
    try:
        fetch_member(source.address, fetched, kept_in=state / "raw")
        require_digest(fetched, source.sha256, source.address)
    except ImportProblem as problem:
        _absent(str(problem))
    lay_out(state / "datasets", source.code, 1, {source.file_name: fetched.read_bytes()})
    return state / "datasets"


def _state_folders() -> list[Path]:
    """Return a running installation's, that of the tests, the checkout's own."""
    running = os.environ.get("CHENGXUE_RUNNING")
    return [*([Path(running)] if running else []), Path(os.environ["VAR_DIR"]), ROOT / "var"]


@pytest.fixture(scope="session")
def warm_grader(lab_environment: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraderProcess]:
    """One warm grader for all tests that need one, without data."""
    process = GraderProcess(lab_environment, tmp_path_factory.mktemp("grader") / "grader.sock")
    process.start()
    yield process
    process.stop()
