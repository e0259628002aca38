"""From what a person typed to entries that this person may see."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import TextField
from django.db.models.functions import Substr

from search import indexing
from search.analysis import as_written, excerpt, highlight, tokens
from search.engines import FACETS, EngineDown, IndexNotBuilt, Scope, SearchEngine
from search.kinds import facet_label, facet_order
from search.leads import Meant
from search.models import SearchEntry
from search.queries.answers import Answer, AnswerProblem, FacetValue, Hit, Suggestion
from search.queries.replacing import with_replacements
from search.queries.words import staff_words
from search.registry import audiences_of
from search.requests import SearchRequest
from search.retrieval import Retrieved, retrieve

LONGEST_QUERY = 100
"""Characters of a query that are used; nobody types more on purpose."""
DEEPEST = 1000
"""Hits that can be paged through; whoever needs more asks a narrower question."""
LONGEST_BODY = 20_000
"""Characters of an entry in which its excerpt is looked for."""
HIDDEN = {"status": frozenset({"repealed"})}
"""What is not shown unless the reader chooses it."""


def search(
    text: str,
    user: Any,
    language: str,
    limit: int = 20,
    offset: int = 0,
    *,
    chosen: Mapping[str, Collection[str]] | None = None,
    facets: tuple[str, ...] = FACETS,
    engine: SearchEngine | None = None,
) -> Answer:
    """Entries in `language` that match the text and that `user` (None: nobody signed in) may see. Never raises.

    `chosen` narrows by facets, several values of one being alternatives; each facet is counted without its own choice.
    """
    query, is_shortened = clean(text)
    if not query:
        return Answer(query=query, problem=AnswerProblem.EMPTY)
    if not tokens(query):
        return Answer(query=query, problem=AnswerProblem.NOTHING_TO_SEARCH, is_shortened=is_shortened)
    if not 0 <= offset < DEEPEST:
        return Answer(query=query, problem=AnswerProblem.TOO_DEEP, is_shortened=is_shortened)
    scope = scope_of(user, language, chosen or {})
    request = SearchRequest(query, scope, staff_words(), facets, max(1, min(limit, DEEPEST - offset)), offset)
    try:
        found = retrieve(engine or indexing.installed_engine(), request)
    except IndexNotBuilt:
        return Answer(query=query, problem=AnswerProblem.NOT_BUILT, is_shortened=is_shortened)
    except EngineDown:
        return Answer(query=query, problem=AnswerProblem.ENGINE_DOWN, is_shortened=is_shortened)
    return Answer(
        query=query,
        intent=found.intent,
        hits=with_replacements(_hits(found, scope.audiences)),
        count=found.count,
        facets={facet: _values(facet, found.facets.get(facet, {}), scope, language) for facet in facets},
        is_shortened=is_shortened,
        is_relaxed=found.is_relaxed,
        did_you_mean=_written(found.meant),
        choices=_choices(found.choices, scope.audiences),
    )


def clean(text: str) -> tuple[str, bool]:
    """Return the query without control characters, not longer than anybody types, and whether it was cut."""
    asked = "".join(character if character.isprintable() else " " for character in text[: LONGEST_QUERY * 20]).strip()
    return asked[:LONGEST_QUERY].strip(), len(asked) > LONGEST_QUERY


def scope_of(user: Any, language: str, chosen: Mapping[str, Collection[str]]) -> Scope:
    """Return what this reader may find, narrowed to what the reader chose."""
    picked = {facet: frozenset(chosen[facet]) for facet in FACETS if chosen.get(facet)}
    hidden = {facet: values for facet, values in HIDDEN.items() if facet not in picked}
    return Scope(audiences_of(user), frozenset({language, indexing.ANY_LANGUAGE}), picked, hidden)


def _hits(found: Retrieved, audiences: Iterable[str]) -> list[Hit]:
    """Return the entries as the table has them now: the index may be seconds behind, rights may not."""
    rows = SearchEntry.objects.filter(key__in=[key for key, _ in found.hits], audience__in=sorted(audiences))
    rows = rows.defer("body").annotate(beginning=Substr("body", 1, LONGEST_BODY, output_field=TextField()))
    entries = {entry.key: entry for entry in rows}
    return [_hit(entries[key], score, found) for key, score in found.hits if key in entries]


def _written(meant: Meant) -> str:
    """Return what was meant as the title writes it, which may have folded characters."""
    if not meant.text:
        return ""
    title = SearchEntry.objects.filter(key=meant.key).values_list("title", flat=True).first()
    return as_written(meant.text, title or "")


def _choices(keys: tuple[str, ...], audiences: Iterable[str]) -> list[Suggestion]:
    if not keys:
        return []
    rows = SearchEntry.objects.filter(key__in=keys, audience__in=sorted(audiences)).only("key", "title", "kind", "url")
    entries = {entry.key: entry for entry in rows}
    return [Suggestion(entry.title, entry.kind, entry.url) for key in keys if (entry := entries.get(key)) is not None]


def _hit(entry: Any, score: float, found: Retrieved) -> Hit:
    return Hit(
        key=entry.key,
        kind=entry.kind,
        source_uuid=entry.source_uuid,
        source_id=entry.source_id,
        title=entry.title,
        parent_title=entry.parent_title,
        parent_key=entry.parent_key,
        anchor=entry.anchor,
        path=entry.path,
        level=entry.level,
        status=entry.status,
        dated=entry.dated,
        url=entry.url,
        score=round(score, 4),
        title_segments=highlight(entry.title, found.marks),
        body_segments=excerpt(" ".join(entry.beginning.split()), found.marks),
    )


def _values(facet: str, counts: Mapping[str, int], scope: Scope, language: str) -> list[FacetValue]:
    picked = scope.chosen.get(facet, frozenset())
    # What was chosen stays on show when nothing has it any more: how else could it be unchosen?
    every = {**dict.fromkeys(picked, 0), **counts}
    return [
        FacetValue(value, facet_label(facet, value, language), every[value], value in picked)
        for value in facet_order(facet, every)
    ]
