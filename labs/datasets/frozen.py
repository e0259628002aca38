"""A migration operation that lets a row change only until a column of it is filled, whoever writes to it."""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class FrozenWhen(Operation):
    """Rows of `table` whose `column` is not null can be neither changed nor removed."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, table: str, column: str) -> None:
        self.table, self.column = table, column

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Triggers are no part of Django's state."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for statement in self._create(schema_editor.connection.vendor):
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for statement in self._drop(schema_editor.connection.vendor):
            schema_editor.execute(statement, params=None)

    def describe(self) -> str:
        return f"Freeze rows of {self.table} that have {self.column}"

    @property
    def migration_name_fragment(self) -> str:
        return f"{self.table}_frozen"

    def _create(self, vendor: str) -> list[str]:
        name, refusal = self.table, f"{self.table} is frozen once {self.column} is there"
        if vendor == "sqlite":
            return [
                f'CREATE TRIGGER "{name}_frozen_{what.lower()}" BEFORE {what} ON "{name}" '
                f"WHEN OLD.{self.column} IS NOT NULL BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
                for what in ("UPDATE", "DELETE")
            ]
        return [
            f'CREATE FUNCTION "{name}_stay"() RETURNS trigger LANGUAGE plpgsql AS '
            f"$$ BEGIN RAISE EXCEPTION '{refusal}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
            f'CREATE TRIGGER "{name}_frozen" BEFORE UPDATE OR DELETE ON "{name}" FOR EACH ROW '
            f'WHEN (OLD.{self.column} IS NOT NULL) EXECUTE FUNCTION "{name}_stay"()',
        ]

    def _drop(self, vendor: str) -> list[str]:
        name = self.table
        if vendor == "sqlite":
            return [f'DROP TRIGGER "{name}_frozen_update"', f'DROP TRIGGER "{name}_frozen_delete"']
        return [f'DROP TRIGGER "{name}_frozen" ON "{name}"', f'DROP FUNCTION "{name}_stay"()']
