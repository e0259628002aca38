"""One run of the migrations for all processes of a parallel test run: the first makes the database, the others copy it."""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, Any

import pytest
from django.db import connection


class Migrated:
    """The migrated database that the processes of one run share; nothing when there is one process."""

    def __init__(self, run: str, folder: Path) -> None:
        self.mark = folder / "migrated"
        self.template = f"{self.mark}.sqlite3" if connection.vendor == "sqlite" else f"migrated_{run[:16]}"
        self.lock: IO[str] | None = None

    def copy(self) -> bool:
        """Copy what another process migrated; where none has, return False and keep the others waiting."""
        self.lock = self.mark.with_suffix(".lock").open("w")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        if not self.mark.exists():
            return False
        self._release()
        _copy(self.template, connection.settings_dict["TEST"]["NAME"])
        return True

    def offer(self) -> None:
        """Let the waiting processes copy the database that this one has migrated."""
        if self.lock is not None:
            connection.close()
            _copy(connection.settings_dict["NAME"], self.template)
            self.mark.touch()
            self._release()

    def _release(self) -> None:
        assert self.lock is not None
        self.lock.close()
        self.lock = None


def _copy(source: str, target: str) -> None:
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
            one.backup(other)
        return
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{target}"')
        cursor.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')


@pytest.fixture(scope="session")
def migrated(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_modify_db_settings: None,
    django_db_blocker: Any,
) -> Iterator[tuple[Migrated | None, bool]]:
    """Yield the shared database, and whether it was copied."""
    worker = getattr(request.config, "workerinput", None)
    if worker is None:
        yield None, False
        return
    # The folder that the processes of a run have in common; pytest removes it.
    shared = Migrated(worker["testrunuid"], tmp_path_factory.getbasetemp().parent)
    with django_db_blocker.unblock():
        copied = shared.copy()
    yield shared, copied


@pytest.fixture(scope="session")
def django_db_createdb(request: pytest.FixtureRequest, migrated: tuple[Migrated | None, bool]) -> bool:
    """Return what was copied is used as it is."""
    return bool(request.config.getvalue("create_db")) and not migrated[1]


@pytest.fixture(scope="session")
def django_db_setup(migrated: tuple[Migrated | None, bool], django_db_setup: None, django_db_blocker: Any) -> None:
    """As pytest-django's; the first process then lets the others go on."""
    if migrated[0] is not None:
        with django_db_blocker.unblock():
            migrated[0].offer()
