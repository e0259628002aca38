"""Files that the record rests on: complete and on the disk, or not there at all."""

from __future__ import annotations

import errno
from contextlib import suppress
from pathlib import Path

from django.core.files.storage import storages

from portal.durable import make_folder, write_durably

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class StorageFull(Exception):
    """There is no room for the file; nothing was kept of it."""


def store_durably(alias: str, name: str, content: bytes) -> None:
    """Write a new file of the storage so that it survives a power cut once this returns. Raises StorageFull."""
    target = Path(storages[alias].path(name))
    try:
        make_folder(target.parent)
        write_durably(target, content)
    except OSError as problem:
        if problem.errno in FULL:
            raise StorageFull(name) from problem
        raise


def read_stored(alias: str, name: str) -> bytes:
    """Return the bytes of a stored file. Raises FileNotFoundError."""
    with storages[alias].open(name, "rb") as file:
        return bytes(file.read())


def forget_stored(alias: str, name: str) -> None:
    """Remove a file to which no row points."""
    with suppress(OSError):
        storages[alias].delete(name)


def path_by_uuid(identity: object, suffix: str) -> str:
    """Return where the file of a row lies in its storage: two levels, by uuid."""
    text = str(identity)
    return f"{text[:2]}/{text}{suffix}"
