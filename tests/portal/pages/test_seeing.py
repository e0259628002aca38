"""An administrator looks as somebody else: read-only, on the record, told, and over in time."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.audit.models import AuditEvent
from portal.notifications.models import Notice
from portal.pages.seeing import SESSION_KEY, VISIBLE
from portal.users.models import User
from tests.people import Province

pytestmark = pytest.mark.django_db


def browser_of(user: User, *, factor_shown: bool = False) -> Client:
    Authenticator.objects.get_or_create(user=user, type="totp", defaults={"data": {"secret": "x"}})
    client = Client()
    client.force_login(user, backend="portal.users.backends.CaseInsensitiveBackend")
    if factor_shown:
        session = client.session
        session["account_authentication_methods"] = [{"method": "mfa", "at": time.time()}]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
    return client


@pytest.fixture
def looking(world: Province, administrator: User, official: User) -> Client:
    client = browser_of(administrator, factor_shown=True)
    response = client.post(f"/work/see/{official.uuid}/", {"reason": "核对他看不到的课程"})
    assert response.status_code == 302
    assert response["Location"] == "/learning/"
    return client


def test_the_second_factor_is_asked_first(world: Province, administrator: User, official: User) -> None:
    response = browser_of(administrator).post(f"/work/see/{official.uuid}/", {"reason": "x"})

    assert response["Location"].startswith("/accounts/2fa/reauthenticate/?next=")
    assert not AuditEvent.objects.filter(event="users.seeing_as_began").exists()


def test_no_reason_no_looking(world: Province, administrator: User, official: User) -> None:
    response = browser_of(administrator, factor_shown=True).post(f"/work/see/{official.uuid}/", {"reason": "  "})

    assert response.status_code == 400
    assert "请填写原因，本人会看到。" in response.content.decode()


@pytest.mark.parametrize("name", ["hr_province", "auditor", "official"])
def test_nobody_else_may_look(world: Province, outsider: User, name: str, request: pytest.FixtureRequest) -> None:
    client = browser_of(request.getfixturevalue(name), factor_shown=True)

    assert client.post(f"/work/see/{outsider.uuid}/", {"reason": "x"}).status_code in (302, 403, 404)
    assert SESSION_KEY not in client.session


def test_the_pages_are_the_persons_and_say_so(looking: Client, official: User, administrator: User) -> None:
    page = looking.get("/account/").content.decode()

    assert f"您正以{official.name}的身份查看" in page
    assert official.username in page
    assert administrator.name not in page


def test_it_is_recorded_and_the_person_is_told(looking: Client, official: User, administrator: User) -> None:
    began = AuditEvent.objects.get(event="users.seeing_as_began")
    looking.post("/work/see/end/")

    assert (began.actor, began.target_uuid) == (administrator, official.uuid)
    assert AuditEvent.objects.filter(event="users.seeing_as_ended", target_uuid=official.uuid).count() == 1
    assert Notice.objects.get(user=official).params["reason"] == "核对他看不到的课程"
    assert administrator.username in looking.get("/account/").content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/2fa/", "/accounts/2fa/recovery-codes/", "/accounts/password/change/", "/accounts/sessions/",
        "/identity/o/authorize", "/admin/", "/certificates/", "/hr/export.xlsx",
    ],
)  # fmt: skip
def test_closed_doors_stay_closed(looking: Client, path: str) -> None:
    assert looking.get(path).status_code == 403


def test_nothing_that_is_sent_is_done(looking: Client, official: User) -> None:
    before = AuditEvent.objects.count()

    assert looking.post(f"/personnel/{official.uuid}/deactivate/").status_code == 403
    assert looking.post("/notices/read/").status_code in (403, 404)
    official.refresh_from_db()
    assert official.is_active
    assert AuditEvent.objects.count() == before


def test_looking_leaves_no_trace_in_what_the_person_has(looking: Client, official: User) -> None:
    unread = Notice.objects.filter(user=official, read_at__isnull=True).count()

    assert looking.get("/notices/").status_code == 200
    assert Notice.objects.filter(user=official, read_at__isnull=True).count() == unread


def test_it_ends_by_itself(looking: Client, administrator: User) -> None:
    session = looking.session
    session[SESSION_KEY] = {**session[SESSION_KEY], "until": (timezone.now() - timedelta(seconds=1)).isoformat()}
    session.save()

    page = looking.get("/account/").content.decode()

    assert administrator.username in page
    assert AuditEvent.objects.filter(event="users.seeing_as_ended").count() == 1


def test_a_right_that_is_gone_ends_it(looking: Client, administrator: User) -> None:
    administrator.grants.update(revoked_at=timezone.now())

    looking.get("/account/")

    assert SESSION_KEY not in looking.session


def test_the_pages_that_may_be_seen_exist() -> None:
    from django.urls import get_resolver

    def names(patterns: list[object], space: str = "") -> set[str]:
        found: set[str] = set()
        for each in patterns:
            below = getattr(each, "url_patterns", None)
            if below is None:
                found.add(f"{space}{getattr(each, 'name', '')}")
            else:
                inner = getattr(each, "namespace", None)
                found |= names(below, f"{space}{inner}:" if inner else space)
        return found

    assert set(VISIBLE) <= names(get_resolver().url_patterns)


def test_ending_it_leads_back_to_where_it_began(looking: Client, official: User) -> None:
    ended = looking.post(reverse("portal:stop_seeing"))

    assert ended.headers["Location"] == f"/personnel/{official.uuid}/"
    assert looking.post(reverse("portal:stop_seeing")).headers["Location"] == "/work/"
