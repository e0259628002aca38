"""The auditor reads sentences, takes them along, and has the chain verified by a button."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from courses.learning.models import Enrollment
from portal.audit.actions import ask_for_check, erase_words, record
from portal.audit.anchoring import anchor_newest
from portal.audit.models import AuditCheck, AuditEvent
from portal.audit.sealing import seal_everything
from portal.audit.views import LARGEST_AT_ONCE
from portal.queue.registry import kinds_of
from portal.queue.worker import work_once
from portal.users.models import User
from tests.counting import asking, costs_the_same
from tests.courses.certification.making import make_course, make_run
from tests.people import AT, Province
from tests.portal.organizations.test_views import browser_of

from .test_anchors import as_owner_of_the_database, rewrite

pytestmark = pytest.mark.django_db
KIND = next(kind for kind in kinds_of("other") if kind.name == "audit.check")


@pytest.fixture
def client(world: Province, auditor: User) -> Client:
    return browser_of(auditor)


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", page).split())


def read(client: Client, address: str = "/audit/", **asked: str) -> str:
    answer = client.get(address, asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_event_is_told_as_a_sentence_in_both_languages(client: Client, administrator: User, official: User) -> None:
    record(by=administrator, at=AT, event="users.user_deactivated", target=official, details={"reason": "调离"})

    chinese = words_of(read(client))
    client.cookies["django_language"] = "en"
    english = words_of(read(client))

    assert f"{administrator.name} 停用了 {official.name} 的账户" in chinese
    assert f"{administrator.name} deactivated the account of {official.name}" in english
    assert "原因 调离" in chinese


def test_person_is_linked_where_the_auditor_may_look(client: Client, world: Province, official: User) -> None:
    record(by=official, at=AT, event="users.signed_in", target=official)
    record(by=official, at=AT, event="users.password_changed", target=official)
    place = Enrollment.objects.create(user=official, run=make_run(make_course()), enrolled_at=AT)
    record(by=official, at=AT, event="learning.enrolled", target=place)

    page = read(client)

    assert f'办理报名：<a href="/hr/people/{official.uuid}/">{official.name}（' in page


def test_auditor_of_a_county_finds_no_way_to_people_elsewhere(world: Province, official: User, outsider: User) -> None:
    local = world.person("audit.xc", "新城审计", world.department_b)
    world.grant(local, "auditor", "region", world.county_b.uuid)
    record(by=outsider, at=AT, event="users.slip_made", target=official)

    page = read(browser_of(local))

    assert f"为 {official.name} 制作了登录凭条" in words_of(page)
    assert f"/hr/people/{official.uuid}/" not in page


def test_text_of_people_is_no_markup(client: Client, world: Province) -> None:
    villain = world.person("villain", "<img src=x>%s", world.department_a)
    record(by=villain, at=AT, event="users.slip_made", target=villain, details={"<b>": "<script>"})

    page = read(client)

    assert "<img src=x>" not in page
    assert "<script>" not in page
    assert "&lt;img src=x&gt;%s" in page


def test_event_without_a_sentence_is_told_by_its_name(client: Client, official: User) -> None:
    record(by=official, at=AT, event="test.unknown_100%", target=official)

    assert f"{official.name} 对 {official.name} 的操作：test.unknown_100%" in words_of(read(client))


def test_erased_words_are_shown_as_erased(
    client: Client, official: User, administrator: User, technician: User
) -> None:
    event = record(by=official, at=AT, event="users.slip_made", target=technician, details={"reason": "秘密"})
    erase_words(events=[event], reason="本人申请", by=administrator, at=AT)

    page = words_of(read(client, what="users.slip_made"))

    assert "为 （已删除） 制作了登录凭条 文字已删除" in page
    assert "秘密" not in page
    assert technician.name not in page


def test_filters_find_by_actor_words_and_old_events(client: Client, official: User, technician: User) -> None:
    record(by=official, at=AT, event="test.a", details={"reason": '说“是”的"理由"'})
    record(by=None, at=AT + timedelta(days=2), event="test.b", target=technician)
    AuditEvent.objects.create(at=AT, event="test.old", old_actor_label="system", facts={"reason": "从前的理由"})

    def codes(**asked: str) -> list[str]:
        asked = {"last_date": "2026-03-09", **asked}
        return [event.event for event in client.get("/audit/", asked).context["page_obj"] if "test" in event.event]

    assert codes(who="李伟") == ["test.a"]
    assert codes(who="系统") == ["test.b", "test.old"]
    assert codes(text="理由") == ["test.old", "test.a"]
    assert codes(text='"理由"') == ["test.a"]
    assert codes(text=technician.name) == ["test.b"]
    assert codes(first_date="2026-03-03") == ["test.b"]
    assert codes(what="test.a", text="没有") == []


def test_queries_do_not_grow_with_the_events(client: Client, world: Province, official: User) -> None:
    def grow(numbers: Iterable[int] = range(3, 40)) -> None:
        for number in numbers:
            person = world.person(f"p{number}", "甲", world.department_a)
            record(by=official, at=AT, event="users.slip_made", target=person)

    grow(range(3))

    costs_the_same(asking(client, "/audit/"), row="甲", grow=grow, most=40)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_export_holds_the_sentences_and_is_an_event_itself(
    client: Client, auditor: User, official: User, world: Province, form: str
) -> None:
    record(by=official, at=AT, event="users.slip_made", target=official, details={"reason": "=1+1"})
    record(by=official, at=AT, event="test.other")

    answer = client.get(f"/audit/export.{form}", {"what": "users.slip_made"})

    if form == "csv":
        rows = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    else:
        sheet: Any = load_workbook(io.BytesIO(answer.content)).active
        rows = [[str(cell or "") for cell in row] for row in sheet.values]
    assert len(rows) == 2
    assert rows[1][2] == f"{official.name} 为 {official.name} 制作了登录凭条"
    assert "原因：=1+1" in rows[1][6]
    assert "filename*=utf-8''%E5%AE%A1%E8%AE%A1" in answer["Content-Disposition"]
    noted = AuditEvent.objects.get(event="audit.exported")
    assert (noted.actor, noted.details["rows"], noted.details["filter"]) == (auditor, 1, {"what": "users.slip_made"})


def test_export_of_everything_is_counted_without_itself(client: Client, auditor: User) -> None:
    record(by=None, at=AT, event="test.other")

    rows = list(csv.reader(io.StringIO(client.get("/audit/export.csv").getvalue().decode("utf-8-sig"))))

    assert len(rows) - 1 == AuditEvent.objects.get(event="audit.exported").details["rows"]


def test_workbook_that_would_not_fit_is_not_offered(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("audit.views", "exports.audit_events"):
        monkeypatch.setattr(f"portal.{place}.LARGEST_WORKBOOK", 0)
    monkeypatch.setitem(LARGEST_AT_ONCE, "xlsx", 0)
    record(by=None, at=AT, event="test.one")

    assert "export.xlsx" not in read(client)
    assert client.get("/audit/export.xlsx").status_code == 302
    assert not AuditEvent.objects.filter(event="audit.exported").exists()


def verify_by_button(client: Client) -> str:
    assert client.post("/audit/chain/").status_code == 302
    assert "已提交核对" in read(client, "/audit/chain/")
    assert work_once(KIND, "test:1")
    return words_of(read(client, "/audit/chain/"))


def test_button_verifies_the_chain_and_says_what_vouches_for_it(client: Client, auditor: User) -> None:
    record(by=None, at=AT, event="test.one")
    seal_everything(AT)

    assert "没有外部凭据" in verify_by_button(client)
    anchor = anchor_newest(AT)
    page = verify_by_button(client)

    assert anchor is not None
    assert "审计链完好" in page
    assert "有外部凭据" in page
    done = AuditEvent.objects.filter(event="audit.checked").latest("pk")
    assert (done.details["ok"], done.details["anchored_seq"]) == (True, anchor.seq)
    assert AuditEvent.objects.filter(event="audit.check_asked", actor=auditor).count() == 2


def test_button_tells_of_a_rewritten_chain_in_the_readers_words(client: Client) -> None:
    for _ in range(4):
        record(by=None, at=AT, event="test.one")
    seal_everything(AT)
    anchor = anchor_newest(AT)
    as_owner_of_the_database(rewrite)

    page = verify_by_button(client)

    assert "审计链有断点" in page
    assert anchor is not None
    assert f"第 {anchor.seq} 号封存：与记下的封存值不同" in page


def test_asking_twice_is_asking_once(auditor: User) -> None:
    first = ask_for_check(by=auditor, at=timezone.now())
    second = ask_for_check(by=auditor, at=timezone.now())

    assert first == second
    assert AuditCheck.objects.count() == 1


def test_signed_seals_can_be_taken_along(client: Client, settings: Any) -> None:
    record(by=None, at=AT, event="test.one")
    seal_everything(AT)
    anchor = anchor_newest(AT)
    assert anchor is not None

    answer = client.get("/audit/anchors.jsonl")

    assert anchor.signature in answer.content.decode()
    assert f"{anchor.seq}:{anchor.hash}" in read(client, "/audit/chain/")


@pytest.mark.parametrize("who", ["official", "hr_province", "administrator", "instructor"])
def test_only_auditors_verify(request: pytest.FixtureRequest, world: Province, who: str) -> None:
    browser = browser_of(request.getfixturevalue(who))

    assert browser.get("/audit/chain/").status_code == 403
    assert browser.post("/audit/chain/").status_code == 403
    assert browser.get("/audit/anchors.jsonl").status_code == 403
    assert browser.get("/audit/export.xlsx").status_code == 403
    assert not AuditCheck.objects.exists()
