"""A migration operation that makes a table append-only in the database itself, whoever writes to it.

On SQLite a later migration that alters the table builds it anew and loses the triggers: such a migration takes the guard
off and puts it on again (CONTRIBUTING.md, "A migration on an append-only table").
"""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class AppendOnly(Operation):
    """Rows of `table` can be added, never changed or removed; an attempt raises IntegrityError."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, table: str) -> None:
        self.table = table

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Triggers are no part of Django's state."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for statement in create_statements(schema_editor.connection.vendor, self.table):
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for statement in drop_statements(schema_editor.connection.vendor, self.table):
            schema_editor.execute(statement, params=None)

    def describe(self) -> str:
        return f"Make {self.table} append-only"

    @property
    def migration_name_fragment(self) -> str:
        return f"{self.table}_append_only"


def create_statements(vendor: str, table: str) -> list[str]:
    """Return SQL that forbids changes of the table on SQLite or PostgreSQL."""
    if not table.isidentifier():
        raise ValueError(f"{table!r} is no table's name")
    refusal = f"{table} is append-only"
    if vendor == "sqlite":
        # REPLACE removes the old row without firing the delete trigger, hence the third one.
        return [
            f'CREATE TRIGGER "{table}_no_update" BEFORE UPDATE ON "{table}" '
            f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END",
            f'CREATE TRIGGER "{table}_no_delete" BEFORE DELETE ON "{table}" '
            f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END",
            f'CREATE TRIGGER "{table}_no_replace" BEFORE INSERT ON "{table}" '  # noqa: S608  (a checked identifier)
            f'WHEN EXISTS (SELECT 1 FROM "{table}" WHERE id = NEW.id) '
            f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END",
        ]
    return [
        f'CREATE FUNCTION "{table}_refuse"() RETURNS trigger LANGUAGE plpgsql AS '
        f"$$ BEGIN RAISE EXCEPTION '{refusal}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        f'CREATE TRIGGER "{table}_no_change" BEFORE UPDATE OR DELETE ON "{table}" '
        f'FOR EACH ROW EXECUTE FUNCTION "{table}_refuse"()',
        f'CREATE TRIGGER "{table}_no_truncate" BEFORE TRUNCATE ON "{table}" '
        f'FOR EACH STATEMENT EXECUTE FUNCTION "{table}_refuse"()',
    ]


def drop_statements(vendor: str, table: str) -> list[str]:
    """Return SQL that takes back `create_statements`."""
    if vendor == "sqlite":
        return [f'DROP TRIGGER "{table}_no_{what}"' for what in ("update", "delete", "replace")]
    return [
        f'DROP TRIGGER "{table}_no_truncate" ON "{table}"',
        f'DROP TRIGGER "{table}_no_change" ON "{table}"',
        f'DROP FUNCTION "{table}_refuse"()',
    ]
