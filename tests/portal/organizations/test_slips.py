"""Slips are not voided by a reload; accounts say plainly who has the same name and that a closed one has no rights now."""

from __future__ import annotations

import re

from django.utils import timezone

from portal.users.models import User
from tests.people import AT, Province
from tests.portal.organizations.test_views import browser_of


def test_reloading_a_slip_asks_and_voids_nothing(world: Province, outsider: User, hr_county: User) -> None:
    officer, address = browser_of(hr_county), f"/personnel/{outsider.uuid}/slip/"
    first = officer.post(address, {"after": ""}).content.decode()
    assert "新城区数据局" in first
    assert hr_county.name in first

    reloaded = officer.post(address, {"after": ""})
    assert "其验证码不能再次显示" in reloaded.content.decode()
    assert outsider.slips.count() == 1
    assert officer.get(address).status_code == 405
    assert outsider.slips.filter(expires_at__gt=timezone.now()).count() == 1

    newest = re.search(r'name="after" value="([^"]+)"', reloaded.content.decode())
    assert newest
    assert newest[1] in officer.get(f"/personnel/{outsider.uuid}/").content.decode()
    back = officer.post(address, {"after": newest[1], "confirmed": "yes", "back": "yes"})
    assert back.headers["Location"] == f"/personnel/{outsider.uuid}/"
    assert outsider.slips.count() == 1
    officer.post(address, {"after": newest[1], "confirmed": "yes"})
    assert outsider.slips.count() == 2


def test_a_namesake_is_told_and_a_closed_account_speaks_plainly(
    world: Province, outsider: User, hr_county: User
) -> None:
    officer = browser_of(hr_county)
    typed = {
        "username": "x2026002",
        "name": outsider.name,
        "organization": world.department_b.pk,
        "position": world.position.pk,
        "start_date": "2026-03-01",
    }

    said = officer.post("/personnel/new/", typed, follow=True).content.decode()
    assert "已有同名人员：zhou.min（新城区数据局）" in said

    User.objects.filter(pk=outsider.pk).update(is_active=False, deactivated_at=AT)
    page = officer.get(f"/personnel/{outsider.uuid}/").content.decode()
    assert "角色暂不生效" in page
    assert "目前没有角色" not in page
