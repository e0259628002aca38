"""Reads of the search: from what a person typed to entries that this person may see."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from search.analysis import Segment, excerpt, highlight, required_tokens, tokens
from search.engines import EngineAnswer, EngineQuery, IndexNotBuilt, SearchEngine
from search.indexing import installed_engine
from search.kinds import KIND_ORDER, kind_label
from search.models import SearchEntry
from search.registry import audiences_of

LONGEST_QUERY = 100
"""Characters of a query that are used; nobody types more on purpose."""
MOST_TOKENS = 64
DEEPEST = 1000
"""Hits that can be paged through; whoever needs more asks a narrower question."""


class Problem(StrEnum):
    """Why there is no answer."""

    NONE = ""
    EMPTY = "empty"
    NOTHING_TO_SEARCH = "nothing_to_search"
    NOT_BUILT = "not_built"


@dataclass(frozen=True)
class Hit:
    """One entry that was found."""

    key: str
    kind: str
    source_uuid: uuid.UUID
    title: str
    parent_title: str
    url: str
    score: float
    title_segments: list[Segment]
    body_segments: list[Segment]

    @property
    def kind_label(self) -> str:
        """The kind as people call it."""
        return kind_label(self.kind)


@dataclass(frozen=True)
class KindCount:
    """How many entries of one kind match."""

    kind: str
    count: int

    @property
    def label(self) -> str:
        """The kind as people call it."""
        return kind_label(self.kind)


@dataclass(frozen=True)
class Answer:
    """What a search found."""

    query: str
    problem: Problem = Problem.NONE
    hits: list[Hit] = field(default_factory=list)
    count: int = 0
    kinds: list[KindCount] = field(default_factory=list)
    is_shortened: bool = False
    is_relaxed: bool = False

    @property
    def total(self) -> int:
        """Matches of every kind."""
        return sum(kind.count for kind in self.kinds)

    @property
    def is_not_built(self) -> bool:
        """Whether the index is still being prepared."""
        return self.problem == Problem.NOT_BUILT

    @property
    def is_unsearchable(self) -> bool:
        """Whether the query holds neither letters nor digits."""
        return self.problem == Problem.NOTHING_TO_SEARCH

    @property
    def is_empty_query(self) -> bool:
        """Whether nothing was asked."""
        return self.problem == Problem.EMPTY


def search(
    text: str, user: Any, language: str, limit: int = 20, offset: int = 0, *,
    kind: str = "", engine: SearchEngine | None = None,
) -> Answer:  # fmt: skip
    """Entries in `language` that match the text and that `user` (None: nobody signed in) may see. Never raises."""
    asked = "".join(character if character.isprintable() else " " for character in text).strip()
    query = asked[:LONGEST_QUERY]
    is_shortened = len(asked) > LONGEST_QUERY
    if not query:
        return Answer(query=query, problem=Problem.EMPTY)
    ranked = list(dict.fromkeys(tokens(query)))[:MOST_TOKENS]
    if not ranked:
        return Answer(query=query, problem=Problem.NOTHING_TO_SEARCH, is_shortened=is_shortened)
    audiences = audiences_of(user)
    request = EngineQuery(
        ranked=ranked,
        required=required_tokens(query)[:MOST_TOKENS],
        language=language,
        audiences=audiences,
        kind=kind,
        limit=max(1, min(limit, DEEPEST)),
        offset=max(0, min(offset, DEEPEST)),
    )
    try:
        found = (engine or installed_engine()).search(request)
    except IndexNotBuilt:
        return Answer(query=query, problem=Problem.NOT_BUILT, is_shortened=is_shortened)
    return Answer(
        query=query,
        hits=_hits(found, audiences, [*request.required, *(token for token in ranked if not token.startswith("_"))]),
        count=found.count,
        kinds=_kinds(found),
        is_shortened=is_shortened,
        is_relaxed=found.is_relaxed,
    )


def _hits(found: EngineAnswer, audiences: frozenset[str], wanted: list[str]) -> list[Hit]:
    """The entries as the table has them now: the index may be seconds behind, rights may not."""
    # A single character of a longer run is no reason to mark it; words and lone characters are.
    marks = [token for token in wanted if token.startswith("_") or len(token) > 1] or wanted
    keys = [key for key, _ in found.hits]
    entries = {entry.key: entry for entry in SearchEntry.objects.filter(key__in=keys, audience__in=sorted(audiences))}
    return [
        Hit(
            key=key,
            kind=entry.kind,
            source_uuid=entry.source_uuid,
            title=entry.title,
            parent_title=entry.parent_title,
            url=entry.url,
            score=round(score, 4),
            title_segments=highlight(entry.title, marks),
            body_segments=excerpt(" ".join(entry.body.split()), marks),
        )
        for key, score in found.hits
        if (entry := entries.get(key)) is not None
    ]


def _kinds(found: EngineAnswer) -> list[KindCount]:
    known = {kind: place for place, kind in enumerate(KIND_ORDER)}
    ordered = sorted(found.kinds, key=lambda kind: (known.get(kind, len(known)), kind))
    return [KindCount(kind=kind, count=found.kinds[kind]) for kind in ordered]
