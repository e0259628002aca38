"""Migrations are complete, named and reversible."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunPython, RunSQL

from labs.datasets.frozen import FrozenWhen
from portal.audit.append_only import AppendOnly
from portal.audit.erasable import ErasableOnly

OURS = ("portal.", "courses.", "labs.", "search")


def test_models_and_migrations_agree(db: None) -> None:
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())


def our_migrations() -> list[tuple[str, object]]:
    """Migrations of our own apps."""
    labels = {config.label for config in apps.get_app_configs() if config.name.startswith(OURS)}
    loader = MigrationLoader(connection, ignore_no_migrations=True)
    return [(f"{key[0]}.{key[1]}", migration) for key, migration in loader.disk_migrations.items() if key[0] in labels]


@pytest.mark.django_db
def test_every_migration_can_be_undone() -> None:
    one_way = [
        name
        for name, migration in our_migrations()
        for operation in migration.operations  # type: ignore[attr-defined]  # disk_migrations is untyped
        if isinstance(operation, RunPython | RunSQL) and not operation.reversible
    ]

    assert not one_way


@pytest.mark.django_db
def test_every_migration_is_named_by_intent() -> None:
    unnamed = [name for name, _ in our_migrations() if re.search(r"_auto_|_\d{8}", name)]

    assert not unnamed


class Listener:
    """Hears which statements an operation would execute."""

    def __init__(self) -> None:
        self.connection = connection
        self.heard: list[str] = []

    def execute(self, sql: str, params: object = None) -> None:
        self.heard.append(sql)


@pytest.mark.django_db
def test_every_guard_of_a_table_is_there_after_the_last_migration() -> None:
    """SQLite builds a table anew for most alterations, and its triggers are gone then."""
    listener = Listener()
    for _, migration in our_migrations():
        for operation in migration.operations:  # type: ignore[attr-defined]  # disk_migrations is untyped
            if isinstance(operation, AppendOnly | FrozenWhen | ErasableOnly):
                operation.database_forwards("", listener, None, None)  # type: ignore[arg-type]  # it asks for no more
    wanted = {name for sql in listener.heard for name in re.findall(r'CREATE TRIGGER "(\w+)"', sql)}
    catalog = "SELECT name FROM sqlite_master" if connection.vendor == "sqlite" else "SELECT tgname FROM pg_trigger"
    with connection.cursor() as cursor:
        cursor.execute(catalog)
        there = {name for (name,) in cursor.fetchall()}

    assert len(wanted) > 60
    assert not wanted - there
