"""The look at migrations finds what would break code that still runs, and lets pass what it would not notice."""

from __future__ import annotations

import pytest
from django.db import migrations, models
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from portal.audit.append_only import AppendOnly
from tests.architecture import former_code


@pytest.fixture(scope="module")
def state() -> ProjectState:
    """All tables as they are now."""
    loaded: ProjectState = MigrationLoader(None).project_state()
    return loaded


def found(state: ProjectState, *operations: Operation) -> set[str]:
    """Return what a migration of notices with these operations is blamed for."""
    migration = Migration("0002_planted", "notifications")
    migration.operations = list(operations)
    return {code for code, _ in former_code.findings(migration, state.clone())}


def test_the_former_code_runs_on_the_tables_of_now() -> None:
    assert not former_code.broken()


def test_every_app_with_tables_has_its_newest_landed_migration() -> None:
    known = MigrationLoader(None).disk_migrations

    assert not [pair for pair in former_code.LANDED.items() if pair not in known]


@pytest.mark.parametrize(
    ("operation", "blamed"),
    [
        (migrations.RemoveField("notice", "url"), "DROP_COLUMN"),
        (migrations.RenameField("notice", "url", "address"), "RENAME_COLUMN"),
        (migrations.RenameModel("Notice", "Message"), "RENAME_TABLE"),
        (migrations.DeleteModel("Notice"), "DROP_TABLE"),
        (migrations.AddField("notice", "tone", models.CharField(max_length=9, default="")), "NOT_NULL"),
        (migrations.AlterField("notice", "read_at", models.DateTimeField(default=None)), "NOT_NULL"),
        (migrations.AlterField("notice", "url", models.IntegerField()), "ALTER_COLUMN"),
        (migrations.AlterField("notice", "kind", models.CharField(max_length=60, unique=True)), "ADD_UNIQUE"),
        (
            migrations.AddConstraint(
                "notice", models.CheckConstraint(condition=~models.Q(url=""), name="notice_leads_on")
            ),
            "ADD_CHECK",
        ),
        (AppendOnly("notifications_notice"), "ADD_GUARD"),
    ],
    ids=lambda each: each if isinstance(each, str) else type(each).__name__,
)
def test_what_the_former_code_would_stumble_over_is_found(
    state: ProjectState, operation: Operation, blamed: str
) -> None:
    assert blamed in found(state, operation)


@pytest.mark.parametrize(
    "operations",
    [
        [migrations.AddField("notice", "tone", models.CharField(max_length=9, null=True))],
        [migrations.AddField("notice", "tone", models.CharField(max_length=9, default="", db_default=""))],
        [migrations.AddIndex("notice", models.Index(fields=["kind"], name="notice_by_kind"))],
        [
            migrations.CreateModel(
                "Reply", [("id", models.BigAutoField(primary_key=True)), ("text", models.TextField())]
            ),
            AppendOnly("notifications_reply"),
        ],
        [
            migrations.AlterField("notice", "url", models.CharField(max_length=300, blank=True, db_column="url")),
            migrations.RenameField("notice", "url", "address"),
        ],
        [migrations.RunPython(migrations.RunPython.noop, migrations.RunPython.noop)],
    ],
    ids=["null", "db_default", "index", "append-only table", "renamed in code", "data"],
)
def test_what_it_does_not_notice_passes(state: ProjectState, operations: list[Operation]) -> None:
    assert not found(state, *operations)


def test_an_exception_is_named_and_one_that_excuses_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(former_code.LANDED, "users", "0004_name_key")
    before = former_code.broken()
    monkeypatch.setitem(former_code.EXCEPTIONS, "users.0005_reading_aids", {"DROP_TABLE": "not true"})

    assert former_code.broken() == [*before, "users.0005_reading_aids: DROP_TABLE: an exception that excuses nothing"]
