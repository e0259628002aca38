"""Command-line tokens: shown once, kept as digests, short, ended with the rights behind them."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from labs.hub.actions import TokenRefused, end_token, issue_token
from labs.hub.client import HubClient
from labs.hub.identity import caller_of_token
from labs.hub.models import CommandToken, Scope
from labs.hub.permissions import FRESH_S, used_second_factor
from portal.audit.models import AuditEvent
from portal.users.models import RoleGrant, User
from portal.users.signals import access_reduced
from tests.classroom import Classroom

pytestmark = pytest.mark.django_db
PAGE = "/labs/tokens/"
TEXT = re.compile(r"cx_[\w-]{32}")


def caller(text: str, after: timedelta = timedelta()) -> Any:
    """Return whom the portal takes the token's bearer for. Nobody asks the hub: there is none."""
    return caller_of_token(text, HubClient(api_url="http://none"), timezone.now() + after)


def issue(user: User, scope: Scope = Scope.WORK, *, factor: bool = True) -> str:
    return issue_token(scope=scope, has_second_factor=factor, by=user, at=timezone.now())[1]


@pytest.fixture
def teacher(classroom: Classroom) -> User:
    """Return the instructor with a second factor set up."""
    Authenticator.objects.create(user=classroom.instructor, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return classroom.instructor


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    cache.clear()


def signed_in(user: User, *, factor_age_s: float | None = None) -> Client:
    """Return a browser, in which the second factor was given so long ago."""
    client = Client()
    client.force_login(user, backend="portal.users.backends.CaseInsensitiveBackend")
    if factor_age_s is not None:
        session = client.session
        record = {"method": "mfa", "type": "totp", "at": time.time() - factor_age_s}
        session["account_authentication_methods"] = [record]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
    return client


def test_the_text_is_shown_once_and_kept_nowhere(classroom: Classroom) -> None:
    client = signed_in(classroom.trainee)

    shown = client.post(PAGE, {"scope": "work"})
    text = TEXT.findall(shown.content.decode())[0]

    assert shown.status_code == 200 and "no-store" in shown["Cache-Control"]
    assert caller(text).user == classroom.trainee and not caller(text).may_publish
    assert text not in client.get(PAGE).content.decode()
    token = CommandToken.objects.get()
    assert text not in str(vars(token))
    assert AuditEvent.objects.get(event="hub.token_issued").target_uuid == token.uuid


def test_a_token_ends_by_time_by_hand_and_by_the_next_one(classroom: Classroom) -> None:
    first = issue(classroom.trainee)
    second = issue(classroom.trainee)

    assert caller(first) is None
    assert caller(second) and caller(second, timedelta(minutes=59)) and caller(second, timedelta(minutes=61)) is None
    client = signed_in(classroom.trainee)
    token = CommandToken.objects.get(ended_at=None)
    assert str(token.uuid) in client.get(PAGE).content.decode()
    assert client.post(f"{PAGE}{token.uuid}/end/").status_code == 302
    assert caller(second) is None
    end_token(token=token, by=classroom.trainee, at=timezone.now())
    assert AuditEvent.objects.filter(event="hub.token_ended").count() == 1


def test_nobody_sees_or_ends_the_token_of_another(classroom: Classroom, teacher: User) -> None:
    text = issue(classroom.trainee)
    token = CommandToken.objects.get()
    client = signed_in(teacher, factor_age_s=0)

    assert str(token.uuid) not in client.get(PAGE).content.decode()
    assert client.post(f"{PAGE}{token.uuid}/end/").status_code == 404
    assert caller(text)


def test_reduced_rights_end_every_token(classroom: Classroom, teacher: User) -> None:
    texts = [issue(teacher), issue(teacher, Scope.PUBLISH)]

    access_reduced.send(sender=User, user=teacher, reason="logout", at=timezone.now())

    assert [caller(text) for text in texts] == [None, None]


def test_a_deactivated_person_and_made_up_texts_are_nobody(classroom: Classroom) -> None:
    text = issue(classroom.trainee)
    assert caller(text[:-1]) is None and caller("cx_") is None and caller("cx_" + "A" * 300) is None

    User.objects.filter(pk=classroom.trainee.pk).update(is_active=False, deactivated_at=timezone.now())
    assert caller(text) is None


def test_publishing_asks_for_a_role_and_a_second_factor_of_this_session(classroom: Classroom, teacher: User) -> None:
    refused = [
        (signed_in(classroom.trainee, factor_age_s=0), 400),  # not offered
        (signed_in(teacher), 403),
        (signed_in(teacher, factor_age_s=FRESH_S + 1), 403),
    ]
    for client, status in refused:
        answer = client.post(PAGE, {"scope": "publish"})
        assert answer.status_code == status and not TEXT.search(answer.content.decode())
    assert "/accounts/2fa/reauthenticate/?next=/labs/tokens/" in refused[1][0].get(PAGE).content.decode()

    shown = signed_in(teacher, factor_age_s=60).post(PAGE, {"scope": "publish"})
    text = TEXT.findall(shown.content.decode())[0]
    assert caller(text).may_publish
    with pytest.raises(TokenRefused):
        issue(classroom.trainee, Scope.PUBLISH)


def test_a_publishing_token_is_worth_less_once_role_or_factor_is_gone(classroom: Classroom, teacher: User) -> None:
    text = issue(teacher, Scope.PUBLISH)
    Authenticator.objects.all().delete()
    assert not caller(text).may_publish

    Authenticator.objects.create(user=teacher, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert caller(text).may_publish
    RoleGrant.objects.filter(user=teacher).delete()
    assert not caller(text).may_publish


def test_another_persons_factor_and_a_password_are_none() -> None:
    now = 1_000_000.0
    assert used_second_factor([{"method": "mfa", "at": now}], now)
    assert not used_second_factor([{"method": "password", "at": now}], now)
    assert not used_second_factor([{"method": "mfa", "at": now - FRESH_S - 1}], now)
    assert not used_second_factor([{"method": "mfa"}], now)


def test_tokens_are_asked_for_at_a_human_pace(classroom: Classroom) -> None:
    client = signed_in(classroom.trainee)

    statuses = [client.post(PAGE, {"scope": "work"}).status_code for _ in range(21)]

    assert statuses == [200] * 20 + [429]


def test_the_page_needs_a_sign_in_and_speaks_both_languages(classroom: Classroom) -> None:
    assert Client().get(PAGE).status_code == 302
    client = signed_in(classroom.trainee)
    assert "命令行令牌" in client.get(PAGE).content.decode()
    client.cookies["django_language"] = "en"
    assert "Command-line tokens" in client.get(PAGE).content.decode()
