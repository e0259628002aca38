"""Correcting what a person is called, through HTTP and in the actions."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from portal.audit.models import AuditEvent
from portal.notifications.models import Notice
from portal.organizations.accounts import search_accounts
from portal.users.actions import change_login_name, correct_identity, create_user, rename_person
from portal.users.models import IdentityChange, User
from portal.users.rights import roles_of
from tests.people import AT, Province
from tests.portal.organizations.test_views import browser_of

TODAY = AT.date()


def test_officer_sees_what_will_change_then_changes_it_and_the_old_name_is_found(
    outsider: User, hr_county: User
) -> None:
    officer = browser_of(hr_county)
    address = f"/personnel/{outsider.uuid}/identity/"
    typed = {"name": " 周　敏敏 ", "username": "Ｚhou.mm", "email": "Zhou@City.GOV.cn", "reason": "户籍更名"}

    asked = officer.post(address, typed)
    outsider.refresh_from_db()
    assert asked.status_code == 200
    assert "周敏敏" in asked.content.decode()
    assert (outsider.name, outsider.username) == ("周敏", "zhou.min")

    done = officer.post(address, {**typed, "confirmed": "yes"}, follow=True)
    outsider.refresh_from_db()
    assert (outsider.name, outsider.username, outsider.email) == ("周敏敏", "Zhou.mm", "Zhou@city.gov.cn")
    assert "周敏 已更名为 周敏敏" in done.content.decode()
    assert "zhou.min" in done.content.decode(), "the account page shows what was"

    for text in ("周敏", "zhou.min", "zhou.MM"):
        assert list(search_accounts(hr_county, TODAY, text=text)) == [outsider]
    assert "曾用：周敏、zhou.min" in officer.get("/personnel/", {"q": "周敏"}).content.decode()
    assert "周敏敏" in officer.get("/hr/", {"q": "周敏"}).content.decode()
    told = Notice.objects.filter(user=outsider).values_list("kind", flat=True)
    assert set(told) == {"users.renamed", "users.login_name_changed", "users.email_corrected"}
    events = AuditEvent.objects.filter(target_uuid=outsider.uuid).values_list("event", flat=True)
    assert {"users.renamed", "users.login_name_changed", "users.email_corrected"} <= set(events)


def test_the_person_signs_in_by_the_new_name_only(outsider: User) -> None:
    change_login_name(user=outsider, username="zhou.2", reason="", by=None, at=AT)

    old, new = Client(), Client()
    old.post("/accounts/login/", {"login": "zhou.min", "password": "correct horse battery"})
    new.post("/accounts/login/", {"login": "zhou.2", "password": "correct horse battery"})

    assert old.get("/account/").status_code == 302
    assert new.get("/account/").status_code == 200


def test_nobody_else_gets_a_login_name_of_former_times_and_its_owner_may_go_back(
    world: Province, outsider: User, official: User
) -> None:
    change_login_name(user=outsider, username="zhou.2", reason="", by=None, at=AT)

    with pytest.raises(ValidationError):
        create_user(username="ZHOU.min", name="别人", by=None, at=AT)
    with pytest.raises(ValidationError):
        change_login_name(user=official, username="Zhou.Min", reason="", by=None, at=AT)
    with pytest.raises(ValidationError):
        change_login_name(user=official, username="13800138000", reason="", by=None, at=AT)
    change_login_name(user=outsider, username="zhou.min", reason="", by=None, at=AT)
    assert outsider.identity_changes.count() == 2


def test_the_same_name_twice_is_one_change_and_history_stays(outsider: User) -> None:
    first = rename_person(user=outsider, name="周明", reason="", by=None, at=AT)
    assert rename_person(user=outsider, name="周明", reason="", by=None, at=AT) is None
    assert first is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        IdentityChange.objects.filter(pk=first.pk).update(before="无人")
    with pytest.raises(ValidationError):
        rename_person(user=outsider, name=" 　 ", reason="", by=None, at=AT)


def test_all_or_nothing_and_only_by_who_looks_after_the_person(
    outsider: User, official: User, hr_county: User, administrator: User
) -> None:
    with pytest.raises(ValidationError):
        correct_identity(user=outsider, name="周明", username="li.wei", email="", reason="", by=None, at=AT)
    outsider.refresh_from_db()
    assert outsider.name != "周明" or not outsider.identity_changes.exists()
    for person in (official, hr_county, administrator):
        with pytest.raises(PermissionDenied):
            rename_person(user=person, name="某某", reason="", by=hr_county, at=AT)
    assert browser_of(hr_county).get(f"/personnel/{official.uuid}/identity/").status_code == 404
    assert browser_of(hr_county).get(f"/personnel/{hr_county.uuid}/identity/").status_code == 403


def test_wrong_values_are_said_at_their_fields(outsider: User, official: User, hr_county: User) -> None:
    answer = browser_of(hr_county).post(
        f"/personnel/{outsider.uuid}/identity/",
        {"name": "周敏", "username": "li.wei", "email": "没有", "reason": "试", "confirmed": "yes"},
    )

    assert answer.status_code == 400
    assert "username" in answer.context["form"].errors
    assert roles_of(outsider, TODAY) == {"learner"}
