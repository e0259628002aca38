"""Fixtures of the search's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from search.queries import forget_words


@pytest.fixture(autouse=True)
def words_of_this_test_only() -> Iterator[None]:
    """Words that another test saved and rolled back are forgotten."""
    forget_words()
    yield
    forget_words()
