"""Ways on from what came too late: a wrong revocation, a certification that is younger than the completion."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from courses.certification.actions import (
    AwardNotRevoked,
    award_after_revocation,
    award_owed,
    revoke_award,
)
from courses.certification.backlog import owed_for
from courses.certification.models import CertificationAward, IssueRequest
from courses.certification.queries import standing
from portal.audit.models import AuditEvent
from portal.notifications.models import Notice
from portal.users.models import User
from tests.courses.certification.making import certify, complete, make_certification, make_course, make_run
from tests.portal.organizations.test_views import browser_of


@pytest.fixture
def award(official: User) -> CertificationAward:
    course = make_course()
    return certify(official, make_run(course), make_certification(course, months=36), timezone.now())


def test_a_wrong_revocation_is_followed_by_a_new_award_that_names_the_old(
    client: Client, award: CertificationAward, hr_province: User
) -> None:
    officer, now = browser_of(hr_province), timezone.now()
    address = f"/certificates/{award.uuid}/again/"
    assert officer.get(address).status_code == 404, "it holds"
    revoke_award(award=award, reason="误判", by=hr_province, at=now)
    assert address in officer.get(f"/hr/people/{award.user.uuid}/").content.decode()

    assert officer.post(address, {"reason": ""}).status_code == 400
    said = officer.post(address, {"reason": "经复核，撤销有误"}, follow=True).content.decode()

    successor = CertificationAward.objects.get(supersedes=award)
    assert successor.serial in said
    assert standing(successor, timezone.localdate()).is_valid
    assert (successor.valid_from_date, successor.expires_date) == (award.valid_from_date, award.expires_date)
    assert successor.snapshot["supersedes"] == award.serial
    old = client.get(f"/certificates/verify/{award.token}/").content.decode()
    assert "verification-revoked" in old
    assert successor.serial in old
    assert award.serial in client.get(f"/certificates/verify/{successor.token}/").content.decode()
    assert Notice.objects.filter(user=award.user, kind="certification.awarded_again").count() == 1
    assert IssueRequest.objects.get(completion=award.completion).status == "queued"
    with pytest.raises(AwardNotRevoked):
        award_after_revocation(award=award, reason="x", by=hr_province, at=now)
    late = officer.get(address, follow=True).content.decode()
    assert f"{award.serial} 已重新颁证，新证书编号为 {successor.serial}" in late
    assert "<textarea" not in late
    replaced = officer.post(f"/certificates/{successor.uuid}/replace/", {"reason": "姓名更正"}, follow=True)
    assert f"新编号 {CertificationAward.objects.get(supersedes=successor).serial}" in replaced.content.decode()


def test_an_award_that_holds_and_another_countys_are_left_alone(
    award: CertificationAward, hr_province: User, hr_county: User
) -> None:
    with pytest.raises(AwardNotRevoked):
        award_after_revocation(award=award, reason="x", by=hr_province, at=timezone.now())
    revoke_award(award=award, reason="误判", by=hr_province, at=timezone.now())
    with pytest.raises(PermissionDenied):
        award_after_revocation(award=award, reason="x", by=hr_county, at=timezone.now())
    assert browser_of(hr_county).get(f"/certificates/{award.uuid}/again/").status_code == 404


def test_who_completed_before_the_certification_existed_is_offered_and_awarded_once(
    official: User, technician: User, outsider: User, hr_province: User, hr_county: User
) -> None:
    course = make_course()
    run = make_run(course)
    for person in (official, technician, outsider):
        complete(person, run)
    certification = make_certification(course)
    officer, today = browser_of(hr_province), timezone.localdate()
    assert [one.completion.enrollment.user for one in owed_for(hr_county, today)] == [outsider]
    assert "待补发证书" in officer.get("/certificates/backlog/").content.decode()
    assert "补发证书" in officer.get(f"/hr/people/{official.uuid}/").content.decode()

    keys = [one.key for one in owed_for(hr_province, today) if one.completion.enrollment.user != technician]
    assert "请至少选择一人" in officer.post("/certificates/backlog/").content.decode()
    asked = officer.post("/certificates/backlog/", {"owed": keys}).content.decode()
    assert "请确认" in asked
    assert technician.name not in asked.split("<main")[1]
    assert not CertificationAward.objects.exists()
    done = officer.post("/certificates/backlog/", {"owed": keys, "confirmed": "yes"}, follow=True).content.decode()
    assert "已补发 2 份证书" in done

    awards = CertificationAward.objects.order_by("pk")
    assert {one.user for one in awards} == {official, outsider}
    assert all(one.valid_from_date == today and one.snapshot["completed_date"] == "2026-03-20" for one in awards)
    assert [one.completion.enrollment.user for one in owed_for(hr_province, today)] == [technician]
    assert AuditEvent.objects.filter(event="certification.awarded", actor=hr_province).count() == 2
    left = owed_for(hr_province, today)
    first = award_owed(owed=left, by=hr_province, at=timezone.now())
    assert award_owed(owed=left, by=hr_province, at=timezone.now()) == first
    assert CertificationAward.objects.filter(certification=certification).count() == 3


def test_nobody_awards_beyond_reach_or_to_oneself(official: User, hr_province: User, hr_county: User) -> None:
    course = make_course()
    run = make_run(course)
    complete(official, run)
    complete(hr_province, run)
    make_certification(course)
    owed = owed_for(hr_province, timezone.localdate())

    assert [one.completion.enrollment.user for one in owed] == [official]
    with pytest.raises(PermissionDenied):
        award_owed(owed=owed, by=hr_county, at=timezone.now())
