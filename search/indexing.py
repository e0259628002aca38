"""From the table of entries to what an engine keeps, and the engine of this installation."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from search.analysis import tokens
from search.engines import IndexedEntry, SearchEngine
from search.engines.embedded import EmbeddedEngine
from search.models import SearchEntry


@lru_cache(maxsize=4)
def _embedded(folder: Path) -> EmbeddedEngine:
    return EmbeddedEngine(folder)


def installed_engine() -> SearchEngine:
    """The engine of this installation, opened once per process."""
    return _embedded(settings.PATHS.index)


def index_entry(entry: SearchEntry) -> IndexedEntry:
    """The entry with its text turned into tokens; the title of what it belongs to counts as text."""
    return IndexedEntry(
        key=entry.key,
        kind=entry.kind,
        language=entry.language,
        audience=entry.audience,
        title_tokens=tokens(entry.title),
        body_tokens=tokens(f"{entry.parent_title}\n{entry.body}"),
    )


def engine_entries() -> Iterator[IndexedEntry]:
    """Every entry of the table, for a rebuild."""
    for entry in SearchEntry.objects.order_by("pk").iterator(chunk_size=500):
        yield index_entry(entry)
