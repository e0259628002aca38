"""Whether the code of before still runs on the tables of now: asked of the SQL of every migration newer than LANDED.

`python -m tests.architecture.former_code` says what would break it; exit status 1 when anything does. The SQL is PostgreSQL's,
whose statements say what they do (SQLite builds tables anew); no server is asked.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.utils import ConnectionHandler
from psycopg.sql import quote

OURS = ("portal.", "courses.", "labs.", "search")
LANDED = {
    "assignments": "0007_withdrawals",
    "audit": "0004_anchors_and_checks",
    "catalog": "0003_constraint_sentences",
    "certification": "0003_constraint_sentences",
    "datasets": "0011_data_requests",
    "exports": "0001_initial",
    "grading": "0011_fair_queue_constraints",
    "hub": "0002_command_tokens",
    "knowledge": "0003_constraint_sentences",
    "learning": "0005_reading_out_of_sight",
    "notifications": "0001_initial",
    "organizations": "0005_posts_taken_back",
    "outgoing": "0001_outgoing_files",
    "pages": "0003_roots_in_words",
    "partners": "0003_constraint_sentences",
    "queue": "0002_running_processes",
    "search": "0005_constraint_sentences",
    "users": "0005_reading_aids",
}
"""The newest migration of each app that had landed before anybody asked; a release may move it up."""
EXCEPTIONS: dict[str, dict[str, str]] = {
    "datasets.0012_license": {
        "RENAME_COLUMN": "an upgrade stops the former code first; the columns keep their values",
    },
}
"""Migration (`app.name`) → code of the finding → why the former code does not mind, or must not run meanwhile."""
POSTGRESQL = 150_000
"""The version whose SQL is written."""
REFUSING = {
    "ADD_CHECK": re.compile(r'ALTER TABLE "(\w+)" ADD CONSTRAINT .* CHECK'),
    "ADD_GUARD": re.compile(r'CREATE TRIGGER .* BEFORE UPDATE .*? ON "(\w+)"'),
}
"""What refuses rows that the former code may write, of a table that it knows."""


def server_that_is_not_asked() -> BaseDatabaseWrapper:
    """Return a connection that writes PostgreSQL's SQL and is never opened."""
    handler = ConnectionHandler({"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "nobody"}})
    connection: BaseDatabaseWrapper = handler["default"]
    connection.__dict__["pg_version"] = POSTGRESQL
    connection.ops.compose_sql = lambda sql, params: sql % tuple(quote(each) for each in params)
    return connection


def statements(migration: Migration, state: ProjectState) -> list[str]:
    """Return the SQL of a migration that is applied to the state."""
    connection = server_that_is_not_asked()
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        migration.apply(state, editor, collect_sql=True)
    return [line for line in editor.collected_sql if not line.startswith("--")]


def findings(migration: Migration, state: ProjectState) -> Iterator[tuple[str, str]]:
    """Code and sentence of everything in the migration that the former code would stumble over."""
    from django_migration_linter.sql_analyser import analyse_sql_statements, get_sql_analyser_class

    written = statements(migration, state)
    errors, _, _ = analyse_sql_statements(get_sql_analyser_class("postgresql"), written)
    for each in errors:
        where = ".".join(part for part in (each.table, each.column) if part)
        yield each.code, f"{each.message} {where}".strip()
    new = {name for line in written for name in re.findall(r'CREATE TABLE "(\w+)"', line)}
    for code, look in REFUSING.items():
        for table in sorted({name for line in written for name in look.findall(line)} - new):
            yield code, f"what the former code writes to {table} may be refused"


def newer(loader: MigrationLoader) -> list[Migration]:
    """Our migrations that are not in LANDED yet."""
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith(OURS)}
    return [
        migration
        for (label, name), migration in sorted(loader.disk_migrations.items())
        if label in ours and name > LANDED.get(label, "")
    ]


def broken() -> list[str]:
    """Return what would break the former code and is not named as an exception; exceptions that excuse nothing."""
    loader = MigrationLoader(None)
    told, excused = [], set()
    for migration in newer(loader):
        name = f"{migration.app_label}.{migration.name}"
        state = loader.project_state((migration.app_label, migration.name), at_end=False)
        for code, sentence in findings(migration, state):
            if code in EXCEPTIONS.get(name, {}):
                excused.add((name, code))
            else:
                told.append(f"{name}: {code}: {sentence}")
    named = {(name, code) for name, codes in EXCEPTIONS.items() for code in codes}
    return told + [f"{name}: {code}: an exception that excuses nothing" for name, code in sorted(named - excused)]


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    found = broken()
    print("\n".join(found), end="\n" if found else "")
    sys.exit(bool(found))
