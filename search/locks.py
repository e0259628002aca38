"""Who may write to the index: one process at a time, on this machine and, with PostgreSQL, on all of them.

Both locks end with the process that holds them, however it ends.
"""

from __future__ import annotations

import fcntl
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from django.conf import settings
from django.db import connection

from search.engines import IndexBusy


class Lock(StrEnum):
    """`WRITE` guards the index in use, `REBUILD` the making of a new one beside it."""

    WRITE = "write"
    REBUILD = "rebuild"


@contextmanager
def held(lock: Lock, patience: float = 0.0) -> Iterator[None]:
    """Hold the lock, waiting `patience` seconds for it. Raises IndexBusy."""
    deadline = time.monotonic() + patience
    while True:
        try:
            with _held(lock):
                yield
                return
        except _NotNow:
            if time.monotonic() >= deadline:
                raise IndexBusy("another process writes to the search index") from None
            time.sleep(0.2)


def is_held(lock: Lock) -> bool:
    """Return whether any process holds the lock now."""
    try:
        with _held(lock):
            return False
    except _NotNow:
        return True


class _NotNow(Exception):
    """The lock is taken."""


@contextmanager
def _held(lock: Lock) -> Iterator[None]:
    folder = Path(settings.PATHS.index)
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / f"{lock}.lock", "w", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _NotNow from error
        with _everywhere(lock):
            yield


@contextmanager
def _everywhere(lock: Lock) -> Iterator[None]:
    if connection.vendor != "postgresql":
        yield
        return
    number = zlib.crc32(f"chengxue search {lock}".encode())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        if not cursor.fetchone()[0]:
            raise _NotNow
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [number])
