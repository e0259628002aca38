"""A migration operation: words can be emptied, once, and in no other way changed or removed, whoever writes to them."""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class ErasableOnly(Operation):
    """Rows of `table` (columns text, salt, erased_at) stay as they are until both are emptied; other attempts fail."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, table: str) -> None:
        self.table = table

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Triggers are no part of Django's state."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for statement in guard_statements(schema_editor.connection.vendor, self.table):
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for statement in unguard_statements(schema_editor.connection.vendor, self.table):
            schema_editor.execute(statement, params=None)

    def describe(self) -> str:
        return f"Let words of {self.table} be erased and nothing else"

    @property
    def migration_name_fragment(self) -> str:
        return f"{self.table}_erasable"


def guard_statements(vendor: str, table: str) -> list[str]:
    """Return SQL that lets words be erased alone, on SQLite or PostgreSQL."""
    if not table.isidentifier():
        raise ValueError(f"{table!r} is no table's name")
    refusal = f"{table} can be erased and not changed"
    same = "NEW.id = OLD.id AND NEW.event_id = OLD.event_id"
    is_erasing = f"OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND NEW.text = '' AND NEW.salt = '' AND {same}"
    if vendor == "sqlite":
        # The names tell the test runner which triggers to lift when it empties its database. REPLACE removes the old
        # row without firing the delete trigger, hence the third one.
        return [
            f'CREATE TRIGGER "{table}_frozen_update" BEFORE UPDATE ON "{table}" WHEN NOT ({is_erasing}) '
            f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END",
            f'CREATE TRIGGER "{table}_frozen_delete" BEFORE DELETE ON "{table}" '
            f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END",
            f'CREATE TRIGGER "{table}_frozen_replace" BEFORE INSERT ON "{table}" '  # noqa: S608  (a checked identifier)
            f'WHEN EXISTS (SELECT 1 FROM "{table}" WHERE id = NEW.id OR event_id = NEW.event_id) '
            f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END",
        ]
    return [
        f'CREATE FUNCTION "{table}_stay"() RETURNS trigger LANGUAGE plpgsql AS '
        f"$$ BEGIN RAISE EXCEPTION '{refusal}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        f'CREATE TRIGGER "{table}_frozen_update" BEFORE UPDATE ON "{table}" FOR EACH ROW WHEN (NOT ({is_erasing})) '
        f'EXECUTE FUNCTION "{table}_stay"()',
        f'CREATE TRIGGER "{table}_frozen_delete" BEFORE DELETE ON "{table}" FOR EACH ROW '
        f'EXECUTE FUNCTION "{table}_stay"()',
    ]


def unguard_statements(vendor: str, table: str) -> list[str]:
    """Return SQL that takes back `guard_statements`."""
    if vendor == "sqlite":
        return [f'DROP TRIGGER "{table}_frozen_{what}"' for what in ("update", "delete", "replace")]
    return [
        f'DROP TRIGGER "{table}_frozen_delete" ON "{table}"',
        f'DROP TRIGGER "{table}_frozen_update" ON "{table}"',
        f'DROP FUNCTION "{table}_stay"()',
    ]
