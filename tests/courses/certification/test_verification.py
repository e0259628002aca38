"""Verification by everybody, one's own certificates, revoking and replacing."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.certification import limits
from courses.certification.actions import AwardNotCurrent, print_document, revoke_award, supersede_award
from courses.certification.models import CertificationAward, IssueRequest
from courses.certification.queries import AwardStatus, award_by_serial_and_name, standing
from courses.certification.verification import verified_facts
from portal.audit.models import AuditEvent
from portal.notifications.models import Notice
from portal.users.models import User
from tests.courses.certification.making import AT, certify, make_certification, make_course, make_run

TODAY = AT.date()


@pytest.fixture
def award(official: User) -> CertificationAward:
    course = make_course()
    return certify(official, make_run(course), make_certification(course, months=36), timezone.now())


def page_of(client: Client, award: CertificationAward) -> Any:
    return client.get(f"/certificates/verify/{award.token}/")


def test_the_page_shows_the_facts_and_no_other_personal_data(client: Client, award: CertificationAward) -> None:
    response = page_of(client, award)
    page = response.content.decode()

    for fact in ("李伟", "长安区数据局", "智慧城市治理能力证书", award.serial, "2026年第一期", award.snapshot_sha256):
        assert fact in page
    assert "verification-valid" in page
    for secret in ("li.wei", "工程师", "专业技术中级", str(award.user.uuid)):
        assert secret not in page
    assert response.headers["X-Robots-Tag"].startswith("noindex")
    # No other site learns the token; `no-referrer` would also break every form of the page (`Origin: null`).
    assert response.headers["Referrer-Policy"] == "same-origin"


def test_each_status_is_said(client: Client, award: CertificationAward, hr_province: User) -> None:
    assert award.expires_date is not None
    after = award.expires_date + timedelta(days=1)
    assert standing(award, award.expires_date).status == AwardStatus.VALID
    assert verified_facts(award, after).state == "expired"

    successor = supersede_award(award=award, reason="姓名更正", by=hr_province, at=timezone.now())
    replaced = page_of(client, award).content.decode()
    assert "verification-superseded" in replaced
    assert "No such certificate" not in replaced
    assert successor.serial in replaced

    revoke_award(award=successor, reason="成绩作废", by=hr_province, at=timezone.now())
    page = page_of(client, successor).content.decode()
    assert "verification-revoked" in page
    assert "成绩作废" in page


def test_an_unknown_token_gets_a_clear_answer(client: Client, award: CertificationAward) -> None:
    for token in ("x", award.token + "x", award.token.swapcase(), str(uuid.uuid4()), "智慧", "%00"):
        response = client.get(f"/certificates/verify/{token}/")
        assert response.status_code == 404
        assert "verification-unknown" in response.content.decode()


@pytest.mark.parametrize("typed", ["ＺＨＺＬ－{0}－{1}", "ZHZL—{0}—{1}", "ZHZL–{0}–{1}", "ZHZL{0}{1}", "zhzl {0} {1}"])
def test_the_number_is_found_however_it_is_typed(client: Client, award: CertificationAward, typed: str) -> None:
    code, year, number = award.serial.split("-")
    serial = typed.format(year, number).replace("ZHZL", code).replace("zhzl", code.lower())

    found = client.post("/certificates/verify/", {"serial": serial, "name": "李\u3000伟"})

    assert found.headers["Location"] == f"/certificates/verify/{award.token}/"


def test_number_and_name_together_find_it_and_neither_alone(client: Client, award: CertificationAward) -> None:
    found = client.post("/certificates/verify/", {"serial": f" {award.serial.lower()} ", "name": "李 伟"})
    wrong = client.post("/certificates/verify/", {"serial": award.serial, "name": "王芳"})
    alone = client.post("/certificates/verify/", {"serial": award.serial, "name": ""})

    assert found.headers["Location"] == f"/certificates/verify/{award.token}/"
    for answer in (wrong, alone):
        assert answer.status_code == 200
        assert award.token not in answer.content.decode()
    assert award_by_serial_and_name("", "") is None


def test_names_cannot_be_tried_through(client: Client, award: CertificationAward) -> None:
    for number in range(limits.MISSES_PER_SERIAL[0]):
        client.post(
            "/certificates/verify/", {"serial": award.serial, "name": f"某{number}"}, REMOTE_ADDR=f"10.0.0.{number}"
        )

    right = client.post("/certificates/verify/", {"serial": award.serial, "name": "李伟"}, REMOTE_ADDR="10.0.1.1")

    assert right.status_code == 429


def test_numbers_cannot_be_tried_through(client: Client, award: CertificationAward) -> None:
    answers = [
        client.post("/certificates/verify/", {"serial": f"ZHZL-2026-{n:06d}", "name": "李伟"}).status_code
        for n in range(100, 101 + limits.LOOKUPS_PER_ADDRESS[0])
    ]

    assert answers[-1] == 429
    assert set(answers[:-1]) == {200}


def test_tokens_cannot_be_tried_through(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "READINGS_PER_ADDRESS", (3, 600))

    assert [client.get(f"/certificates/verify/t{n}/").status_code for n in range(4)] == [404, 404, 404, 429]


def test_a_learner_sees_and_loads_the_own_certificate_only(
    client: Client, award: CertificationAward, official: User, technician: User
) -> None:
    print_document(award=award, render=lambda _: b"%PDF-1.7 test", at=AT)
    address = f"/certificates/{award.uuid}/certificate.pdf"

    assert client.get(address).status_code == 302
    client.force_login(technician)
    assert award.serial not in client.get("/certificates/").content.decode()
    assert client.get(address).status_code == 404
    client.force_login(official)
    assert award.serial in client.get("/certificates/").content.decode()
    response = client.get(address)
    assert response.getvalue().startswith(b"%PDF")
    assert response.headers["Content-Type"] == "application/pdf"


def test_the_own_list_costs_the_same_for_one_and_for_many(
    client: Client, award: CertificationAward, official: User
) -> None:
    client.force_login(official)
    client.get("/certificates/")

    with CaptureQueriesContext(connection) as one:
        client.get("/certificates/")
    for number in range(10):
        course = make_course(code=f"course-{number}")
        certify(official, make_run(course, code=f"run-{number}"), make_certification(course, code=f"C{number}"))
    with CaptureQueriesContext(connection) as many:
        client.get("/certificates/")

    assert len(many) == len(one) <= 20


def test_a_replacement_prints_the_name_as_it_is_now_and_links_both(
    award: CertificationAward, official: User, hr_province: User
) -> None:
    official.name = "李玮"
    official.save()

    successor = supersede_award(award=award, reason="姓名更正", by=hr_province, at=timezone.now())

    assert (award.snapshot["person"]["name"], successor.snapshot["person"]["name"]) == ("李伟", "李玮")
    assert successor.snapshot["supersedes"] == award.serial
    assert (successor.expires_date, successor.token != award.token) == (award.expires_date, True)
    assert IssueRequest.objects.get(completion=award.completion).status == "queued"
    with pytest.raises(AwardNotCurrent):
        revoke_award(award=award, reason="x", by=hr_province, at=timezone.now())
    with pytest.raises(AwardNotCurrent):
        supersede_award(award=award, reason="x", by=hr_province, at=timezone.now())


def test_only_those_who_look_after_the_holder_may_revoke(
    award: CertificationAward, official: User, hr_county: User, auditor: User, administrator: User
) -> None:
    for stranger in (official, hr_county, auditor):
        with pytest.raises(PermissionDenied):
            revoke_award(award=award, reason="x", by=stranger, at=timezone.now())

    revoke_award(award=award, reason="冒名顶替", by=administrator, at=timezone.now())

    event = AuditEvent.objects.get(event="certification.revoked")
    assert (event.actor_id, event.details["reason"]) == (administrator.pk, "冒名顶替")
    assert Notice.objects.filter(user=official, kind="certification.revoked").exists()


def test_revoking_asks_for_a_reason_and_shows_it(client: Client, award: CertificationAward, hr_province: User) -> None:
    Authenticator.objects.create(user=hr_province, type=Authenticator.Type.TOTP, data={"secret": "x"})
    client.force_login(hr_province, backend="portal.users.backends.CaseInsensitiveBackend")
    address = f"/certificates/{award.uuid}/revoke/"

    asked = client.post(address, {"reason": " "})
    done = client.post(address, {"reason": "冒名顶替"})
    again = client.get(address)

    assert asked.status_code == 200
    assert done.headers["Location"] == f"/hr/people/{award.user.uuid}/"
    assert "textarea" not in again.content.decode()


def test_a_record_that_was_tampered_with_is_not_vouched_for(award: CertificationAward) -> None:
    award.snapshot["person"]["name"] = "王芳"

    assert not verified_facts(award, TODAY).is_untouched
