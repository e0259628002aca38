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
