"""A database that others hold is answered 503 with the form kept: not 429, not 500."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path
from psycopg.errors import DeadlockDetected, LockNotAvailable, SerializationFailure, UndefinedTable

from portal.audit.models import AuditEvent
from portal.pages import failing
from portal.queue.busy import is_busy
from portal.urls import urlpatterns as real_urls
from portal.users.limits import take
from tests.holding import held_database
from tests.people import Province

PASSWORD = "correct horse battery"
BROWSER = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate", "Referer": "http://testserver/notices/"}


def writes(request: HttpRequest) -> HttpResponse:
    AuditEvent.objects.create(at="2026-03-02T01:00:00Z", event="users.signed_in")
    return HttpResponse("written")


def fails(request: HttpRequest) -> HttpResponse:
    raise OperationalError("no such table: anything")


urlpatterns = [path("writes/", writes), path("fails/", fails), *real_urls]
handler500 = "portal.pages.failing.failed"


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


def locked() -> OperationalError:
    cause = sqlite3.OperationalError("database is locked")
    cause.sqlite_errorcode = sqlite3.SQLITE_BUSY_SNAPSHOT
    error = OperationalError("database is locked")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize("kind", [LockNotAvailable, DeadlockDetected, SerializationFailure])
def test_what_postgresql_says_of_others_locks_is_busy(kind: type[Exception]) -> None:
    error = OperationalError("waited")
    error.__cause__ = kind("waited")

    assert is_busy(error)


def test_what_sqlite_says_of_others_locks_is_busy_also_behind_a_later_error() -> None:
    later = RuntimeError("the page could not be made")
    later.__context__ = locked()

    assert is_busy(locked())
    assert is_busy(later)


def test_a_broken_database_is_not_busy() -> None:
    broken = OperationalError("no such table")
    broken.__cause__ = sqlite3.OperationalError("no such table")
    undefined = OperationalError("relation does not exist")
    undefined.__cause__ = UndefinedTable("relation does not exist")

    assert not is_busy(broken)
    assert not is_busy(undefined)
    assert not is_busy(None)


@pytest.mark.django_db(transaction=True)
def test_a_right_password_while_the_database_is_held_is_503_and_later_right(world: Province, visitor: Client) -> None:
    world.person("li.wei", "李伟", world.department_a)
    form = {"login": "li.wei", "password": PASSWORD}

    with held_database():
        refused = visitor.post("/accounts/login/", form, headers=BROWSER)
    entered = visitor.post("/accounts/login/", form, headers=BROWSER)

    assert refused.status_code == 503
    assert int(refused["Retry-After"]) > 0
    assert "此刻访问的人很多" in refused.content.decode()
    assert PASSWORD not in refused.content.decode()
    assert entered.status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a_limit_that_cannot_be_counted_is_no_limit_that_is_reached() -> None:
    cache.clear()

    with held_database(), pytest.raises(OperationalError):
        take("something", 3, 60)

    assert take("something", 3, 60) is not None


@pytest.mark.django_db(transaction=True)
@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize(("language", "said"), [("zh-hans", "再次发送"), ("en", "Send it again")])
def test_what_a_form_sent_stands_in_the_answer(visitor: Client, language: str, said: str) -> None:
    visitor.cookies["django_language"] = language
    with held_database():
        answer = visitor.post("/writes/?a=1", {"reason": "三个 <b>词</b>"}, headers=BROWSER)
    page = answer.content.decode()

    assert answer.status_code == 503
    assert said in page
    assert 'action="/writes/?a=1"' in page
    assert 'name="reason" value="三个 &lt;b&gt;词&lt;/b&gt;"' in page
    assert "csrfmiddlewaretoken" in page
    assert not AuditEvent.objects.exists()
    assert visitor.post("/writes/?a=1", {"reason": "三"}).content == b"written"


@pytest.mark.django_db(transaction=True)
@override_settings(ROOT_URLCONF=__name__)
def test_whoever_reads_no_pages_is_told_in_both_languages(visitor: Client) -> None:
    with held_database():
        answer = visitor.post("/writes/", {}, headers={"Accept": "application/json"})

    assert answer.status_code == 503
    assert "请稍后重试" in answer.content.decode()
    assert "try again" in answer.content.decode()


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__)
def test_another_failure_stays_a_failure(visitor: Client) -> None:
    assert visitor.post("/fails/", {}, headers=BROWSER).status_code == 500


def test_a_file_and_a_password_are_not_repeated() -> None:
    def asked(**sent: Any) -> str:
        request = RequestFactory().post("/hr/", sent, headers=BROWSER)
        return failing.busy(request).content.decode()

    assert "secret-value" not in asked(password="secret-value", name="李伟")
    assert "Send it again" not in asked(password="secret-value")
