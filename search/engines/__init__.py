"""What an engine does, and what passes between it and the rest of the search. No Django here or below.

Engines receive ready-made tokens and numbers. Rights, intents, grouping and highlight stand above and know no engine,
so that two engines give the same answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

FACETS = ("kind", "theme", "level", "region", "year", "status")
"""Marks by which answers are counted and narrowed."""

FORMAT = 3
"""Part of an index's name; raised when fields or the analysis of text change (`search.analysis`, `search.names`), so that an
older index counts as not built and the indexer builds it anew. A test holds a digest of the analysis to it."""
SHALLOWEST = 200
"""Hits that are fetched at least, so that equal scores are put in one order before a page is cut off."""


class IndexNotBuilt(Exception):
    """There is no index to search in yet."""


class IndexBroken(Exception):
    """The index cannot be written to any more and has to be built anew; the table of entries has everything."""


class IndexBusy(Exception):
    """Another process writes to the index."""


class EngineDown(Exception):
    """The engine does not answer; everything but the search works on."""


class NameField(StrEnum):
    """What an entry is called by, each an exact string."""

    KEY = "key"
    TITLE = "names"
    PINYIN = "pinyin"
    INITIALS = "initials"
    NUMBER = "number"
    PARENT = "parent_key"
    ARTICLE = "article"
    HEADING = "headings"
    PLACE = "place"


class Match(StrEnum):
    """How a name is compared."""

    EQUALS = "equals"
    PREFIX = "prefix"
    CONTAINS = "contains"
    SCATTERED = "scattered"
    """Its characters in this order with others between, the last one last: 反诈法 in 反电信网络诈骗法."""


@dataclass(frozen=True)
class IndexedEntry:
    """An entry as an engine keeps it: tokens parted by blanks, names, marks, and the number its scores are multiplied by."""

    key: str
    language: str
    audience: str
    tokens: str
    prior: float
    facets: Mapping[str, str]
    names: tuple[str, ...] = ()
    pinyin: tuple[str, ...] = ()
    initials: tuple[str, ...] = ()
    number: tuple[str, ...] = ()
    parent_key: str = ""
    article: str = ""
    headings: tuple[str, ...] = ()
    place: str = ""


@dataclass(frozen=True)
class Scope:
    """Which entries may match at all: the reader's audiences and languages, and what the reader chose per facet."""

    audiences: frozenset[str]
    languages: frozenset[str]
    chosen: Mapping[str, frozenset[str]] = field(default_factory=dict)
    hidden: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def without(self, facet: str) -> Scope:
        """Return the same scope as if nothing had been chosen or hidden by this facet."""
        chosen = {name: values for name, values in self.chosen.items() if name != facet}
        hidden = {name: values for name, values in self.hidden.items() if name != facet}
        return Scope(self.audiences, self.languages, chosen, hidden)

    def narrows(self, facet: str) -> bool:
        """Return whether the facet takes part in the filter."""
        return facet in self.chosen or facet in self.hidden


@dataclass(frozen=True)
class Wanted:
    """A way to match: at least `minimum` of the tokens."""

    tokens: tuple[str, ...]
    minimum: int


@dataclass(frozen=True)
class EngineQuery:
    """Entries that match one of `wanted` or are among `keys`, ranked by BM25 over `ranked` (token, weight) × prior.

    `keys` were asked for by name: what the scope hides by default does not hide them. With `parents` only what belongs
    to one of them is a hit; facets are not asked for then.
    """

    scope: Scope
    wanted: tuple[Wanted, ...]
    ranked: tuple[tuple[str, float], ...]
    keys: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    facets: tuple[str, ...] = ()
    limit: int = 20
    offset: int = 0

    @property
    def depth(self) -> int:
        """How many hits an engine must fetch before ties are put in order and the page is cut out."""
        return max(SHALLOWEST, self.offset + self.limit)


@dataclass(frozen=True)
class EngineAnswer:
    """Keys with their scores, best first; how many match in all; per facet, how many of each value."""

    hits: list[tuple[str, float]]
    count: int
    facets: dict[str, dict[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Condition:
    """One condition on a name: any of the values. Prefix and contains take letters and digits of any script."""

    field: NameField
    values: tuple[str, ...]
    match: Match = Match.EQUALS


@dataclass(frozen=True)
class NameQuery:
    """Entries whose names meet every condition, by prior."""

    scope: Scope
    conditions: tuple[Condition, ...]
    limit: int = SHALLOWEST


@dataclass(frozen=True)
class NameHit:
    """An entry found by name, with its first name, its prior, whether it is in force and, of a clause, its number."""

    key: str
    score: float
    name: str
    article: str = ""
    status: str = ""

    @property
    def is_repealed(self) -> bool:
        """Whether it holds no more."""
        return self.status == "repealed"

    @property
    def is_past(self) -> bool:
        """Whether it holds no more or another text does instead."""
        return self.status in {"repealed", "amended"}


class IndexBuild(Protocol):
    """A new index beside the one in use."""

    def add(self, entries: Iterable[IndexedEntry]) -> int:
        """Write entries; returns how many."""

    def apply(self, upserts: Iterable[IndexedEntry], deleted_keys: Iterable[str]) -> None:
        """Write what changed meanwhile."""

    def publish(self) -> None:
        """Put the new index in the old one's place at one blow and clear the old one away."""


class SearchEngine(Protocol):
    """An index of entries. Every call raises EngineDown when there is nobody to ask."""

    @property
    def name(self) -> str:
        """What the engine is called in `--engine`."""

    def is_built(self) -> bool:
        """Return whether there is an index to search in."""

    def search(self, query: EngineQuery) -> EngineAnswer:
        """Return matching keys with counts. Raises IndexNotBuilt."""

    def find(self, query: NameQuery) -> list[NameHit]:
        """Entries by name. Raises IndexNotBuilt."""

    def apply(self, upserts: Iterable[IndexedEntry], deleted_keys: Iterable[str]) -> None:
        """Write changes and make them visible to every reader."""

    def building(self) -> AbstractContextManager[IndexBuild]:
        """Return a new index; unless published it is thrown away."""


PIECES = re.compile(r"[a-z0-9-]+|.", re.DOTALL)
"""What stays together where a name is looked for scattered: characters, and runs of letters and digits."""
MOST_PIECES = 8


def pieces_of(name: str) -> list[str]:
    """Return what must stand scattered in a name; of a long one its beginning and its end, as a pattern has its limit."""
    pieces = PIECES.findall(name)
    half = MOST_PIECES // 2
    return pieces if len(pieces) <= MOST_PIECES else [*pieces[:half], *pieces[-half:]]


def in_order(hits: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    """Hits by score and, where two scores are the same to five digits, by key: one order for every engine."""
    return sorted(hits, key=lambda hit: (-float(f"{hit[1]:.5g}"), hit[0]))
