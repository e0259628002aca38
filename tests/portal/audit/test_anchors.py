"""Seals noted outside the chain: who rewrites it as a whole, with the database alone, is found out."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings

from portal.audit.actions import record
from portal.audit.anchoring import ChainDoesNotFit, anchor_newest
from portal.audit.anchors import NotNoted, newest_seal, noted, own_anchors, read_lines
from portal.audit.append_only import create_statements, drop_statements
from portal.audit.chain import FIRST, seal_hash
from portal.audit.models import AuditAnchor, AuditEvent, AuditSeal
from portal.audit.sealing import seal_everything
from portal.notifications.models import Notice
from portal.users.models import User
from tests.people import AT, Province

from .test_chain import verify, write

pytestmark = pytest.mark.django_db
TABLES = ("audit_auditevent", "audit_auditseal", "audit_auditanchor")


def as_owner_of_the_database(change: Callable[[], object]) -> None:
    """Do what an administrator with the database can: lift every trigger, change, put them back."""
    with connection.cursor() as cursor:
        for table in TABLES:
            for statement in drop_statements(connection.vendor, table):
                cursor.execute(statement)
        change()
        for table in TABLES:
            for statement in create_statements(connection.vendor, table):
                cursor.execute(statement)


def rewrite() -> None:
    """Another author for the third event, and every seal computed anew, so that the chain fits."""
    AuditEvent.objects.filter(pk=AuditEvent.objects.order_by("pk")[2].pk).update(event="test.forged")
    previous = FIRST
    for seal in AuditSeal.objects.select_related("event").order_by("seq"):
        digest = seal_hash(seal.seq, previous, seal.event)
        AuditSeal.objects.filter(pk=seal.pk).update(previous_hash=previous, hash=digest)
        previous = digest


def rewrite_and_forget() -> None:
    """Do the same, and leave no anchor in the table."""
    rewrite()
    AuditAnchor.objects.all()._raw_delete("default")


def sealed(count: int) -> None:
    write(count)
    seal_everything(AT)


def file_of(settings: Any) -> Path:
    return Path(settings.AUDIT_ANCHORS_FILE)


def test_without_a_seal_noted_outside_the_chain_is_unanchored() -> None:
    sealed(5)

    code, told = verify()

    assert (code, told["ok"], told["anchored"], told["anchored_seq"]) == (0, True, False, 0)
    assert verify("--anchored")[0] == 1


def test_signed_seal_anchors_the_chain_up_to_its_place(settings: Any) -> None:
    sealed(5)
    anchor = anchor_newest(AT)
    sealed(2)

    code, told = verify("--anchored")

    assert anchor is not None
    assert (code, told["anchored"], told["anchored_seq"], told["last_seq"], told["anchors"]) == (0, True, 5, 7, 1)
    assert file_of(settings).stat().st_mode & 0o777 == 0o600


def test_chain_rewritten_as_a_whole_is_found_by_the_anchor() -> None:
    sealed(6)
    anchor_newest(AT)

    as_owner_of_the_database(rewrite)

    code, told = verify()
    assert (code, told["ok"], told["anchored"]) == (1, False, False)
    assert [broken["reason"] for broken in told["broken"]] == ["not the hash that was noted"]


def test_anchors_taken_out_of_the_database_are_still_in_the_file() -> None:
    sealed(6)
    anchor_newest(AT)

    as_owner_of_the_database(rewrite_and_forget)

    assert not AuditAnchor.objects.exists()
    assert verify()[0] == 1


def test_without_table_and_file_the_rewritten_chain_is_unanchored_but_paper_finds_it(
    settings: Any, tmp_path: Path
) -> None:
    sealed(6)
    anchor_newest(AT)
    seq, digest = newest_seal() or (0, "")
    paper = tmp_path / "noted.txt"
    paper.write_text(f"// from certificate X-2026-000001\n#{seq}:{digest.upper()}\n", encoding="utf-8")
    carried = tmp_path / "anchors.jsonl"
    carried.write_bytes(file_of(settings).read_bytes())

    as_owner_of_the_database(rewrite_and_forget)
    file_of(settings).unlink()

    code, told = verify()
    assert (code, told["ok"], told["anchored"]) == (0, True, False)
    assert verify("--anchored")[0] == 1
    assert verify("--expect", f"{seq}:{digest}")[0] == 1
    assert verify("--anchors", str(paper))[0] == 1
    assert verify("--anchors", str(carried))[0] == 1


@pytest.mark.parametrize("signature", ["", "00" * 64])
def test_anchor_in_the_table_that_the_key_did_not_sign_vouches_for_nothing(signature: str) -> None:
    sealed(3)
    seq, digest = newest_seal() or (0, "")

    AuditAnchor.objects.create(seq=seq, hash=digest, anchored_at=AT, key="0" * 16, signature=signature)

    code, told = verify()
    assert (code, told["broken"][0]["reason"]) == (1, "the signature of the anchor is not ours")


def test_signature_of_another_key_or_instant_does_not_fit() -> None:
    sealed(3)
    anchor_newest(AT)
    anchor = own_anchors()[0]

    assert anchor.is_trusted
    assert not type(anchor)(anchor.seq, anchor.hash, AT + timedelta(seconds=1), anchor.signature).is_trusted
    with override_settings(AUDIT_SEAL_KEY="another"):
        assert not anchor.is_trusted


def test_nothing_new_is_signed_over_a_chain_that_was_rewritten(auditor: User) -> None:
    sealed(6)
    anchor_newest(AT)
    as_owner_of_the_database(rewrite_and_forget)
    sealed(2)

    with pytest.raises(ChainDoesNotFit):
        anchor_newest(AT + timedelta(days=1))

    assert not AuditAnchor.objects.exists()
    assert Notice.objects.filter(user=auditor, kind="audit.chain_broken").count() == 1


def test_auditors_hear_of_the_seal_once_a_day(world: Province, auditor: User, official: User) -> None:
    sealed(3)
    first = anchor_newest(AT)

    assert anchor_newest(AT) is None
    sealed(1)
    second = anchor_newest(AT + timedelta(days=1))

    assert first is not None
    assert second is not None
    notice = Notice.objects.get(kind="audit.seal_of_the_day")  # the unread one was renewed
    assert notice.user == auditor
    assert f"{second.seq}:{second.hash}" in notice.sentence
    assert [anchor.seq for anchor in own_anchors()] == [first.seq, second.seq]


def test_line_that_a_kill_left_out_is_written_by_the_next_run(settings: Any) -> None:
    sealed(3)
    anchor_newest(AT)
    line = file_of(settings).read_text()
    file_of(settings).unlink()

    anchor_newest(AT)

    assert file_of(settings).read_text() == line
    assert json.loads(line)["seq"] == 3


@pytest.mark.parametrize("line", ["nonsense", "12:abc", '{"seq": 1}', "[]", "0x1:" + "a" * 64])
def test_lines_that_hold_no_seal_are_refused(line: str) -> None:
    with pytest.raises(NotNoted):
        list(read_lines([line]))


def test_seal_is_read_as_it_is_printed() -> None:
    assert noted(f" #7:{'AB' * 32} ") == noted(f"7:{'ab' * 32}")


def test_nothing_to_sign_before_the_first_seal(settings: Any) -> None:
    record(by=None, at=AT, event="test.unsealed")

    assert anchor_newest(AT) is None
    assert not file_of(settings).exists()
