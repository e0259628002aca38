"""Counts hold for their whole stretch of time, whatever else the cache is asked to remember."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.cache.backends import db as database_cache
from django.test import RequestFactory
from django.utils import timezone

from portal.users import limits


@pytest.fixture(autouse=True)
def empty_cache(db: None) -> None:
    cache.clear()


@pytest.fixture
def hour(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the number of the present hour, which tests may change; it does not change by itself."""
    present = [1]
    monkeypatch.setattr(limits, "stretch", lambda _: present[0])
    return present


def test_too_many_are_refused_until_the_time_is_over(hour: list[int]) -> None:
    assert [limits.count("a", 2, 3600) for _ in range(3)] == [True, True, False]
    assert limits.is_spent("a", 2, 3600)
    assert not limits.is_spent("a", 3, 3600)
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


def test_a_place_that_is_handed_back_can_be_taken_again(hour: list[int]) -> None:
    first = limits.take("a", 2, 3600)
    second = limits.take("a", 2, 3600)
    assert first and second and limits.take("a", 2, 3600) is None

    limits.give_back(first)

    assert limits.take("a", 2, 3600) == first
    assert limits.take("a", 2, 3600) is None


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("10.0.0.1", "10.0.0.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:10.0.0.1", "::ffff:10.0.0.2", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
    ],
)
def test_a_subscriber_is_one_address(rf: RequestFactory, one: str, other: str, is_same: bool) -> None:
    found = [limits.address_of(rf.get("/", REMOTE_ADDR=address)) for address in (one, other)]

    assert (found[0] == found[1]) is is_same
