"""Around the sign-in: a forgotten password has its own words, and one sign-in can be ended alone."""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone

from portal.audit.models import AuditEvent
from portal.notifications.models import Notice
from portal.users.models import User
from tests.people import Province

pytestmark = pytest.mark.django_db
BACKEND = "portal.users.backends.CaseInsensitiveBackend"


def browser_of(user: User) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": user.username, "password": "correct horse battery"})
    return client


def test_a_forgotten_password_is_no_first_sign_in(world: Province) -> None:
    page = Client().get("/accounts/password/reset/", follow=True).content.decode()

    assert "<h1>忘记密码</h1>" in page
    assert "首次登录" not in page.split("<main")[1].split("</main>")[0]
    assert "data-show-password=" in page


def test_one_sign_in_is_ended_and_the_others_stay(world: Province, official: User) -> None:
    here, there, third = browser_of(official), browser_of(official), browser_of(official)
    session = UserSession.objects.get(session_key=there.session.session_key)
    page = here.get("/accounts/sessions/").content.decode()

    answer = here.post(f"/accounts/sessions/{session.pk}/end/", follow=True)

    assert page.count("/end/") == 2
    assert "该设备已退出登录。" in answer.content.decode()
    assert there.get("/account/").status_code == 302
    assert third.get("/account/").status_code == 200
    assert AuditEvent.objects.filter(event="users.session_ended", actor=official).count() == 1


def change(client: Client, old: str, new: str) -> str:
    form = {"oldpassword": old, "password1": new, "password2": new}
    return client.post("/accounts/password/change/", form, follow=True).content.decode()


def test_a_changed_password_is_told_and_a_wrong_one_is_not_said_to_be_missing(world: Province, official: User) -> None:
    here = browser_of(official)

    assert "当前密码不正确。" in change(here, "wrong", "another good sentence")
    assert "复制时多带了空格" in change(here, "correct horse battery ", "another good sentence")
    bare = official.username.replace(".", "")
    assert "密码不要包含登录名。" in change(here, "correct horse battery", f"{bare}123456")
    assert not Notice.objects.filter(kind="users.password_changed").exists()
    change(here, "correct horse battery", "another good sentence")
    assert Notice.objects.filter(user=official, kind="users.password_changed").count() == 1


def test_a_blank_at_the_edge_is_hinted_at_and_the_lock_says_how_long(world: Province, official: User) -> None:
    form = {"login": official.username, "password": "correct horse battery "}
    assert "复制时多带了空格" in Client().post("/accounts/login/", form).content.decode()

    for _ in range(5):
        said = Client().post("/accounts/login/", {**form, "password": "wrong"}).content.decode()
    assert "分钟后重试" in said


def test_nobody_ends_the_sign_in_of_another(world: Province, official: User, outsider: User) -> None:
    theirs = browser_of(outsider)
    session = UserSession.objects.get(user=outsider)

    assert browser_of(official).post(f"/accounts/sessions/{session.pk}/end/").status_code == 404
    assert theirs.get("/account/").status_code == 200


def test_ones_own_personnel_officer_is_named(
    world: Province, outsider: User, hr_county: User, hr_province: User
) -> None:
    client = Client()
    client.force_login(outsider, backend=BACKEND)

    page = client.get("/account/")

    assert [contact.name for contact in page.context["contacts"]] == [hr_county.name]


def test_without_a_near_officer_the_province_is_named(
    world: Province, outsider: User, hr_county: User, hr_province: User
) -> None:
    hr_county.grants.update(revoked_at=timezone.now())

    client = Client()
    client.force_login(outsider, backend=BACKEND)

    page = client.get("/account/")

    assert [contact.name for contact in page.context["contacts"]] == [hr_province.name]
