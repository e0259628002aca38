"""Around the sign-in: a forgotten password has its own words, and one sign-in can be ended alone."""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone

from portal.audit.models import AuditEvent
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
