"""Transfers between counties: one side asks, the other answers, both see what waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from portal.audit.models import AuditEvent
from portal.notifications.models import Notice
from portal.organizations.actions import accept_transfer, ask_for_transfer, refuse_transfer, withdraw_transfer
from portal.organizations.actions.transfers import WAITS_FOR, expire_transfers
from portal.organizations.models import TransferRequest, TransferState
from portal.organizations.queries import newest_post
from portal.users.models import User
from tests.people import Province
from tests.portal.organizations.test_views import browser_of


@pytest.fixture
def hr_other(world: Province) -> User:
    """马: personnel officer of county A."""
    person = world.person("ma.li", "马丽", world.department_a)
    world.grant(person, "hr", "region", world.county_a.uuid)
    return person


def form_of(world: Province, person: User, unit: Any, **more: Any) -> dict[str, Any]:
    return {
        "username": person.username,
        "name": person.name,
        "organization": unit.pk,
        "position": world.position.pk,
        "start_date": timezone.localdate().isoformat(),
        "reason": "工作需要",
        **more,
    }


@pytest.mark.parametrize("side", ["sending", "receiving"])
def test_one_side_asks_the_other_accepts_and_both_see_it(
    world: Province, outsider: User, official: User, hr_county: User, hr_other: User, side: str
) -> None:
    person, unit = (outsider, world.department_a) if side == "sending" else (official, world.department_b)
    asking, answering = browser_of(hr_county), browser_of(hr_other)
    typed = form_of(world, person, unit)

    assert "请确认" in asking.post("/personnel/transfers/new/", typed).content.decode()
    assert not TransferRequest.objects.exists()
    done = asking.post("/personnel/transfers/new/", {**typed, "confirmed": "yes"}, follow=True).content.decode()
    assert f"已提出 {person.name} 的调任申请" in done
    request = TransferRequest.objects.get()
    assert request.side == side
    assert Notice.objects.filter(user=hr_other, kind="organizations.transfer_asked").exists()
    assert "待您答复" in answering.get("/personnel/transfers/").content.decode()
    assert "待您答复" not in asking.get("/personnel/transfers/").content.decode()
    address = f"/personnel/transfers/{request.uuid}/"
    assert "接受调任" not in asking.get(address).content.decode()
    assert asking.post(address, {"act": "accept"}).status_code == 403

    assert answering.post(address, {"act": "refuse", "answer": " "}).status_code == 400
    assert "待我答复的调任申请" in answering.get("/work/").content.decode().split("没有待办")[0]
    assert answering.post(address, {"act": "accept", "start_date": "昨天"}).status_code == 400
    today = timezone.localdate().isoformat()
    said = answering.post(address, {"act": "accept", "start_date": today}, follow=True).content.decode()
    assert f"{person.name} 已调往{unit.name}" in said
    post = newest_post(person)
    assert post is not None
    assert post.organization == unit
    assert Notice.objects.filter(user=person, kind="organizations.transferred_on").count() == 1
    assert Notice.objects.filter(user=hr_county, kind="organizations.transfer_accepted").count() == 1
    late = {"act": "accept", "start_date": today}
    assert "已被答复、撤回或已过期" in answering.post(address, late, follow=True).content.decode()
    assert AuditEvent.objects.filter(event="organizations.transfer_accepted").count() == 1


def test_a_stranger_is_found_by_both_names_only_and_no_third_county_sees_the_request(
    world: Province, outsider: User, official: User, hr_county: User, hr_other: User
) -> None:
    wrong = browser_of(hr_county).post(
        "/personnel/transfers/new/", form_of(world, official, world.department_b, name="李唯")
    )
    assert wrong.status_code == 400
    assert "没有登录名和姓名都相符的人员" in wrong.content.decode()
    alien = browser_of(hr_county).post("/personnel/transfers/new/", form_of(world, official, world.university))
    assert "此人和该单位都不由您管理" in alien.content.decode()

    request = _asked(world, outsider, hr_county)
    third = world.person("third", "第三", world.university)
    world.grant(third, "hr", "organization", world.university.uuid)
    assert browser_of(third).get(f"/personnel/transfers/{request.uuid}/").status_code == 404
    assert outsider.name not in browser_of(third).get("/personnel/transfers/").content.decode()
    with pytest.raises(PermissionDenied):
        accept_transfer(request=request, by=third, at=timezone.now())
    with pytest.raises(PermissionDenied):
        _asked(world, outsider, third)


def _asked(world: Province, person: User, by: User, **more: Any) -> TransferRequest:
    facts: dict[str, Any] = {
        "organization": world.department_a, "position": world.position, "start_date": timezone.localdate(),
        "reason": "工作需要", "at": timezone.now(), **more,
    }  # fmt: skip
    return ask_for_transfer(user=person, by=by, **facts)


def test_asking_twice_is_one_request_and_another_waits_its_turn(
    world: Province, outsider: User, hr_county: User, hr_other: User
) -> None:
    first = _asked(world, outsider, hr_county)
    assert _asked(world, outsider, hr_county) == first
    with pytest.raises(ValidationError):
        _asked(world, outsider, hr_other)

    with pytest.raises(PermissionDenied):
        withdraw_transfer(request=first, by=hr_other, at=timezone.now())
    assert withdraw_transfer(request=first, by=hr_county, at=timezone.now())
    assert not withdraw_transfer(request=first, by=hr_county, at=timezone.now())
    second = _asked(world, outsider, hr_other)
    assert refuse_transfer(request=second, answer="岗位未空缺", by=hr_county, at=timezone.now())
    assert not accept_transfer(request=second, by=hr_county, at=timezone.now())


def test_a_request_that_nobody_answers_expires(
    world: Province, outsider: User, hr_county: User, hr_other: User
) -> None:
    request = _asked(world, outsider, hr_county)
    late = timezone.now() + WAITS_FOR + timedelta(days=1)

    assert not accept_transfer(request=request, by=hr_other, at=late)
    assert (expire_transfers(late), expire_transfers(late)) == (1, 0)
    request.refresh_from_db()
    assert request.state == TransferState.EXPIRED
    assert Notice.objects.filter(user=hr_county, kind="organizations.transfer_expired").count() == 1


def test_a_person_who_moved_meanwhile_is_not_moved_again(
    world: Province, outsider: User, hr_county: User, hr_other: User
) -> None:
    request = _asked(world, outsider, hr_county)
    outsider.job_assignments.update(organization=world.university)

    with pytest.raises(ValidationError):
        accept_transfer(request=request, by=hr_other, at=timezone.now())


def test_the_accepting_side_chooses_a_later_day_and_a_cancelled_transfer_is_told_to_both(
    world: Province, outsider: User, hr_county: User, hr_other: User, hr_province: User
) -> None:
    request, ahead = _asked(world, outsider, hr_county), timezone.localdate() + timedelta(days=3)
    answering = browser_of(hr_other)
    address = f"/personnel/transfers/{request.uuid}/"

    told = {"act": "accept", "start_date": ahead.isoformat()}
    said = answering.post(address, told, follow=True).content.decode()
    day = f"{ahead.year}年{ahead.month}月{ahead.day}日"
    assert f"{outsider.name} 自{day}起调往长安区数据局，此前仍在现岗位" in said
    assert f"自{day}起 · 已接受" in said
    post = newest_post(outsider)
    assert post is not None
    assert post.start_date == ahead

    browser_of(hr_province).post(f"/personnel/{outsider.uuid}/post/cancel/")

    request.refresh_from_db()
    assert request.state == TransferState.UNDONE
    assert "已接受，后取消" in browser_of(hr_county).get("/personnel/transfers/").content.decode()
    for officer in (hr_county, hr_other):
        assert Notice.objects.filter(user=officer, kind="organizations.transfer_undone").count() == 1
    kinds = Notice.objects.filter(user=outsider).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["organizations.transferred_on", "organizations.post_cancelled"]


def test_a_first_day_that_the_present_post_forbids_is_said_when_asking_and_wide_letters_are_read(
    world: Province, outsider: User, hr_county: User
) -> None:
    today = timezone.localdate()
    outsider.job_assignments.update(start_date=today)
    wide = form_of(world, outsider, world.department_a, username="ｚｈｏｕ．ｍｉｎ ")
    officer = browser_of(hr_county)

    refused = officer.post("/personnel/transfers/new/", wide)
    assert refused.status_code == 400
    assert "新岗位的起始日期须晚于该日" in refused.content.decode()
    tomorrow = (today + timedelta(days=1)).isoformat()
    assert "请确认" in officer.post("/personnel/transfers/new/", {**wide, "start_date": tomorrow}).content.decode()


def test_either_side_steps_back_before_the_first_day_and_only_the_new_unit_corrects(
    world: Province, outsider: User, hr_county: User, hr_other: User
) -> None:
    request, ahead = _asked(world, outsider, hr_county), timezone.localdate() + timedelta(days=3)
    browser_of(hr_other).post(
        f"/personnel/transfers/{request.uuid}/", {"act": "accept", "start_date": ahead.isoformat()}
    )
    sending = browser_of(hr_county)
    page = sending.get(f"/personnel/{outsider.uuid}/").content.decode()

    assert f"/personnel/{outsider.uuid}/post/cancel/" in page and "post/correct/" not in page
    refused = sending.get(f"/personnel/{outsider.uuid}/post/correct/", follow=True).content.decode()
    assert "由该单位人事人员更正" in refused
    said = sending.post(f"/personnel/{outsider.uuid}/post/cancel/", follow=True).content.decode()
    assert "已取消" in said and "岗位继续" in said
    request.refresh_from_db()
    assert request.state == TransferState.UNDONE
