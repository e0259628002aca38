"""Lets the test runner empty append-only tables: their triggers sleep while it flushes, and only there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from portal.audit.append_only import create_statements, drop_statements


def append_only_tables() -> list[str]:
    """Tables that carry the triggers of `AppendOnly`."""
    catalog = "sqlite_master" if connection.vendor == "sqlite" else "pg_trigger"
    column, mark = ("name", "_no_replace") if connection.vendor == "sqlite" else ("tgname", "_no_truncate")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {catalog} WHERE {column} LIKE %s", [f"%{mark}"])
        return [str(row[0]).removesuffix(mark) for row in cursor.fetchall()]


def frozen_triggers() -> dict[str, str]:
    """Triggers of `FrozenWhen` and `ErasableOnly` that keep SQLite from emptying a table, by name; PostgreSQL's leave TRUNCATE alone."""
    if connection.vendor != "sqlite":
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s", ["%_frozen_delete"]
        )
        return dict(cursor.fetchall())


@pytest.fixture(autouse=True, scope="session")
def flush_empties_append_only_tables() -> Iterator[None]:
    """Wrap the backend's flush statements."""
    operations = type(connection.ops)
    original = operations.sql_flush

    def sql_flush(self: Any, style: Any, tables: Any, **options: Any) -> list[str]:
        statements = original(self, style, tables, **options)
        guarded = [table for table in append_only_tables() if table in tables] if statements else []
        lifted = [sql for table in guarded for sql in drop_statements(connection.vendor, table)]
        frozen = frozen_triggers() if statements else {}
        lifted += [f'DROP TRIGGER "{name}"' for name in frozen]
        restored = [sql for table in guarded for sql in create_statements(connection.vendor, table)]
        return [*lifted, *statements, *restored, *frozen.values()]

    operations.sql_flush = sql_flush  # type: ignore[method-assign]  # a test's patch
    yield
    operations.sql_flush = original  # type: ignore[method-assign]  # taken back
