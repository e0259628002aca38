"""People's words stand beside events, not under seals: they can be erased, and the chain goes on fitting."""

from __future__ import annotations

import json
from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.test import Client

from portal.audit import words
from portal.audit.actions import ERASED, NoReason, erase_words, record
from portal.audit.chain import canonical
from portal.audit.models import AuditEvent, AuditWords
from portal.audit.sealing import seal_everything
from portal.audit.verification import verify_chain
from portal.users.models import User
from tests.people import AT, Province

pytestmark = pytest.mark.django_db


def transferred(technician: User, official: User) -> AuditEvent:
    """Return an event with words of every sort."""
    details = {"reason": "李伟的家人病了", "note": {"王芳": 3}, "until": "2026-04-01", "count": 2, "sha256": "ab" * 32}
    return record(by=official, at=AT, event="test.moved", target=technician, details=details)


def test_sealed_bytes_hold_no_words(technician: User, official: User) -> None:
    event = transferred(technician, official)

    sealed = canonical(AuditEvent.objects.get(pk=event.pk))
    for word in (official.username, official.name, technician.username, technician.name, "家人", "王芳"):
        assert word not in sealed
    assert str(technician.uuid) in sealed
    assert json.loads(sealed)["facts"] == {"until": "2026-04-01", "count": 2, "sha256": "ab" * 32}
    told = AuditEvent.objects.get(pk=event.pk)
    assert (told.actor_label, told.target_label) == (official.username, technician.name)
    assert told.details["reason"] == "李伟的家人病了"
    assert told.details["count"] == 2


@pytest.mark.django_db(transaction=True)
def test_event_and_words_come_together_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(**fields: Any) -> None:
        raise RuntimeError("killed")

    monkeypatch.setattr(AuditWords.objects, "create", killed)
    with pytest.raises(RuntimeError):
        record(by=None, at=AT, event="test.killed")

    assert not AuditEvent.objects.filter(event="test.killed").exists()


def test_same_words_give_another_commitment_each_time(official: User) -> None:
    first, second = (record(by=official, at=AT, event="test.same", details={"why": "同样"}) for _ in range(2))

    assert first.commitment != second.commitment
    assert words.commitment(first.words.salt, first.words.text) == first.commitment


def test_text_that_no_encoding_holds_can_be_stored() -> None:
    event = record(by=None, at=AT, event="test.odd", details={"typed": "a\ud800b\x00c"})

    seal_everything(AT)

    assert verify_chain().is_whole
    assert AuditEvent.objects.get(pk=event.pk).details["typed"] == "a?b\x00c"


def test_events_of_the_older_form_keep_their_bytes_and_verify(technician: User) -> None:
    old = AuditEvent.objects.create(
        at=AT,
        actor=technician,
        old_actor_label="wang.fang",
        event="users.signed_in",
        target_kind="users.user",
        target_uuid=technician.uuid,
        old_target_label="王芳",
        facts={"a": 1},
    )
    transferred(technician, technician)
    seal_everything(AT)

    assert canonical(old) == (
        f'{{"actor":{technician.pk},"actor_label":"wang.fang","at":"2026-03-02T01:00:00.000000+00:00","details":{{"a":1}},'
        f'"event":"users.signed_in","target_kind":"users.user","target_label":"王芳","target_uuid":"{technician.uuid}",'
        f'"uuid":"{old.uuid}"}}'
    )
    assert verify_chain().is_whole
    assert (old.actor_label, old.target_label, old.details, old.is_erased) == ("wang.fang", "王芳", {"a": 1}, False)


def test_erased_words_are_gone_and_the_chain_still_fits(technician: User, official: User, administrator: User) -> None:
    event, other = transferred(technician, official), transferred(technician, official)
    seal_everything(AT)

    assert erase_words(events=[event], reason="本人申请", by=administrator, at=AT) == 1
    assert erase_words(events=[event], reason="再次", by=administrator, at=AT) == 0
    seal_everything(AT)

    kept = AuditEvent.objects.get(pk=event.pk)
    beside = AuditWords.objects.get(event=event)
    assert (beside.salt, beside.text, kept.is_erased) == ("", "", True)
    assert (kept.actor_label, kept.target_label) == ("", "")
    assert "reason" not in kept.details
    assert AuditEvent.objects.get(pk=other.pk).details["reason"]
    note = AuditEvent.objects.get(event=ERASED)
    assert (note.actor, note.details["events"], note.details["reason"]) == (
        administrator,
        [str(event.uuid)],
        "本人申请",
    )
    found = verify_chain()
    assert (found.is_whole, found.erased) == (True, 1)


def test_only_administrators_of_the_province_erase_and_say_why(
    technician: User, official: User, administrator: User, auditor: User, hr_province: User
) -> None:
    event = transferred(technician, official)

    for person in (auditor, hr_province, official):
        with pytest.raises(PermissionDenied):
            erase_words(events=[event], reason="x", by=person, at=AT)
    with pytest.raises(NoReason):
        erase_words(events=[event], reason=" ", by=administrator, at=AT)
    assert AuditEvent.objects.get(pk=event.pk).details["reason"]


def test_command_erases_what_concerns_a_person(technician: User, official: User, administrator: User) -> None:
    about = transferred(technician, official)
    named = record(by=official, at=AT, event="test.named", details={"user": technician.username})
    elsewhere = record(by=official, at=AT, event="test.elsewhere", details={"user": f"{technician.username}.2"})
    arguments = ("--person", technician.username, "--by", administrator.username, "--reason", "本人申请")

    assert told(*arguments, "--dry-run") == {"events": 2, "erased": 0, "older_form": 0}
    assert told(*arguments) == {"events": 2, "erased": 2, "older_form": 0}

    erased = {event.pk for event in AuditEvent.objects.select_related("words") if event.is_erased}
    assert erased == {about.pk, named.pk}
    assert elsewhere.pk not in erased
    with pytest.raises(CommandError):
        told("--person", technician.username, "--by", official.username, "--reason", "x")


def told(*arguments: str) -> dict[str, Any]:
    output = StringIO()
    call_command("erase_audit_words", *arguments, stdout=output)
    return json.loads(output.getvalue())


def refused(typed: str) -> AuditEvent:
    """Return the event of a sign-in with a wrong password."""
    Client().post("/accounts/login/", {"login": typed, "password": "wrong"})
    return AuditEvent.objects.filter(event="users.sign_in_failed").latest("pk")


def test_what_was_typed_for_a_name_is_not_kept(world: Province, official: User) -> None:
    event = refused("MyOwnPassword2026")

    everything = json.dumps(event.facts) + event.words.text + canonical(event)
    assert "MyOwnPassword2026" not in everything
    assert list(event.details) == ["unknown_name"]
    assert refused("MyOwnPassword2026").details == event.details
    assert event.target_uuid is None


def test_a_name_that_somebody_has_is_noted_with_the_person(world: Province, official: User) -> None:
    event = refused("LI.WEI")

    assert event.details == {"username": "li.wei"}
    assert event.target_uuid == official.uuid
    assert "li.wei" not in canonical(event)


@pytest.mark.parametrize(
    ("value", "is_fact"),
    [
        (3, True),
        (True, True),
        (None, True),
        ("", True),
        ("2026-03-02", True),
        ("2026-03-02T01:00:00+00:00", True),
        ("ab" * 32, True),
        ("0f0e0d0c-0b0a-4908-8706-050403020100", True),
        (["2026-03-02", 3], True),
        ("李伟", False),
        ("li.wei", False),
        ("13912345678", False),
        (["李伟"], False),
        ({"李伟": 3}, False),
        ("2026-03-02 李伟", False),
    ],
)
def test_words_and_facts_are_told_apart(value: Any, is_fact: bool) -> None:
    facts, said = words.split({"x": value})

    assert (bool("x" in facts), bool("x" in said)) == (is_fact, not is_fact)


def test_instants_come_back_as_they_were_sealed() -> None:
    record(by=None, at=datetime.fromisoformat("2026-03-02T09:00:00.123456+08:00"), event="test.instant")

    seal_everything(AT)

    assert verify_chain().is_whole
