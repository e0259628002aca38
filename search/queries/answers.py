"""What a search gives back."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from search.analysis import Segment
from search.intents import Intent
from search.kinds import STATUS_LABELS, kind_label


class AnswerProblem(StrEnum):
    """Why there is no answer."""

    NONE = ""
    EMPTY = "empty"
    NOTHING_TO_SEARCH = "nothing_to_search"
    NOT_BUILT = "not_built"
    ENGINE_DOWN = "engine_down"
    TOO_DEEP = "too_deep"


@dataclass(frozen=True)
class Hit:
    """One entry that was found."""

    key: str
    kind: str
    source_uuid: uuid.UUID
    source_id: str
    title: str
    parent_title: str
    parent_key: str
    anchor: str
    path: str
    level: str
    status: str
    dated: date | None
    url: str
    score: float
    title_segments: list[Segment]
    body_segments: list[Segment]
    replaced_by: tuple[str, str] | None = None
    """Title and address of what holds instead of a repealed one."""

    @property
    def kind_label(self) -> str:
        """The kind as people call it."""
        return kind_label(self.kind)

    @property
    def status_label(self) -> str:
        """Whether it is in force, as people call it; "" where that means nothing."""
        return str(STATUS_LABELS.get(self.status, ""))

    @property
    def is_in_force(self) -> bool:
        """Whether nothing need be said about its state."""
        return self.status in {"", "in_force"}

    @property
    def outside_id(self) -> str:
        """The importer's id where there is one, else the uuid."""
        return self.source_id or str(self.source_uuid)


@dataclass(frozen=True)
class Group:
    """Hits that belong together: clauses under their policy, lessons under their course. `head` is the parent itself."""

    key: str
    title: str
    url: str
    head: Hit | None
    members: list[Hit]

    @property
    def is_single(self) -> bool:
        """Whether this is one hit that belongs to nothing."""
        return self.head is not None and not self.members


@dataclass(frozen=True)
class FacetValue:
    """How many entries have one value of a facet."""

    value: str
    label: str
    count: int
    is_chosen: bool = False

    @property
    def kind(self) -> str:
        """The value, where the facet is the kind."""
        return self.value


@dataclass(frozen=True)
class Suggestion:
    """Something that begins as the reader types."""

    title: str
    kind: str
    url: str

    @property
    def kind_label(self) -> str:
        """The kind as people call it."""
        return kind_label(self.kind)


@dataclass(frozen=True)
class Answer:
    """What a search found."""

    query: str
    problem: AnswerProblem = AnswerProblem.NONE
    intent: Intent | None = None
    hits: list[Hit] = field(default_factory=list)
    count: int = 0
    facets: dict[str, list[FacetValue]] = field(default_factory=dict)
    is_shortened: bool = False
    is_relaxed: bool = False
    did_you_mean: str = ""
    choices: list[Suggestion] = field(default_factory=list)
    """Laws that may be meant, where there are several."""

    @property
    def kinds(self) -> list[FacetValue]:
        """How many entries of each kind match, whatever kind was chosen."""
        return self.facets.get("kind", [])

    @property
    def total(self) -> int:
        """Matches of every kind."""
        return sum(kind.count for kind in self.kinds)

    @property
    def groups(self) -> list[Group]:
        """The hits of this page with those of one parent together, in the order of their best."""
        return grouped(self.hits)

    @property
    def is_not_built(self) -> bool:
        """Whether the index is still being prepared."""
        return self.problem == AnswerProblem.NOT_BUILT

    @property
    def is_engine_down(self) -> bool:
        """Whether the search engine does not answer."""
        return self.problem == AnswerProblem.ENGINE_DOWN

    @property
    def is_too_deep(self) -> bool:
        """Whether more was asked for than can be paged through."""
        return self.problem == AnswerProblem.TOO_DEEP

    @property
    def is_unsearchable(self) -> bool:
        """Whether the query holds neither letters nor digits."""
        return self.problem == AnswerProblem.NOTHING_TO_SEARCH

    @property
    def is_empty_query(self) -> bool:
        """Whether nothing was asked."""
        return self.problem == AnswerProblem.EMPTY


def grouped(hits: Iterable[Hit]) -> list[Group]:
    """Hits under their parents; a hit without one, or whose parent's page is itself, heads its own group."""
    heads: dict[str, Hit] = {}
    members: dict[str, list[Hit]] = {}
    for hit in hits:
        own = members.setdefault(hit.parent_key or hit.key, [])
        if hit.parent_key:
            own.append(hit)
        else:
            heads[hit.key] = hit
    return [_group(key, heads.get(key), held) for key, held in members.items()]


def _group(key: str, head: Hit | None, members: list[Hit]) -> Group:
    if head is not None:
        return Group(key, head.title, head.url, head, members)
    first = members[0]
    return Group(key, first.parent_title, first.url.partition("#")[0].partition("?")[0], None, members)
