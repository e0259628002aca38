"""Fixtures for every test."""

import re
import time

import pytest
from django.db import connection
from django.utils import translation

pytest_plugins = [
    "tests.databases",
    "tests.people",
    "tests.flushing",
    "tests.anchoring",
    "tests.graders",
    "tests.running",
]

ONCE = re.compile(r"tests/(architecture/(?!test_migrations)|crawling/)")
"""Looks at code and pages, which the other database does not change."""


@pytest.fixture(autouse=True)
def default_language() -> None:
    """Each test begins in the site's language: a request in English leaves its own behind."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def limits_begin_with_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a limit's stretch of time begin with the test: by the clock it could turn over between two tries of a test."""
    began = time.time()
    monkeypatch.setattr("portal.users.limits.stretch", lambda seconds: int((time.time() - began) // seconds))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Say what belongs together in a parallel run. On PostgreSQL leave out what SQLite has proved.

    A file stays in one process. Tests that commit leave the database emptied, so they are a group of their own: it comes
    later than all that need what the migrations wrote, because pytest-django sorts them so and groups keep their order.
    """
    for item in items:
        commits = " commits" if _commits(item) else ""
        item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0] + commits))
    if connection.vendor != "postgresql":
        return
    kept, left = [], []
    for item in items:
        (kept if _touches_database(item) and not ONCE.match(item.nodeid) else left).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = kept


def _touches_database(item: pytest.Item) -> bool:
    fixtures = getattr(item, "fixturenames", ())
    return item.get_closest_marker("django_db") is not None or bool({"db", "transactional_db"} & set(fixtures))


def _commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    is_said = marker is not None and bool(marker.kwargs.get("transaction") or marker.kwargs.get("reset_sequences"))
    return is_said or bool({"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ())))
