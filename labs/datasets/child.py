"""Starts the workshop's program for one job, follows its progress, and ends it when it is not wanted any more."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import selectors
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.5


class WorkRefused(Exception):
    """The workshop's answer is no, in a sentence for a person."""

    def __init__(self, key: str, message: str, message_en: str) -> None:
        super().__init__(message)
        self.key, self.message, self.message_en = key, message, message_en


class WorkCancelled(Exception):
    """Somebody asked to stop; nothing was kept."""


class WorkDied(Exception):
    """The program ended without an answer."""


def run_workshop(
    job: Mapping[str, Any],
    *,
    root: Path,
    progress: Callable[[str, int], None],
    is_cancelled: Callable[[], bool],
) -> dict[str, Any]:
    """Return the answer to the job. Raises WorkRefused, WorkCancelled and WorkDied."""
    environ = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(root), "LANG": "C.UTF-8", "HOME": "/nonexistent"}
    with tempfile.TemporaryFile() as errors:
        child = subprocess.Popen(
            [sys.executable, "-m", "labs.datasets.workshop"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, cwd=root, env=environ,
        )  # fmt: skip
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            child.stdin.write(json.dumps(job).encode() + b"\n")
            child.stdin.flush()
            answer = _follow(child.stdout, progress, is_cancelled)
        except BrokenPipeError:
            answer = None
        finally:
            child.kill()
            child.wait()
            with contextlib.suppress(BrokenPipeError):
                child.stdin.close()
            child.stdout.close()
        errors.seek(0)
        said = errors.read().decode(errors="replace").strip()
    if answer is None:
        raise WorkDied((said.splitlines() or [f"exit {child.returncode}"])[-1][:500])
    if answer["event"] == "refused":
        if said:
            log.error("the workshop refused with %s: %s", answer["key"], said)
        raise WorkRefused(answer["key"], answer["message"], answer["message_en"])
    return answer


def _follow(
    output: IO[bytes], progress: Callable[[str, int], None], is_cancelled: Callable[[], bool]
) -> dict[str, Any] | None:
    """Read lines until the answer; None when the program ends without one."""
    waiting = b""
    with selectors.DefaultSelector() as selector:
        selector.register(output, selectors.EVENT_READ)
        while True:
            if is_cancelled():
                raise WorkCancelled
            if not selector.select(LOOK_EVERY_S):
                continue
            chunk = os.read(output.fileno(), 1 << 16)
            if not chunk:
                return None
            *lines, waiting = (waiting + chunk).split(b"\n")
            for line in lines:
                document: dict[str, Any] = json.loads(line)
                if document["event"] != "progress":
                    return document
                progress(document["step"], document["percent"])
