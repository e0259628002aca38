"""From the table of entries to what an engine keeps, and the engine of this installation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from search.analysis import token_text
from search.engines import IndexedEntry, SearchEngine
from search.engines.embedded import EmbeddedEngine
from search.intents import article_of
from search.kinds import NATIONAL
from search.models import SearchEntry
from search.names import heading_keys, initials_of, number_key, pinyin_of, place_of, title_keys
from search.weights import prior

ANY_LANGUAGE = "any"
POLICIES = frozenset({"policy", "clause"})
"""Kinds that are found in every language: law is not translated."""
PLACED = frozenset({"地方性法规", "地方政府规章"})
"""Levels of rules whose titles begin with the place that made them."""
LONGEST_TEXT = 200_000
"""Characters of an entry that are indexed."""
COLUMNS = (
    "key", "kind", "language", "audience", "title", "parent_title", "parent_key", "anchor", "path", "aliases", "number",
    "level", "region", "theme", "status", "dated", "body",
)  # fmt: skip


@lru_cache(maxsize=4)
def _embedded(folder: Path) -> SearchEngine:
    return EmbeddedEngine(folder)


@lru_cache(maxsize=4)
def _elastic(url: str) -> SearchEngine:
    # Here, because the client takes a third of a second to load and most installations have none.
    from search.engines.elastic import ElasticEngine

    return ElasticEngine(url)


def installed_engine(name: str | None = None) -> SearchEngine:
    """Return the engine of this installation, or the named one, opened once per process.
    Raises LookupError without SEARCH_URL."""
    url = settings.PATHS.search_url
    if name == "elasticsearch" and not url:
        raise LookupError("SEARCH_URL is not set")
    if name == "embedded" or not url:
        return _embedded(settings.PATHS.index)
    return _elastic(url)


def engine_entries(today: date) -> Iterator[IndexedEntry]:
    """Every entry of the table, for a rebuild."""
    rows = SearchEntry.objects.order_by("pk").values(*COLUMNS)
    return (_indexed(row, today) for row in rows.iterator(chunk_size=1000))


def entries_of(keys: Iterable[str], today: date) -> dict[str, IndexedEntry]:
    """Those of the entries that there are, by key."""
    rows = SearchEntry.objects.filter(key__in=list(keys)).values(*COLUMNS)
    return {row["key"]: _indexed(row, today) for row in rows}


def _indexed(row: dict[str, Any], today: date) -> IndexedEntry:
    kind, dated = row["kind"], row["dated"]
    is_clause = kind == "clause"
    names = () if is_clause else _names(row["title"], row["aliases"])
    readings = tuple(dict.fromkeys(pinyin_of(name) for name in names))
    number = number_key(row["number"])
    return IndexedEntry(
        key=row["key"],
        language=ANY_LANGUAGE if kind in POLICIES else row["language"],
        audience=row["audience"],
        tokens=token_text(_text(row)[:LONGEST_TEXT]),
        prior=prior(
            kind=kind,
            level=row["level"],
            status=row["status"],
            region=row["region"],
            dated=dated,
            own_province=settings.OWN_PROVINCE,
            today=today,
        ),
        facets={
            "kind": kind,
            "theme": row["theme"],
            "level": row["level"],
            "region": row["region"] or (NATIONAL if kind in POLICIES else ""),
            "year": str(dated.year) if dated else "",
            "status": row["status"],
        },
        names=names,
        pinyin=readings,
        initials=tuple(dict.fromkeys(initials_of(name) for name in names)),
        number=(number,) if number and not is_clause else (),
        parent_key=row["parent_key"],
        article=article_of(row["title"]) if is_clause else "",
        headings=heading_keys(row["path"]) if is_clause else (),
        place=place_of(row["title"]) if kind == "policy" and row["level"] in PLACED else "",
    )


def _names(title: str, aliases: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for name in (title, *aliases.splitlines()) for key in title_keys(name)))


def _text(row: dict[str, Any]) -> str:
    """Return what is counted: a clause with the law and the headings it stands under;
    of anything else the title threefold."""
    if row["kind"] == "clause":
        return "\n".join((row["parent_title"], row["path"], row["title"], row["body"]))
    title = row["title"]
    return "\n".join((title, title, title, row["aliases"], row["parent_title"], row["number"], row["body"]))
