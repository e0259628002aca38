"""How a long build tells where it is, is stopped, and goes on where a killed one ended."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Progress = Callable[[str, float], None]
"""Called with a stage (treat, search, publish, measure, check, compare; read, profile, dependencies, together) and the share done of the whole."""
SAVED_EVERY_SECONDS = 2.0


class Cancelled(Exception):
    """Raised by a progress callback to stop a build; nothing was written."""


def silent(stage: str, share: float) -> None:
    """Tell nobody."""


@dataclass
class Checkpoint:
    """What the search has already proved, on disk; only the search that wrote it may read it.

    A build is deterministic, so going on means: run it again, but look up every node judged before.
    """

    path: Path | None
    identity: str
    passes: list[dict[str, list[float]]] = field(default_factory=list)
    saved_at: float = field(default_factory=time.monotonic)
    found: int = 0

    @classmethod
    def opened(cls, path: Path | None, identity: str) -> Checkpoint:
        """Return the checkpoint in `path` when it belongs to this build, else an empty one."""
        checkpoint = cls(path, identity)
        try:
            document: Any = json.loads(path.read_text("utf-8")) if path else {}
            if isinstance(document, dict) and document.get("identity") == identity:
                checkpoint.passes = document["passes"]
                checkpoint.found = sum(map(len, checkpoint.passes))
        except (OSError, ValueError, KeyError, TypeError):
            checkpoint.passes = []  # a torn file only costs the time to search again
        return checkpoint

    def of_pass(self, number: int) -> dict[str, list[float]]:
        """Return what pass `number` proved, by node."""
        while len(self.passes) <= number:
            self.passes.append({})
        return self.passes[number]

    def save(self, *, at_once: bool = False) -> None:
        """Write the file whole, when it was not written a moment ago."""
        if self.path is None or not (at_once or time.monotonic() - self.saved_at > SAVED_EVERY_SECONDS):
            return
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump({"identity": self.identity, "passes": self.passes}, stream)
        os.replace(name, self.path)
        self.saved_at = time.monotonic()

    def discard(self) -> None:
        """Remove the file: the build is done."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)
