"""The pages of outgoing files: a trainee asks, a reviewer sees and decides, the same bytes are fetched; nobody else."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from labs.outgoing.actions import ask_for, check_outgoing, decide, set_rule
from labs.outgoing.lab_api import PAGES
from labs.outgoing.models import OutgoingFile, OutgoingRule, Rule
from labs.outgoing.wording import finding_in_words
from portal.audit.details import told
from portal.audit.models import AuditEvent
from portal.users.models import User
from tests.labs.outgoing.conftest import Leaving
from tests.people import Province


@pytest.fixture(autouse=True)
def no_second_factor(settings: Any) -> None:
    """Signing in is not what is tested here."""
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "SecondFactor" not in name]


def as_person(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return BeautifulSoup(response.content, "html.parser").get_text(" ", strip=True)


@pytest.fixture
def file(leaving: Leaving) -> OutgoingFile:
    """Return a held file."""
    return check_outgoing(
        user=leaving.trainee, name="cdp/表.csv", content=leaving.table, route="download", at=timezone.now()
    )


def test_from_the_request_to_the_same_bytes(leaving: Leaving, file: OutgoingFile) -> None:
    trainee, officer = as_person(leaving.trainee), as_person(leaving.desk.officer)
    page = f"{PAGES}{file.uuid}/"

    assert "complaints/1" in text(trainee, page) and "屏幕" in text(trainee, page)
    assert trainee.get(f"{page}fetch/").status_code == 404
    empty = trainee.post(f"{page}ask/", {"reason": " "}, follow=True)
    assert "请写明理由" in empty.content.decode()
    trainee.post(f"{page}ask/", {"reason": "附在结业报告后"})
    assert "附在结业报告后" in text(officer, f"{PAGES}review/")
    seen = text(officer, page)
    assert "附在结业报告后" in seen and "age,ward,status" in seen

    asked = officer.post(f"{page}decide/", {"decision": "grant", "reason": "已核对"})
    assert asked.status_code == 200 and not hasattr(OutgoingFile.objects.get(), "decision")
    officer.post(f"{page}decide/", {"decision": "grant", "reason": "已核对", "confirmed": "yes"})
    assert "已核对" in text(trainee, page)
    got = trainee.get(f"{page}fetch/")
    assert hashlib.sha256(got.content).hexdigest() == file.sha256 and got.content == leaving.table
    assert got["Content-Disposition"].startswith("attachment") and got["Content-Type"] == "application/octet-stream"
    assert "sandbox" in got["Content-Security-Policy"] and got["X-Content-Type-Options"] == "nosniff"
    assert AuditEvent.objects.filter(event="outgoing.file_fetched").count() == 1
    assert "cdp/表.csv" in text(trainee, PAGES) and "cdp/表.csv" in text(trainee, f"{PAGES}?held=1")


def test_a_refusal_gives_its_reason_and_no_bytes(leaving: Leaving, file: OutgoingFile) -> None:
    ask_for(file=file, reason="x", by=leaving.trainee, at=timezone.now())
    page = f"{PAGES}{file.uuid}/"
    as_person(leaving.desk.steward).post(f"{page}decide/", {"decision": "refuse", "reason": "含个人信息"})

    trainee = as_person(leaving.trainee)
    assert "含个人信息" in text(trainee, page) and trainee.get(f"{page}fetch/").status_code == 404


def test_others_find_nothing(leaving: Leaving, file: OutgoingFile, outsider: User, world: Province) -> None:
    ask_for(file=file, reason="x", by=leaving.trainee, at=timezone.now())
    auditor = world.person("shen.ji", "沈稽", world.department_a)
    world.grant(auditor, "auditor", "province", world.province.uuid)
    page = f"{PAGES}{file.uuid}/"

    for address in (page, f"{page}fetch/"):
        assert as_person(outsider).get(address).status_code == 404
    assert as_person(outsider).post(f"{page}ask/", {"reason": "x"}).status_code == 404
    # An auditor reads what was decided, and never the bytes.
    assert "age,ward,status" not in text(as_person(auditor), page)
    assert as_person(auditor).get(f"{page}fetch/").status_code == 404


def test_the_office_sets_the_rule_and_sees_the_uses(leaving: Leaving, file: OutgoingFile) -> None:
    ask_for(file=file, reason="x", by=leaving.trainee, at=timezone.now())
    decide(file=file, granted=True, reason="x", by=leaving.desk.officer, at=timezone.now())
    steward, page = as_person(leaving.desk.steward), f"{PAGES}datasets/complaints/"

    assert page in steward.get("/datasets/desk/datasets/complaints/").content.decode()
    shown = text(steward, page)
    assert "cdp/表.csv" in shown and leaving.trainee.name in shown and "放入实训" in shown
    steward.post(page, {"rule": "reviewed", "reason": "敏感", "seen": ""})
    stale = steward.post(page, {"rule": "free", "reason": "公开数据", "seen": ""})
    assert OutgoingRule.objects.get().rule == "reviewed" and "重新打开" in stale.content.decode()
    assert "审核后放行" in text(as_person(leaving.trainee), "/datasets/complaints/")


def test_what_waits_is_said_to_the_reviewer(leaving: Leaving, file: OutgoingFile) -> None:
    ask_for(file=file, reason="x", by=leaving.trainee, at=timezone.now())

    assert "外发文件待审核" in text(as_person(leaving.desk.officer), "/work/")


def test_reviewers_and_auditors_have_the_queue_in_their_navigation(
    leaving: Leaving, outsider: User, world: Province
) -> None:
    auditor = world.person("shen.ji", "沈稽", world.department_a)
    world.grant(auditor, "auditor", "province", world.province.uuid)
    way = f'href="{PAGES}review/"'

    for person in (leaving.desk.steward, leaving.desk.officer, auditor):
        assert way in as_person(person).get("/work/").content.decode(), person
    for person in (leaving.trainee, outsider):
        assert way not in as_person(person).get("/").content.decode(), person
    shown = BeautifulSoup(as_person(auditor).get(f"{PAGES}review/").content, "html.parser")
    here = [
        link["href"] for link in shown.select("header [aria-current=page], nav [aria-current=page]") if link.get("href")
    ]
    assert f"{PAGES}review/" in here


def test_the_record_says_findings_and_rules_in_words(leaving: Leaving, file: OutgoingFile) -> None:
    set_rule(
        dataset=leaving.version.dataset, rule=Rule.REVIEWED, reason="敏感", supersedes=None, by=leaving.desk.steward, at=timezone.now()
    )  # fmt: skip
    events = list(AuditEvent.objects.filter(event__in=["outgoing.file_held", "outgoing.rule_set"]).order_by("pk"))

    with override("zh-hans"):
        lines = told(events, leaving.desk.officer, timezone.localdate())
        said = {event.event: {one.key: one.text for one in lines[event.pk]} for event in events}
        words = " · ".join(finding_in_words(finding) for finding in file.findings)

    assert said["outgoing.file_held"]["findings"] == words and "complaints" in words
    assert said["outgoing.file_held"]["rule"] == "扫描后放行"
    assert (said["outgoing.rule_set"]["before"], said["outgoing.rule_set"]["after"]) == ("扫描后放行", "审核后放行")
