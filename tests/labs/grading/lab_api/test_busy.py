"""A database that others hold is no mistake of the portal: a Lab hears to try again, and when."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from labs.grading.lab_api import frame


def locked() -> OperationalError:
    cause = sqlite3.OperationalError("database is locked")
    cause.sqlite_errorcode = sqlite3.SQLITE_BUSY
    error = OperationalError("database is locked")
    error.__cause__ = cause
    return error


def inside(error: Exception, monkeypatch: pytest.MonkeyPatch) -> HttpResponse:
    """Show what a handler answers that fails like this."""

    def fail(request: HttpRequest) -> None:
        raise error

    monkeypatch.setattr(frame, "caller_of", fail)
    return frame.api("POST")(lambda request, user: HttpResponse())(RequestFactory().post("/"))


def outside(error: Exception, monkeypatch: pytest.MonkeyPatch) -> HttpResponse:
    """Show what is answered when something outside every handler fails."""
    try:
        _raise(error)
    except Exception:
        return frame.own_mistake(RequestFactory().post("/"))
    raise AssertionError


def _raise(error: Exception) -> None:
    raise error


@pytest.mark.parametrize("failing", [inside, outside])
def test_busy_is_said(failing: Callable[..., HttpResponse], monkeypatch: pytest.MonkeyPatch) -> None:
    answer = failing(locked(), monkeypatch)

    assert (answer.status_code, json.loads(answer.content)["error"]["code"]) == (503, "busy")
    assert int(answer["Retry-After"]) > 0


@pytest.mark.parametrize("failing", [inside, outside])
def test_a_mistake_stays_one(failing: Callable[..., HttpResponse], monkeypatch: pytest.MonkeyPatch) -> None:
    answer = failing(RuntimeError("broken"), monkeypatch)

    assert (answer.status_code, json.loads(answer.content)["error"]["code"]) == (500, "internal")
