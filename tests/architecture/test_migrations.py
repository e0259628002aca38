"""Migrations are complete, named and reversible."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path

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


RULES = {AppendOnly: "append-only", FrozenWhen: "frozen", ErasableOnly: "erasable"}
RECORD = Path(__file__).resolve().parents[2] / "docs/reference/record.md"


def names_of_tables() -> dict[str, str]:
    """Return what the page of the record calls each table: its model, or the model's field that it serves."""
    names = {}
    for model in apps.get_models():
        names[model._meta.db_table] = model.__name__
        for field in model._meta.local_many_to_many:
            names[field.m2m_db_table()] = f"{model.__name__}.{field.name}"
    return names


@pytest.mark.django_db
def test_the_page_of_the_record_names_every_guarded_table() -> None:
    names = names_of_tables()
    guarded = {
        (names[operation.table], RULES[type(operation)])
        for _, migration in our_migrations()
        for operation in migration.operations  # type: ignore[attr-defined]  # disk_migrations is untyped
        if isinstance(operation, AppendOnly | FrozenWhen | ErasableOnly)
    }
    table = RECORD.read_text("utf-8").partition("## 只增不改")[2].partition("\n## ")[0]
    told = [
        (name, rule)
        for cell, rule in re.findall(r"^\| (`[^|]+`) \| [^|]*?(append-only|frozen|erasable)\b", table, re.MULTILINE)
        for name in re.findall(r"`([\w.]+)`", cell)
    ]

    assert sorted(told) == sorted(guarded)


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
