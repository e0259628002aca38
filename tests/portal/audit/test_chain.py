"""The hash chain: sealed in batches, whole until somebody forges, and then it says where."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from portal.audit import sealing
from portal.audit.actions import record
from portal.audit.append_only import create_statements, drop_statements
from portal.audit.erasable import guard_statements, unguard_statements
from portal.audit.models import AuditEvent, AuditSeal
from portal.audit.verification import verify_chain
from portal.users.models import User
from tests.people import AT

pytestmark = pytest.mark.django_db


def write(count: int) -> None:
    for number in range(count):
        record(by=None, at=AT, event="test.written", details={"号": number, "b": [1, None, "é"]})


def forge(sql: str, table: str = "audit_auditevent") -> None:
    """Do what somebody with the database's password could: lift the triggers, change, put them back."""
    is_words = table == "audit_auditwords"
    lift, guard = (unguard_statements, guard_statements) if is_words else (drop_statements, create_statements)
    with connection.cursor() as cursor:
        for statement in [*lift(connection.vendor, table), sql, *guard(connection.vendor, table)]:
            cursor.execute(statement)


def verify(*arguments: str) -> tuple[int, dict[str, Any]]:
    output = StringIO()
    try:
        call_command("verify_audit", *arguments, stdout=output)
    except SystemExit as end:
        return int(str(end.code)), json.loads(output.getvalue())
    return 0, json.loads(output.getvalue())


def test_everything_is_sealed_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BATCH", 4)
    write(10)

    sealing.seal_everything(AT)
    write(2)

    code, told = verify()
    assert code == 0
    assert (told["ok"], told["events"], told["sealed"], told["unsealed"]) == (True, 12, 10, 2)
    assert list(AuditSeal.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 11))


def test_values_survive_the_database(technician: User) -> None:
    record(by=technician, at=AT, event="test.written", target=technician, details={"x": 1.5, "y": "＝号"})

    sealing.seal_everything(AT)

    assert verify_chain().is_whole


@pytest.mark.parametrize(
    ("forgery", "table", "reason"),
    [
        ("UPDATE audit_auditevent SET event = 'test.nothing' WHERE id = {third}", "audit_auditevent", "was changed"),
        ("UPDATE audit_auditevent SET commitment = '{zeros}' WHERE id = {third}", "audit_auditevent", "was changed"),
        ("UPDATE audit_auditevent SET commitment = NULL WHERE id = {third}", "audit_auditevent", "was changed"),
        (
            "UPDATE audit_auditwords SET text = '{{}}' WHERE event_id = {third}",
            "audit_auditwords",
            "words were changed",
        ),
        ("DELETE FROM audit_auditwords WHERE event_id = {third}", "audit_auditwords", "without a note of erasing"),
        (
            "UPDATE audit_auditwords SET text = '', salt = '', erased_at = '2026-03-03' WHERE event_id = {third}",
            "audit_auditwords",
            "without a note of erasing",
        ),
        ("DELETE FROM audit_auditseal WHERE event_id = {third}", "audit_auditseal", "missing before"),
        ("UPDATE audit_auditseal SET hash = '{zeros}' WHERE event_id = {third}", "audit_auditseal", "was changed"),
    ],
)
def test_forgery_is_found_and_located(forgery: str, table: str, reason: str) -> None:
    write(5)
    sealing.seal_everything(AT)
    third = AuditEvent.objects.order_by("pk")[2]

    forge(forgery.format(third=third.pk, zeros="0" * 64), table)

    code, told = verify()
    assert code == 1
    assert reason in told["broken"][0]["reason"]
    assert told["broken"][0]["seq"] in (3, 4)


def test_chain_that_was_cut_off_is_found_by_a_note_from_outside() -> None:
    write(5)
    sealing.seal_everything(AT)
    noted = f"{verify()[1]['last_seq']}:{verify()[1]['last_hash']}"
    last = AuditSeal.objects.order_by("-seq").values_list("event_id", flat=True)[0]

    assert verify("--expect", noted)[0] == 0
    forge(f"DELETE FROM audit_auditseal WHERE event_id = {last}", "audit_auditseal")

    assert verify()[0] == 0
    assert verify("--expect", noted)[0] == 1


def test_nonsense_cannot_be_checked() -> None:
    assert verify("--expect", "nonsense")[0] == 2


def test_a_batch_takes_few_queries_however_large(django_assert_num_queries: Any) -> None:
    write(30)

    # savepoint, last seal, events, insert, release; PostgreSQL also takes the lock
    with django_assert_num_queries(6 if connection.vendor == "postgresql" else 5):
        assert sealing.seal_batch(at=AT, size=500) == 30
