"""What the warden tells one lab: a small file that its server shows in the bar and its launcher obeys."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hub_config.walls import NEWS_FILE

MOST_NOTES = 5
NOTES_LAST_S = 3600
# Numbers that move a little are not worth a write; the time of the last one says that the warden is there.
SAID_AGAIN_S = 5.0


@dataclass
class News:
    """The state of one lab as its owner may know it, and what was ended, newest last."""

    file: Path
    notes: list[dict[str, Any]] = field(default_factory=list)
    was_full: bool = False
    _said: str = ""
    _said_at: float = 0.0

    @classmethod
    def of(cls, folder: Path, user: str) -> News:
        """Take up what was said before: a restart of hub or lab forgets neither a full home nor a reason."""
        news = cls(folder / user / NEWS_FILE)
        with suppress(OSError, ValueError, KeyError, TypeError):
            said = json.loads(news.file.read_text(encoding="utf-8"))
            news.notes = [note for note in said["notes"] if note["at"] > time.time() - NOTES_LAST_S]
            news.was_full = bool(said["home"]["is_full"])
        return news

    def note(self, kind: str) -> None:
        """Remember that something was ended, and why."""
        self.notes = [*self.notes, {"at": round(time.time(), 1), "kind": kind}][-MOST_NOTES:]
        self._said_at = 0.0

    def say(self, state: dict[str, Any]) -> None:
        """Write the state where the lab reads it, whole or not at all."""
        text = json.dumps({**state, "notes": self.notes})
        now = time.monotonic()
        if text == self._said or (now - self._said_at < SAID_AGAIN_S and self._is_alike(state)):
            return
        with suppress(OSError):
            new = self.file.with_suffix(".new")
            new.write_text(text, encoding="utf-8")
            new.chmod(0o644)
            new.replace(self.file)
            self._said, self._said_at = text, now

    def _is_alike(self, state: dict[str, Any]) -> bool:
        if not self._said:
            return False
        before = json.loads(self._said)
        return bool(
            before["home"]["is_full"] == state["home"]["is_full"]
            and before["disk"] == state["disk"]
            and abs(before["memory"]["used"] - state["memory"]["used"]) < state["memory"]["limit"] // 50
            and abs(before["home"]["octets"] - state["home"]["octets"]) < state["home"]["limit"] // 50
            and abs(before["home"]["files"] - state["home"]["files"]) < state["home"]["files_limit"] // 50
        )
