"""What is asked of the search: the one value that every step of it carries."""

from __future__ import annotations

from dataclasses import dataclass, field

from search.engines import Scope
from search.intents import StaffWords


@dataclass(frozen=True)
class SearchRequest:
    """A query with everything that decides its answer."""

    text: str
    scope: Scope
    words: StaffWords = field(default_factory=StaffWords)
    facets: tuple[str, ...] = ()
    limit: int = 20
    offset: int = 0
