"""Files that survive a power cut: written beside their place, flushed, renamed, and the folder flushed too.

A rename alone is lost with the folder's block, and a flushed file without its name is lost as well. Standard library
only, since secrets are written before anything is installed.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, BinaryIO

PRIVATE = 0o700


def make_folder(folder: Path, *, mode: int = PRIVATE) -> None:
    """Make the folder, and those above it, so that it is still there after a power cut; it may be there already."""
    folder.mkdir(mode=mode, parents=True, exist_ok=True)
    sync(folder.parent)


def write_durably(target: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Write the whole file, in place of the one that may be there; a failure leaves that one and nothing else."""
    with written_durably(target, mode=mode) as stream:
        stream.write(content)


@contextlib.contextmanager
def written_durably(target: Path, *, mode: int = 0o600) -> Iterator[BinaryIO]:
    """Yield a stream to write the file with, which appears under its name only when the block ends
    without an exception."""
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    beside = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            yield stream
            os.fchmod(stream.fileno(), mode)
            sync_stream(stream)
        put_in_place(beside, target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def put_in_place(beside: Path, target: Path) -> None:
    """Give a file or folder that is whole and flushed its name, for good."""
    beside.rename(target)
    sync(target.parent)


def sync_stream(stream: IO[bytes]) -> None:
    """Bring what was written to the stream onto the disk."""
    stream.flush()
    os.fsync(stream.fileno())


def sync_files(folder: Path) -> None:
    """Bring the files of a folder onto the disk, and their names."""
    for path in (*folder.iterdir(), folder):
        sync(path)


def sync(path: Path) -> None:
    """Bring the bytes of a file, or the names of a folder, onto the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
