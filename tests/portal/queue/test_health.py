"""Health addresses."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client


def test_alive_asks_nothing(db: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert Client().get("/healthz").content == b"ok\n"


def test_ready_asks_database_and_cache(db: None) -> None:
    answer = Client().get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"database": True, "cache": True})


def test_not_ready_says_which_part(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(key: str) -> None:
        raise ConnectionError

    monkeypatch.setattr(cache, "get", away)

    answer = Client().get("/readyz")

    assert (answer.status_code, answer.json()) == (503, {"database": True, "cache": False})
