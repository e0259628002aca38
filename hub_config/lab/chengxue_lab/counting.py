"""Counts a folder that somebody else writes meanwhile, without following a link out of it. Standard library only."""

from __future__ import annotations

import heapq
import os
import stat
from contextlib import suppress
from dataclasses import dataclass, field

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# So many folders are open at once. What lies deeper is counted as one that is full: nobody works like that.
DEEPEST = 150
TOO_DEEP = 1 << 62


@dataclass
class Count:
    """Octets as the disk counts them, and entries, which are its inodes."""

    octets: int = 0
    entries: int = 0
    largest: list[tuple[int, str]] = field(default_factory=list)
    """The largest files, by size; only where they were asked for."""
    fullest: list[tuple[int, str]] = field(default_factory=list)
    """The folders with most entries of their own."""

    def __add__(self, other: Count) -> Count:
        return Count(self.octets + other.octets, self.entries + other.entries)


def count(folder: str, *, most: int, largest: int = 0) -> Count:
    """Return what is in a folder, up to about `most` entries; a missing one is empty."""
    found = Count()
    with suppress(OSError):
        _count(found, os.open(folder, FOLDER), most, largest)
    found.largest.sort(reverse=True)
    found.fullest.sort(reverse=True)
    return found


def _count(found: Count, root: int, most: int, largest: int) -> None:
    linked: set[int] = set()
    # Depth first; a folder is opened from the one above it, so that no link decides where.
    opened: list[tuple[int, str, list[str]]] = []
    try:
        opened.append((root, "", _entries(root, "", found, linked, most, largest)))
        while opened and found.entries <= most:
            folder, path, below = opened[-1]
            if not below:
                os.close(folder)
                opened.pop()
            elif len(opened) > DEEPEST:
                found.octets = TOO_DEEP
                found.fullest = [(found.entries, path.partition("/")[0])]
                return
            else:
                name = below.pop()
                with suppress(OSError):
                    descriptor = _opened(name, folder)
                    inner = f"{path}/{name}" if path else name
                    opened.append((descriptor, inner, []))
                    opened[-1] = (descriptor, inner, _entries(descriptor, inner, found, linked, most, largest))
    finally:
        for folder, _, _ in opened:
            os.close(folder)


def _opened(name: str, above: int) -> int:
    """Open a folder, also one that its owner closed: what is in there counts. Raises OSError."""
    try:
        descriptor = os.open(name, FOLDER, dir_fd=above)
        if os.geteuid() == 0 or os.fstat(descriptor).st_mode & 0o100:
            return descriptor
        os.close(descriptor)
    except PermissionError:
        pass
    handle = os.open(name, os.O_PATH | FOLDER, dir_fd=above)
    try:
        # By the descriptor: there is no chmod that follows no link.
        os.chmod(f"/proc/self/fd/{handle}", 0o700)
        return os.open(".", FOLDER, dir_fd=handle)
    finally:
        os.close(handle)


def _entries(folder: int, path: str, found: Count, linked: set[int], most: int, largest: int) -> list[str]:
    """Count the entries of one folder and return the names of those that are folders."""
    below: list[str] = []
    before = found.entries
    with os.scandir(folder) as entries:
        for entry in entries:
            found.entries += 1
            if found.entries > most:
                break
            with suppress(OSError):
                info = entry.stat(follow_symlinks=False)
                if info.st_nlink > 1 and not stat.S_ISDIR(info.st_mode):
                    if info.st_ino in linked:
                        continue
                    linked.add(info.st_ino)
                found.octets += info.st_blocks * 512
                if stat.S_ISDIR(info.st_mode):
                    below.append(entry.name)
                elif largest:
                    _keep(
                        found.largest, (info.st_blocks * 512, f"{path}/{entry.name}" if path else entry.name), largest
                    )
    if largest:
        _keep(found.fullest, (found.entries - before, path), largest)
    return below


def _keep(heap: list[tuple[int, str]], item: tuple[int, str], most: int) -> None:
    if len(heap) < most:
        heapq.heappush(heap, item)
    else:
        heapq.heappushpop(heap, item)
