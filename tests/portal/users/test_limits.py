"""Counts hold for their whole stretch of time, whatever else the cache is asked to remember."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.cache.backends import db as database_cache
from django.utils import timezone

from portal.users import limits


@pytest.fixture(autouse=True)
def empty_cache(db: None) -> None:
    cache.clear()


@pytest.fixture
def hour(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of the present hour, which tests may change; it does not change by itself."""
    present = [1]
    monkeypatch.setattr(limits, "stretch", lambda _: present[0])
    return present


def test_too_many_are_refused_until_the_time_is_over(hour: list[int]) -> None:
    assert [limits.count("a", 2, 3600) for _ in range(3)] == [True, True, False]
    assert limits.counted("a", 3600) == 3
    assert limits.count("b", 2, 3600)

    hour[0] += 1
    assert limits.count("a", 2, 3600)


def test_count_is_not_forgotten_before_its_time(monkeypatch: pytest.MonkeyPatch, hour: list[int]) -> None:
    for _ in range(3):
        limits.count("a", 2, 3600)
    later = timezone.now() + timedelta(minutes=20)

    monkeypatch.setattr(database_cache, "tz_now", lambda: later)

    assert not limits.count("a", 2, 3600)


def test_hundreds_of_other_questions_do_not_wash_a_count_away(hour: list[int]) -> None:
    for _ in range(3):
        limits.count("a", 2, 3600)

    for number in range(400):
        cache.set(f"zzz-{number}", 1, 600)

    assert not limits.count("a", 2, 3600)
