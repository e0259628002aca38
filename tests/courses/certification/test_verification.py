"""Verification by everybody, one's own certificates, revoking and replacing."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from courses.certification import limits
from courses.certification.actions import AwardNotCurrent, print_document, revoke_award, supersede_award
from courses.certification.models import CertificationAward, IssueRequest
from courses.certification.queries import AwardStatus, award_by_serial_and_name, standing
from courses.certification.verification import verified_facts
from portal.audit.models import AuditEvent
from portal.notifications.models import Notice
from portal.users.actions import rename_person
from portal.users.models import User
from tests.counting import asking, costs_the_same
from tests.courses.certification.making import AT, certify, make_certification, make_course, make_run

TODAY = AT.date()


@pytest.fixture(autouse=True)
def fresh_limits(db: None) -> None:
    """Limits live in the cache."""
    cache.clear()


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


def ask(award: CertificationAward, name: str, address: str, serial: str = "") -> Any:
    return Client().post("/certificates/verify/", {"serial": serial or award.serial, "name": name}, REMOTE_ADDR=address)


def test_nobodys_guesses_shut_a_certificate_for_others(award: CertificationAward) -> None:
    for number in range(limits.MISSES_PER_SERIAL[0] + 10):
        ask(award, f"某{number}", f"10.0.0.{number}")

    right = [ask(award, "李伟", f"10.0.1.{number}").status_code for number in range(3)]

    assert right == [302, 302, 302]


def test_eight_wrong_names_from_the_own_office_shut_nothing_either(award: CertificationAward) -> None:
    for number in range(12):
        ask(award, f"某{number}", "10.0.0.1")

    assert ask(award, "李伟", "10.0.0.1").status_code == 302


def test_an_office_looks_up_as_many_right_pairs_as_it_has(award: CertificationAward) -> None:
    answers = [ask(award, "李伟", "10.0.0.1").status_code for _ in range(150)]
    pages = [Client().get(f"/certificates/verify/{award.token}/").status_code for _ in range(150)]

    assert set(answers) == {302}
    assert set(pages) == {200}


def test_names_cannot_be_tried_through(award: CertificationAward) -> None:
    answers = [ask(award, f"某{number}", "10.0.0.1") for number in range(limits.MISSES_PER_ASKER[0] + 1)]
    by_right, by_wrong = ask(award, "李伟", "10.0.0.1"), ask(award, "王芳", "10.0.0.1")

    assert {answer.status_code for answer in answers[:-1]} == {200}
    assert 0 < int(answers[-1].headers["Retry-After"]) <= limits.MISSES_PER_ASKER[1]
    # From here on a right pair looks like a wrong one.
    assert (by_right.status_code, by_right.content) == (by_wrong.status_code, by_wrong.content)
    assert by_right.status_code == 429


def test_many_addresses_have_few_guesses_each_at_one_number(award: CertificationAward) -> None:
    for number in range(limits.MISSES_PER_SERIAL[0]):
        ask(award, f"某{number}", f"10.0.0.{number}")

    answers = [ask(award, f"何{number}", "10.0.2.1").status_code for number in range(6)]

    assert answers == [200] * 5 + [429]


def test_numbers_cannot_be_tried_through(award: CertificationAward) -> None:
    answers = [
        ask(award, "李伟", "10.0.0.1", serial=f"ZHZL-2026-{n:06d}").status_code
        for n in range(100, 101 + limits.MISSES_PER_ASKER[0])
    ]

    assert answers[-1] == 429
    assert set(answers[:-1]) == {200}


def test_a_signed_in_officer_has_guesses_of_the_own(award: CertificationAward, technician: User) -> None:
    for number in range(limits.MISSES_PER_ASKER[0]):
        ask(award, f"某{number}", "10.0.0.1")
    client = Client(REMOTE_ADDR="10.0.0.1")
    client.force_login(technician)

    right = client.post("/certificates/verify/", {"serial": award.serial, "name": "李伟"})

    assert ask(award, "李伟", "10.0.0.1").status_code == 429
    assert right.status_code == 302


def test_a_known_number_and_an_unknown_one_are_missed_alike(award: CertificationAward) -> None:
    known, unknown = ask(award, "王芳", "10.0.0.1"), ask(award, "王芳", "10.0.0.1", serial="ZHZL-2026-999999")

    assert known.status_code == unknown.status_code == 200
    changing = rf'(?<=name="csrfmiddlewaretoken" value=")[^"]*|{award.serial}|ZHZL-2026-999999'
    assert len({re.sub(changing, "", answer.content.decode()) for answer in (known, unknown)}) == 1


def test_tokens_cannot_be_tried_through(award: CertificationAward, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "UNKNOWN_TOKENS", (3, 600))

    answers = [Client().get(f"/certificates/verify/t{n}/") for n in range(4)]

    assert [answer.status_code for answer in answers] == [404, 404, 404, 429]
    assert "Retry-After" in answers[-1].headers
    assert page_of(Client(), award).status_code == 200


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


def test_what_holds_no_longer_is_not_offered_and_its_bytes_stay(
    client: Client, award: CertificationAward, official: User, hr_province: User
) -> None:
    print_document(award=award, render=lambda _: b"%PDF-1.7 test", at=AT)
    address = f"/certificates/{award.uuid}/certificate.pdf"
    client.force_login(official)
    assert address in client.get("/certificates/").content.decode()

    revoke_award(award=award, reason="成绩作废", by=hr_province, at=timezone.now())

    for page in ("/certificates/", "/learning/"):
        text = client.get(page).content.decode()
        assert address not in text
        assert "成绩作废" in text
        assert "不再提供 PDF" in text
    said = client.get(f"{address}?download")
    assert said.status_code == 410
    assert "该证书已失效" in said.content.decode()
    assert client.get(f"{address}?record=1").getvalue() == b"%PDF-1.7 test"


def test_the_own_list_costs_the_same_for_one_and_for_many(
    client: Client, award: CertificationAward, official: User
) -> None:
    client.force_login(official)

    def grow() -> None:
        for number in range(10):
            course = make_course(code=f"course-{number}")
            certify(official, make_run(course, code=f"run-{number}"), make_certification(course, code=f"C{number}"))

    costs_the_same(asking(client, "/certificates/"), row="/verify/", grow=grow, most=20)


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


def test_a_former_and_a_present_name_find_it_and_no_third_name_is_told(
    client: Client, award: CertificationAward
) -> None:
    rename_person(user=award.user, name="李纬", reason="户籍更名", by=None, at=timezone.now())
    rename_person(user=award.user, name="李维", reason="户籍更名", by=None, at=timezone.now())

    def page(name: str) -> str:
        answer = client.post("/certificates/verify/", {"serial": award.serial, "name": name}, follow=True)
        return str(answer.content.decode())

    assert "您输入的是持证人现在的姓名" in page("李维")
    assert "李纬" not in page("李维")
    assert "日之前使用的姓名" in page("李 纬")
    assert "李维" not in page("李纬")
    assert "您输入的是" not in page("李伟")
    assert "没有编号和姓名都相符的证书" in page("李唯")
    plain = page_of(client, award).content.decode()
    assert "李维" not in plain
    assert "李纬" not in plain


def test_a_rename_changes_no_issued_certificate_and_a_new_one_prints_the_new_name(
    award: CertificationAward, hr_province: User
) -> None:
    printed = print_document(award=award, render=lambda _: b"%PDF-1.7 old", at=timezone.now())
    rename_person(user=award.user, name="李维", reason="户籍更名", by=hr_province, at=timezone.now())
    successor = supersede_award(award=award, reason="姓名更正", by=hr_province, at=timezone.now())

    award.refresh_from_db()
    printed.refresh_from_db()
    assert award.snapshot["person"]["name"] == "李伟"
    assert print_document(award=award, render=lambda _: b"%PDF-1.7 new", at=timezone.now()).sha256 == printed.sha256
    assert successor.snapshot["person"]["name"] == "李维"
    assert award_by_serial_and_name(successor.serial, "李伟") == successor


def test_a_lookup_without_a_name_says_what_to_type(client: Client, db: None) -> None:
    page = client.post("/certificates/verify/", {"serial": "ZHZL-2026-000001", "name": ""}).content.decode()

    assert "请填写证书上印制的持证人全名；只填编号无法核验。" in page
