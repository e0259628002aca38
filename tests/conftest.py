"""Fixtures for every test."""

import re

import pytest
from django.db import connection

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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL run what touches a database; everything else has been proved on SQLite."""
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
