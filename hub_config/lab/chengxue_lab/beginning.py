"""What the launcher needs to begin a program: its open files, its place when memory runs out. Standard library only."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator

# As PROGRAM_GOES of hub_config/walls.py, which is not there where this runs.
GOES_FIRST = b"900"
# A home that the warden found full is written by no new program; what is to be kept lies in the program's own memory then.
FULL_HOME_VARIABLES = {"IPYTHONDIR": "/tmp/ipython", "MPLCONFIGDIR": "/tmp/matplotlib"}


def home_is_full(news: str) -> bool:
    """Tell whether the warden last said that the home is full; without its word the home is open."""
    try:
        with open(news, encoding="utf-8") as file:
            return bool(json.load(file)["home"]["is_full"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def go_first() -> None:
    """Let the machine's kernel take this program before anything else when memory runs out.

    Behind a launcher whose memory is closed to its own user the kernel refuses; then the warden does it in half a second.
    """
    with contextlib.suppress(OSError):
        descriptor = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
        os.write(descriptor, GOES_FIRST)
        os.close(descriptor)


def children_of(first: int) -> Iterator[tuple[int, int]]:
    """Yield start and number of each child of a process."""
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        with contextlib.suppress(OSError), open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
            if int(fields[1]) == first and fields[0] not in ("Z", "X"):
                yield int(fields[19]), int(name)


@contextlib.contextmanager
def memory_file(text: str) -> Iterator[int]:
    """Open a file that lives in memory only, ready to be read by a child."""
    descriptor = os.memfd_create("lab")
    try:
        os.write(descriptor, text.encode())
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def opened_file(path: str) -> Iterator[int]:
    """Open a file for a child."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
