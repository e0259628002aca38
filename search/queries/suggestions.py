"""Suggestions while the reader types."""

from __future__ import annotations

from typing import Any

from search import indexing
from search.analysis import tokens
from search.engines import EngineDown, IndexNotBuilt, SearchEngine
from search.leads import suggest
from search.models import SearchEntry
from search.queries.answers import Suggestion
from search.queries.searching import clean, scope_of
from search.queries.words import staff_words
from search.requests import SearchRequest


def suggestions(
    text: str, user: Any, language: str, limit: int = 8, *, engine: SearchEngine | None = None
) -> list[Suggestion]:
    """Titles that begin with, hold, or sound like what was typed, and that the reader may open. Never raises."""
    query, _ = clean(text)
    if not tokens(query):
        return []
    scope = scope_of(user, language, {})
    try:
        found = suggest(engine or indexing.installed_engine(), SearchRequest(query, scope, staff_words(), limit=limit))
    except (IndexNotBuilt, EngineDown):
        return []
    rows = SearchEntry.objects.filter(key__in=[hit.key for hit in found], audience__in=sorted(scope.audiences))
    entries = {entry.key: entry for entry in rows.only("key", "title", "kind", "url")}
    return [
        Suggestion(entry.title, entry.kind, entry.url) for hit in found if (entry := entries.get(hit.key)) is not None
    ]
