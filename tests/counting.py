"""What a page costs in queries: as many for many rows as for few, counted on a page that answers and shows the rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

Ask = Callable[[], Any]
"""Asks for a page; gives the response."""


@dataclass(frozen=True)
class Cost:
    """What one page took, and how often it shows what a row is known by."""

    queries: tuple[str, ...]
    rows: int


def asking(client: Client, address: str, **asked: str) -> Ask:
    """Asking for a page, as often as wanted."""
    return lambda: client.get(address, asked)


def cost_of(ask: Ask, row: str) -> Cost:
    """Return the cost of a page that answers; one that is not there would be cheap."""
    with CaptureQueriesContext(connection) as captured:
        answer = ask()
    assert answer.status_code == 200, answer.status_code
    return Cost(tuple(query["sql"] for query in captured.captured_queries), answer.content.decode().count(row))


def costs_the_same(ask: Ask, *, row: str, grow: Callable[[], object], most: int) -> None:
    """Few rows, then more of them by `grow`: the page shows them, by the words of `row`, and asks no more often for them.

    The first visit fills the caches and is not counted.
    """
    ask()
    few = cost_of(ask, row)
    grow()
    many = cost_of(ask, row)

    assert 0 < few.rows < many.rows, f"{row} is there {few.rows} times, then {many.rows}"
    assert len(many.queries) == len(few.queries), more_often(few.queries, many.queries)
    assert len(few.queries) <= most, f"{len(few.queries)} queries, more than {most}"


def more_often(few: Iterable[str], many: Iterable[str]) -> str:
    """Return the queries that many rows took beyond those of few, by their shape."""
    surplus = Counter(map(_shape, many))
    surplus.subtract(map(_shape, few))
    return "\n".join(f"{number:+d} {shape}" for shape, number in surplus.items() if number)


def _shape(sql: str) -> str:
    return re.sub(r"IN \([^()]*\)", "IN (…)", re.sub(r"'[^']*'|\b\d+\b", "…", sql))[:600]
