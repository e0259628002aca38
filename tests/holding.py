"""Another writer that holds the database for as long as a test says, on both databases."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

HELD = ("django_cache", "django_session", "audit_auditevent", "learning_enrollment")
"""On PostgreSQL a writer holds what it writes: tables that sign-in and enrollment write."""


@contextmanager
def held_database(patience_ms: int = 100, tables: tuple[str, ...] = HELD) -> Iterator[None]:
    """Let somebody else hold the write lock, and the test's own connection wait no longer than `patience_ms`."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            before = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
            cursor.execute(f"PRAGMA busy_timeout = {patience_ms}")
        else:
            cursor.execute(f"SET lock_timeout = '{patience_ms}ms'")
    try:
        with _other_writer(tables):
            yield
    finally:
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute(f"PRAGMA busy_timeout = {before}")
            else:
                cursor.execute("SET lock_timeout = '20s'")


@contextmanager
def _other_writer(tables: tuple[str, ...]) -> Iterator[None]:
    if connection.vendor == "sqlite":
        other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")
            other.close()
        return
    second = connection.copy()
    try:
        with second.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(f"LOCK TABLE {', '.join(tables)} IN EXCLUSIVE MODE")
            yield
            cursor.execute("ROLLBACK")
    finally:
        second.close()
