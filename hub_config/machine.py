"""What this machine has left, and how much of it one lab may take. Only the standard library is used."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

MEMINFO = Path("/proc/meminfo")
# A file system can be full of files before it is full of bytes: these are left to the record.
FREE_FILES = 20_000


class DiskLevel(IntEnum):
    """What a disk that fills up stops, one after the other; submissions are the last. In step with portal/queue/disk.py."""

    OPEN = 0
    HOMES = 1
    LABS = 2
    CHECKS = 3


# From which share of the reserve on a level holds.
SHARES = {DiskLevel.CHECKS: 8, DiskLevel.LABS: 2, DiskLevel.HOMES: 1}


@dataclass(frozen=True)
class Bounds:
    """Octets and numbers of files: of one lab, and what the machine keeps free."""

    memory: int
    home: int
    home_files: int
    free_memory: int
    free_disk: int


def memory_mb() -> int:
    """Return the machine's memory."""
    return _meminfo("MemTotal") >> 20


def available_memory() -> int:
    """Return how many octets programs can still take before others suffer."""
    return _meminfo("MemAvailable")


def disk_level(folder: Path, reserve: int) -> DiskLevel:
    """Return what the disk of this folder stops at the moment."""
    found = os.statvfs(folder)
    free, files = found.f_bavail * found.f_frsize, found.f_favail
    for level, share in SHARES.items():
        # A file system without a number of files, as btrfs, says 0 of 0.
        if free < reserve // share or (found.f_files and files < FREE_FILES // share):
            return level
    return DiskLevel.OPEN


def _meminfo(name: str) -> int:
    for line in MEMINFO.read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) << 10
    raise KeyError(name)
