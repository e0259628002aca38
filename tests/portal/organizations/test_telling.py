"""People are told of their roles and posts, and going back from a question keeps what was typed."""

from __future__ import annotations

from datetime import date, timedelta

from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from portal.audit.models import AuditEvent
from portal.notifications.models import Notice
from portal.organizations.queries import newest_post
from portal.users.actions import end_grants_out_of_date, grant_role, revoke_grant
from portal.users.models import RoleGrant, User
from tests.people import AT, Province
from tests.portal.organizations.test_views import browser_of

BACKEND = "portal.users.backends.CaseInsensitiveBackend"


def told(person: User) -> list[str]:
    """Return the person's notices in Chinese, oldest first."""
    with override("zh-hans"):
        return [notice.sentence for notice in Notice.objects.filter(user=person).order_by("pk")]


def given(world: Province, person: User, by: User) -> RoleGrant:
    return grant_role(
        user=person, role="hr", scope_kind="region", scope_uuid=world.county_b.uuid, start_date=date(2026, 3, 1),
        end_date=date(2026, 12, 31), reason="轮岗", by=by, at=AT,
    )  # fmt: skip


def test_a_role_is_told_when_it_is_given_and_taken(world: Province, official: User, administrator: User) -> None:
    grant = given(world, official, administrator)
    revoke_grant(grant=grant, reason="回原岗", by=administrator, at=AT)

    first, second = told(official)
    assert administrator.name in first and "人事" in first and world.county_b.name in first
    assert "2026年3月1日" in first and "2026年12月31日" in first and "原因：轮岗" in first
    assert "收回" in second and "原因：回原岗" in second
    with override("en"):
        assert Notice.objects.filter(user=official).first() is not None
        assert "gave you the role" in Notice.objects.filter(user=official).order_by("pk")[0].sentence


def test_a_role_that_ran_out_is_told_by_the_system(world: Province, official: User, administrator: User) -> None:
    given(world, official, administrator)

    end_grants_out_of_date(at=AT.replace(year=2027))

    assert "已到期" in told(official)[-1]


def test_an_administrator_changes_the_term_of_a_role(world: Province, official: User, administrator: User) -> None:
    grant = world.grant(official, "hr", "region", world.county_b.uuid)
    browser, today = browser_of(administrator), timezone.localdate()
    address = f"/personnel/{official.uuid}/roles/new/?role=hr&change={grant.uuid}"
    page = browser.get(address).content.decode()
    assert "变更期限" in page and f'value="{grant.start_date.isoformat()}"' in page
    scope = f"region:{world.county_b.uuid}"
    typed = {"role": "hr", "scope": scope, "start_date": today.isoformat(), "reason": "借调一年"}
    typed["end_date"] = (today + timedelta(days=365)).isoformat()

    said = browser.post(address, typed, follow=True).content.decode()
    again = browser.post(address, typed, follow=True).content.decode()

    assert "已变更" in said and "期限相同" in again
    held = official.grants.get(revoked_at__isnull=True, role="hr")
    assert held.end_date == today + timedelta(days=365)
    grant.refresh_from_db()
    assert grant.revoked_at is not None and grant.end_date is None, "the grant as it was stays on record"
    assert AuditEvent.objects.filter(event="users.role_term_changed", target_uuid=official.uuid).count() == 1
    assert [one for one in told(official) if "变更了您的角色" in one and "借调一年" in one]


def test_the_second_factor_page_names_the_new_role_and_notices_stay_readable(
    world: Province, official: User, administrator: User, client: Client
) -> None:
    given(world, official, administrator)
    client.force_login(official, backend=BACKEND)
    today = timezone.localdate()
    official.grants.filter(role="hr").update(start_date=today, end_date=today)

    held_back = client.get("/hr/", follow=True)
    notices = client.get("/notices/")

    page = held_back.content.decode()
    assert held_back.redirect_chain[-1][0] == "/accounts/second-factor/"
    assert "需要双重验证的角色" in page and world.county_b.name in page and administrator.name in page
    assert "轮岗" in page and 'href="/notices/"' in page
    assert notices.status_code == 200 and "授予您角色" in notices.content.decode()
    assert client.get("/account/").status_code == 302


def test_a_transfer_is_told_when_planned_corrected_and_cancelled(
    world: Province, outsider: User, hr_province: User
) -> None:
    officer, day = browser_of(hr_province), timezone.localdate() + timedelta(days=30)
    typed = {"organization": world.department_a.pk, "position": world.position.pk, "start_date": day.isoformat()}
    address = f"/personnel/{outsider.uuid}/post/"

    officer.post(address, typed)
    assert told(outsider) == [], "a question tells nobody"
    officer.post(address, {**typed, "confirmed": "yes"})
    later = {**typed, "start_date": (day + timedelta(days=5)).isoformat(), "reason": "日期有误"}
    officer.post(f"{address}correct/", later)
    officer.post(f"{address}cancel/")

    planned, corrected, cancelled = told(outsider)
    assert world.department_a.name in planned and f"此前：{world.department_b.name}" in planned
    assert "已更正" in corrected and "日期有误" in corrected
    assert "已取消" in cancelled and world.department_b.name in cancelled


def test_back_from_a_question_keeps_what_was_typed(world: Province, outsider: User, hr_province: User) -> None:
    officer, day = browser_of(hr_province), timezone.localdate() + timedelta(days=30)
    move = {"organization": world.department_a.pk, "position": world.position.pk, "start_date": day.isoformat()}
    address, identity = f"/personnel/{outsider.uuid}/post/", f"/personnel/{outsider.uuid}/identity/"
    names = {"name": "周敏敏", "username": "zhou.min", "email": "", "reason": "户籍更名"}

    asked = officer.post(address, move).content.decode()
    back = officer.post(address, {**move, "confirmed": "yes", "back": "yes"})
    form = officer.post(identity, {**names, "confirmed": "yes", "back": "yes"})

    assert 'name="back" value="yes"' in asked
    assert back.status_code == 200 and f'value="{day.isoformat()}"' in back.content.decode()
    assert f'<option value="{world.department_a.pk}" selected>' in back.content.decode()
    post = newest_post(outsider)
    assert post is not None and post.organization == world.department_b
    assert form.status_code == 200 and 'value="周敏敏"' in form.content.decode()
    assert 'value="户籍更名"' in form.content.decode()
    outsider.refresh_from_db()
    assert outsider.name == "周敏"


def test_back_from_a_question_after_a_button_fills_its_form_once(outsider: User, hr_province: User) -> None:
    officer, account = browser_of(hr_province), f"/personnel/{outsider.uuid}/"
    asked = officer.post(
        f"{account}deactivate/", {"reason": "已退休"}, headers={"Referer": f"http://testserver{account}"}
    )
    assert f'name="came_from" value="http://testserver{account}"' in asked.content.decode()
    sent = {"reason": "已退休", "confirmed": "yes", "came_from": account, "back": "yes"}

    back = officer.post(f"{account}deactivate/", sent)
    first, second = (officer.get(account).content.decode() for _ in range(2))

    assert (back.status_code, back.headers["Location"]) == (302, account)
    assert 'value="已退休"' in first and 'value="已退休"' not in second
    outsider.refresh_from_db()
    assert outsider.is_active
    elsewhere = officer.post(f"{account}deactivate/", {**sent, "came_from": "https://evil.example/"})
    assert elsewhere.headers["Location"] == "/"
