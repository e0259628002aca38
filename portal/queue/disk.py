"""What the record's own disk stops as it fills: homes first, then new labs, then Checks; submissions are the last.

The hub and its warden stop the first two by themselves (hub_config/machine.py, with the same levels).
"""

from __future__ import annotations

import os
from enum import IntEnum
from pathlib import Path

# A file system can be full of files before it is full of bytes.
FREE_FILES = 20_000


class DiskLevel(IntEnum):
    """What is stopped; each includes those before it."""

    OPEN = 0
    HOMES = 1
    LABS = 2
    CHECKS = 3


# From which share of the reserve on a level holds.
SHARES = {DiskLevel.CHECKS: 8, DiskLevel.LABS: 2, DiskLevel.HOMES: 1}


def free_octets(folder: Path) -> int:
    """Return what is free on the folder's disk."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def disk_level(folder: Path, reserve: int) -> DiskLevel:
    """Return what the folder's disk stops at the moment."""
    files = os.statvfs(folder)
    for level, share in SHARES.items():
        # A file system without a number of files, as btrfs, says 0 of 0.
        if free_octets(folder) < reserve // share or (files.f_files and files.f_favail < FREE_FILES // share):
            return level
    return DiskLevel.OPEN
