"""Long loops that leave the database to others, and tries that are taken back without keeping others from writing."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import connection, transaction
from django.urls import get_resolver

Item = TypeVar("Item")

LONGEST_PAUSE_S = 0.05


def in_turns(items: Iterable[Item]) -> Iterator[Item]:
    """Yield items of which each is worked on in a transaction; between two, others have as long as the last one took.

    SQLite's writers do not queue: who waits looks again now and then, and would find a tight loop's lock taken each time.
    """
    for item in items:
        begun = time.monotonic()
        yield item
        if not connection.in_atomic_block:
            time.sleep(min(LONGEST_PAUSE_S, time.monotonic() - begun))


def load_addresses() -> None:
    """Load every address of the site now.

    The first `reverse` of a process does it otherwise, which takes seconds, and a worker's first stands in a transaction.
    """
    get_resolver().url_patterns  # noqa: B018  (looked at, it is loaded)


@contextmanager
def taken_back() -> Iterator[None]:
    """Yield a transaction of which nothing stays. On SQLite the write lock is taken with the first
    write, not at the start."""
    wrapper: Any = connection
    is_sqlite = connection.vendor == "sqlite"
    mode = wrapper.transaction_mode if is_sqlite else None
    if is_sqlite:
        wrapper.transaction_mode = "DEFERRED"
    try:
        with transaction.atomic():
            if is_sqlite:
                wrapper.transaction_mode = mode
            yield
            transaction.set_rollback(True)
    finally:
        if is_sqlite:
            wrapper.transaction_mode = mode
