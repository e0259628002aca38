"""What an engine does. The rest of the search (rights, highlight, grouping) stands above and knows no engine."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol


class IndexNotBuilt(Exception):
    """There is no index to search in yet."""


class IndexBusy(Exception):
    """Another process writes to the index."""


@dataclass(frozen=True)
class IndexedEntry:
    """An entry as an engine keeps it: ready-made tokens, and the marks by which it is filtered."""

    key: str
    kind: str
    language: str
    audience: str
    title_tokens: list[str]
    body_tokens: list[str]


@dataclass(frozen=True)
class EngineQuery:
    """What is asked of an engine: tokens to rank by, tokens that must be there, and the reader's filters."""

    ranked: list[str]
    required: list[str]
    language: str
    audiences: frozenset[str]
    kind: str = ""
    limit: int = 20
    offset: int = 0


@dataclass(frozen=True)
class EngineAnswer:
    """Keys with their scores, best first; how many match in all; how many of each kind, whatever kind was asked for."""

    hits: list[tuple[str, float]]
    count: int
    kinds: dict[str, int] = field(default_factory=dict)
    is_relaxed: bool = False


class SearchEngine(Protocol):
    """An index of entries."""

    def is_built(self) -> bool:
        """Whether there is an index to search in."""

    def search(self, query: EngineQuery) -> EngineAnswer:
        """Matching keys. Raises IndexNotBuilt."""

    def writing(self) -> AbstractContextManager[None]:
        """Hold the only right to write. Raises IndexBusy when another process holds it."""

    def apply(self, upserts: Iterable[IndexedEntry], deleted_keys: Iterable[str]) -> None:
        """Write changes and make them visible to every reader. Call inside `writing`."""

    def rebuild(self, entries: Iterable[IndexedEntry]) -> int:
        """Build a new index beside the old one and put it in its place at one blow. Call inside `writing`."""
