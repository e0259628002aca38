"""A release may name a risk report only together with the version whose passport it gave."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TABLE = "assignments_labreleasedata"
TRIGGER = "assignments_labreleasedata_passport"
REFUSAL = "no passport of this version rests on this report"


def add_key(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """PostgreSQL has a key of two columns; SQLite cannot add one to a table, so a trigger holds it there."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(
            f'CREATE TRIGGER "{TRIGGER}" BEFORE INSERT ON "{TABLE}" WHEN NEW.risk_report_id IS NOT NULL '
            'AND NOT EXISTS (SELECT 1 FROM "datasets_passport" '
            "WHERE version_id = NEW.version_id AND report_id = NEW.risk_report_id) "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
            params=None,
        )
        return
    schema_editor.execute(
        f'ALTER TABLE "{TABLE}" ADD CONSTRAINT "{TRIGGER}" FOREIGN KEY (version_id, risk_report_id) '
        'REFERENCES "datasets_passport" (version_id, report_id)',
        params=None,
    )


def drop_key(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """This will take the key back."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(f'DROP TRIGGER "{TRIGGER}"', params=None)
        return
    schema_editor.execute(f'ALTER TABLE "{TABLE}" DROP CONSTRAINT "{TRIGGER}"', params=None)


class Migration(migrations.Migration):
    dependencies = [("assignments", "0004_extensions_append_only"), ("datasets", "0004_desk_append_only")]

    operations = [migrations.RunPython(add_key, drop_key)]
