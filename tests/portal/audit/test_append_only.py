"""Audit events cannot be changed by any statement, and the test runner can still empty its database."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from portal.audit.actions import record
from portal.audit.append_only import create_statements, drop_statements
from portal.audit.models import AuditEvent, AuditWords

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def event(db: None) -> AuditEvent:
    return record(by=None, at=AT, event="test.written")


def test_event_cannot_be_changed(event: AuditEvent) -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AuditEvent.objects.filter(pk=event.pk).update(event="test.forged")

    event.refresh_from_db()
    assert event.event == "test.written"


def test_event_cannot_be_deleted(event: AuditEvent) -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AuditEvent.objects.filter(pk=event.pk)._raw_delete("default")


def test_event_cannot_be_replaced_or_truncated(event: AuditEvent) -> None:
    forgery = (
        f"INSERT OR REPLACE INTO audit_auditevent (id, uuid, at, actor_label, event, target_kind, target_label, details)"
        f" VALUES ({event.pk}, 'x', '2026-01-01', '', 'test.forged', '', '', '{{}}')"
        if connection.vendor == "sqlite"
        else "SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE audit_auditevent CASCADE"
    )

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(forgery)


def test_event_cannot_be_replaced_by_a_new_one_with_its_uuid(event: AuditEvent) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("REPLACE is SQLite's")
    forgery = (
        "INSERT OR REPLACE INTO audit_auditevent (uuid, at, actor_label, event, target_kind, target_label, details)"
        " VALUES (%s, '2026-01-01', '', 'test.forged', '', '', '{}')"
    )

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(forgery, [event.uuid.hex])


@pytest.mark.parametrize(
    "change",
    [
        {"text": "{}"},
        {"text": "", "salt": "", "erased_at": AT, "event_id": 10_000},
        {"text": "", "salt": "a", "erased_at": AT},
        {"text": "x", "salt": "", "erased_at": AT},
    ],
)
def test_words_can_only_be_erased(event: AuditEvent, change: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditWords.objects.filter(event=event).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditWords.objects.filter(event=event)._raw_delete("default")

    assert AuditWords.objects.get(event=event).salt
    AuditWords.objects.filter(event=event).update(text="", salt="", erased_at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditWords.objects.filter(event=event).update(text="forged", salt="ab", erased_at=None)


def test_words_cannot_be_replaced(event: AuditEvent) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("REPLACE is SQLite's")
    forgery = "INSERT OR REPLACE INTO audit_auditwords (event_id, salt, text) VALUES (%s, 'ab', 'forged')"

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(forgery, [event.pk])


def test_guard_can_be_taken_back_and_put_on_again(event: AuditEvent) -> None:
    # Statements instead of the operation: SQLite's schema editor does not open inside a transaction.
    with connection.cursor() as cursor:
        for statement in drop_statements(connection.vendor, "audit_auditevent"):
            cursor.execute(statement)
        AuditEvent.objects.filter(pk=event.pk).update(event="test.changed")
        for statement in create_statements(connection.vendor, "audit_auditevent"):
            cursor.execute(statement)

    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEvent.objects.filter(pk=event.pk).update(event="test.forged")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", [1, 2])
def test_database_is_emptied_between_transaction_tests(time: int) -> None:
    assert not AuditEvent.objects.exists()

    record(by=None, at=AT, event=f"test.round_{time}")
