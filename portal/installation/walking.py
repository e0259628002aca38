"""Walks a tree that others write while it is read, and notes what of it no archive can take."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from portal.installation.messages import say, text

LEVELS_MOST = 200
"""Each level holds one descriptor here, and one call where a half restored folder is removed."""
NAME_MOST = 3000
"""Bytes of a name that still is a path, of 4096 at most, in whatever folder it is restored."""
HOLES_MOST = 256 * 1024 * 1024
"""So much nothing in sparse files is written out for each home; a home of a few blocks could else fill the disk."""
SAID_MOST = 5
LIVED_IN = "homes"
READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK

Found = tuple[str, int, os.stat_result, str]


@dataclass
class LeftOut:
    """What could not be archived, said by name; a home with much of it does not flood the screen."""

    counts: Counter[str] = field(default_factory=Counter)
    holes: Counter[str] = field(default_factory=Counter)

    def note(self, name: str, reason: str) -> None:
        """Count and say what is left out."""
        home = _home(name)
        self.counts[home] += 1
        if self.counts[home] <= SAID_MOST:
            shown = name[:300]  # control characters in it would speak to the terminal
            say("backup_left_out", name=shown if shown.isprintable() else ascii(shown), reason=reason)

    def has_holes(self, name: str, found: os.stat_result) -> bool:
        """Tell whether a sparse file is too much of nothing for its home. Never so outside of homes."""
        if not (_is_lived_in(name) and stat.S_ISREG(found.st_mode)) or found.st_blocks * 512 >= found.st_size:
            return False
        missing = found.st_size - found.st_blocks * 512
        home = _home(name)
        if self.holes[home] + missing > HOLES_MOST:
            self.note(name, text("left_out_sparse", size=found.st_size // 1024**2, used=found.st_blocks // 2048))
            return True
        self.holes[home] += missing
        return False

    def refuse(self, name: str, error: OSError) -> None:
        """Note what of a home cannot be read. Raises the error elsewhere, where a backup without it would be none."""
        if not _is_lived_in(name):
            raise error
        self.note(name, error.strerror or type(error).__name__)


@dataclass
class _Level:
    name: PurePosixPath
    descriptor: int
    entries: list[str]


def files_below(folder: Path, prefix: str, left_out: LeftOut) -> Iterator[Found]:
    """Yield (name, open descriptor or -1 for folder and link, stat, link target) below `folder`.

    Trainees own parts of the tree while it is read: nothing is opened through a link, nothing waits for a pipe, and
    what is neither file, folder nor link is left out. It never calls itself, whatever the depth.
    """
    levels = [_level(PurePosixPath(prefix), os.open(folder, READ | os.O_DIRECTORY))]
    try:
        yield prefix, -1, os.fstat(levels[0].descriptor), ""
        while levels:
            level = levels[-1]
            if not level.entries:
                os.close(levels.pop().descriptor)
                continue
            name = level.entries.pop()
            path = str(level.name / name)
            descriptor, found, target = _opened(name, path, level.descriptor, left_out)
            if found is None:
                continue
            if not stat.S_ISDIR(found.st_mode):
                yield from _closing((path, descriptor, found, target), left_out)
            elif len(levels) < LEVELS_MOST:
                levels.append(_level(level.name / name, descriptor))
                yield path, -1, found, ""
            else:
                os.close(descriptor)
                left_out.note(path, text("left_out_deep", levels=LEVELS_MOST))
    finally:
        for level in levels:
            os.close(level.descriptor)


def _level(name: PurePosixPath, descriptor: int) -> _Level:
    return _Level(name, descriptor, sorted(os.listdir(descriptor), reverse=True))


def _closing(file: Found, left_out: LeftOut) -> Iterator[Found]:
    path, descriptor, found, _target = file
    try:
        if not left_out.has_holes(path, found):
            yield file
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def _opened(name: str, path: str, parent: int, left_out: LeftOut) -> tuple[int, os.stat_result | None, str]:
    """Open a file or a folder, read a link; no stat for what is left out."""
    if len(os.fsencode(path)) > NAME_MOST:
        left_out.note(path, text("left_out_long"))
        return -1, None, ""
    try:
        found = os.stat(name, dir_fd=parent, follow_symlinks=False)
        if stat.S_ISLNK(found.st_mode):
            return -1, found, os.readlink(name, dir_fd=parent)
        if not stat.S_ISDIR(found.st_mode) and not stat.S_ISREG(found.st_mode):
            return -1, None, ""
        descriptor = os.open(name, READ, dir_fd=parent)
    except FileNotFoundError:
        return -1, None, ""  # removed meanwhile
    except OSError as error:
        left_out.refuse(path, error)
        return -1, None, ""
    found = os.fstat(descriptor)
    if stat.S_ISDIR(found.st_mode) or stat.S_ISREG(found.st_mode):
        return descriptor, found, ""
    os.close(descriptor)  # put there between the two looks
    return -1, None, ""


def _home(name: str) -> str:
    return "/".join(name.split("/", 2)[:2])


def _is_lived_in(name: str) -> bool:
    return name.startswith(f"{LIVED_IN}/")
