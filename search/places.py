"""A place that a query names, with or without 市 or 省, known from the titles of local rules: 济宁 of 济宁市智慧城市促进条例. Pure."""

from __future__ import annotations

import re

from search.analysis import HAN
from search.engines import Condition, NameField, NameQuery, SearchEngine
from search.names import PLACE_SORTS
from search.requests import SearchRequest

MOST_RUNS = 3
"""Runs of characters whose beginnings are looked up."""
SHORTEST, LONGEST = 2, 6
MOST_TITLES = 20
_RUN = re.compile(rf"[{HAN}]{{{SHORTEST + 1},}}")


def place_named(engine: SearchEngine, request: SearchRequest, text: str) -> str:
    """Return the place with which the text, or a word of it, begins, without its 市; "" where no local rule has it."""
    runs = [match.group() for match in _RUN.finditer(text)][:MOST_RUNS]
    asked = tuple(dict.fromkeys(run[:length] for run in runs for length in range(SHORTEST, min(LONGEST, len(run)) + 1)))
    if not asked:
        return ""
    scope = request.scope.without("kind").without("level")
    titles = engine.find(NameQuery(scope, (Condition(NameField.PLACE, asked),), MOST_TITLES))
    return next((place for place in asked for hit in titles if hit.name.startswith(place)), "")


def apart(place: str, text: str) -> str:
    """Return the text with the place parted from what follows: 济宁智慧城市 is 济宁 智慧城市, for laws write 济宁市智慧城市.

    Where 市 follows nothing is parted: 上海市场 may be either.
    """
    return re.sub(rf"{re.escape(place)}(?!{PLACE_SORTS})", f"{place} ", text, count=1).strip() if place else text
