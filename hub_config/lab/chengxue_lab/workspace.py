"""The trainee's files: putting a release into the home without ever overwriting work."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from .inside import Inside

# A release holds a notebook and small files; data comes from /srv/datasets.
LARGEST_RELEASE_BYTES = 200 << 20


class BadRelease(ValueError):
    """The portal sent files that cannot be put into the home."""


@dataclass(frozen=True)
class Workspace:
    """The home of one trainee."""

    home: Path

    def inside(self, relative: str) -> Path:
        """Return the path of a file in the home. Raises BadRelease for one that leads out of it."""
        pure = PurePosixPath(relative)
        if pure.is_absolute() or ".." in pure.parts or not pure.parts or "\0" in relative or "\\" in relative:
            raise BadRelease(relative)
        path = self.home / pure
        # The last part too: a kernel can lay a link into the home that the server would follow in its own sandbox.
        if not path.resolve().is_relative_to(self.home.resolve()):
            raise BadRelease(relative)
        return path

    def read(self, relative: str) -> bytes:
        """Return the saved bytes of a file. Raises FileNotFoundError."""
        return self._read(self.inside(relative))

    def add_missing(self, folder: str, archive: bytes) -> list[str]:
        """Put the files of a release into `folder`, except those that are there; return what was added."""
        added = []
        for name, content in _members(archive):
            path = self.inside(f"{folder}/{name}")
            if not path.exists():
                self._write(path, content)
                added.append(name)
        return added

    def start_again(self, folder: str, archive: bytes, at: datetime) -> list[str]:
        """Put every file of a release into `folder` anew and return the names under which changed ones were kept."""
        kept = []
        for name, content in _members(archive):
            path = self.inside(f"{folder}/{name}")
            if path.exists() and self._read(path) != content:
                aside = _free_name(path, at)
                Inside(self.home).rename(path, aside)
                kept.append(aside.name)
            self._write(path, content)
        return kept

    def remember(self, assignments: list[dict[str, Any]]) -> None:
        """Keep the list of assignments for the time when the portal is away."""
        self._write(self._memory, json.dumps(assignments, ensure_ascii=False).encode())

    def remembered(self) -> list[dict[str, Any]]:
        """Return the list that was kept last."""
        try:
            found = json.loads(self._read(self._memory))
        except (OSError, ValueError):
            return []
        return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []

    @property
    def _memory(self) -> Path:
        return self.home / ".chengxue" / "assignments.json"

    def _read(self, path: Path) -> bytes:
        # What a path leads to can change after it was looked at; this looks at what it opens.
        with open(path, "rb", opener=Inside(self.home).open) as file:
            return file.read()

    def _write(self, path: Path, content: bytes) -> None:
        home = Inside(self.home)
        home.make_folders(path.parent)
        with home.replacing(path) as file:
            file.write(content)


def _members(archive: bytes) -> list[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            entries = [entry for entry in opened.infolist() if not entry.is_dir()]
            if sum(entry.file_size for entry in entries) > LARGEST_RELEASE_BYTES:
                raise BadRelease("too large")
            return [(entry.filename, opened.read(entry)) for entry in entries]
    except zipfile.BadZipFile as error:
        raise BadRelease(str(error)) from error


def _free_name(path: Path, at: datetime) -> Path:
    stem = f"{path.stem}-{at:%Y%m%d-%H%M%S}"
    candidate, number = path.with_name(stem + path.suffix), 2
    while candidate.exists():
        candidate, number = path.with_name(f"{stem}-{number}{path.suffix}"), number + 1
    return candidate
