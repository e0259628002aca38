"""Telling a database that others keep busy from one that is broken."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.dispatch import receiver

RETRY_AFTER_S = 10
"""When to come again; whoever held the database has mostly let go by then."""
LOCK_TIMEOUT_S = 20
"""How long a write waits for others on PostgreSQL, as on SQLite (settings)."""
SQLITE_CODES = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
POSTGRESQL_STATES = frozenset(
    {
        "55P03",  # lock_not_available: lock_timeout
        "40P01",  # deadlock_detected
        "40001",  # serialization_failure
        "53300",  # too_many_connections
    }
)


def is_busy(error: BaseException | None) -> bool:
    """Return whether the error, or one that led to it, says that somebody else holds what was
    wanted: trying again helps."""
    return any(_says_busy(one) for one in _chain(error))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _says_busy(error: BaseException) -> bool:
    if isinstance(error, sqlite3.OperationalError):
        # The low octet is the kind; the others say which.
        return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in SQLITE_CODES
    return getattr(error, "sqlstate", None) in POSTGRESQL_STATES


@receiver(connection_created, dispatch_uid="queue.limit_waiting")
def limit_waiting(sender: Any, connection: BaseDatabaseWrapper, **_: Any) -> None:
    """On PostgreSQL nobody waits for a lock for ever; SQLite has its own limit."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = '{LOCK_TIMEOUT_S}s'")


class BusyWatch:
    """Notes a statement that failed because the database was busy, for callers of code that swallows the failure."""

    def __init__(self, alias: str) -> None:
        self._connection = connections[alias]
        self.error: OperationalError | None = None

    def __enter__(self) -> BusyWatch:
        self._wrapper = self._connection.execute_wrapper(self._watch)
        self._wrapper.__enter__()
        return self

    def __exit__(self, *exception: Any) -> None:
        self._wrapper.__exit__(*exception)

    def _watch(self, execute: Any, *arguments: Any) -> Any:
        try:
            return execute(*arguments)
        except OperationalError as error:
            if is_busy(error):
                self.error = error
            raise
