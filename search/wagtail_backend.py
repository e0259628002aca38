"""Search of the editors' screens and choosers in Chinese: Wagtail's own database search, given our tokens on both sides.

Wagtail takes a run of Chinese characters for one word. Here every object is indexed by the same characters and pairs
as the portal's search, and every query becomes such tokens before Wagtail reads it, so that quotation marks and other
signs mean nothing either. Characters are not folded: Wagtail indexes an object when it is saved, so tokens must stay what
they were when the installation was new.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from django.db import connection, models
from django.utils.encoding import force_str
from modelsearch.backends.base import EmptySearchResults
from modelsearch.index import RelatedFields
from modelsearch.query import And, Boost, Fuzzy, Not, Or, Phrase, PlainText

from search.analysis import in_one_width, required_tokens, token_text, tokens


class _Segmented:
    """An object whose search fields give tokens instead of text."""

    def __init__(self, instance: models.Model) -> None:
        self._instance = instance

    def __getattr__(self, name: str) -> Any:
        return getattr(self._instance, name)

    def get_search_fields(self) -> list[Any]:
        """Return the object's fields, each giving tokens."""
        return [_segmented(field) for field in self._instance.get_search_fields()]  # type: ignore[attr-defined]


class _Backend:
    """Mixed into a database backend of Wagtail."""

    def _search(self, compiler: Any, query: Any, model_or_queryset: Any, **options: Any) -> Any:
        understood = _in_tokens(query)
        if understood is None:
            return EmptySearchResults()
        return super()._search(compiler, understood, model_or_queryset, **options)  # type: ignore[misc]


class _Index:
    """Mixed into an index of Wagtail."""

    def add_items(self, model: Any, items: Iterable[models.Model]) -> None:
        """Index the objects by their tokens."""
        super().add_items(model, [_Segmented(item) for item in items])  # type: ignore[misc]


def SearchBackend(parameters: dict[str, Any]) -> Any:  # noqa: N802  (Wagtail looks for this name)
    """Return the backend of the database in use."""
    if connection.vendor == "postgresql":
        from modelsearch.backends.database.postgres.postgres import PostgresIndex, PostgresSearchBackend

        return _made(PostgresSearchBackend, PostgresIndex)(parameters)
    from modelsearch.backends.database.sqlite.sqlite import SQLiteIndex, SQLiteSearchBackend

    return _made(SQLiteSearchBackend, SQLiteIndex)(parameters)


def _made(backend: type, index: type) -> type:
    own_index = type(f"Chinese{index.__name__}", (_Index, index), {})
    return type(f"Chinese{backend.__name__}", (_Backend, backend), {"index_class": own_index})


def _segmented(field: Any) -> Any:
    own = copy.copy(field)
    if isinstance(field, RelatedFields):
        own.fields = [_segmented(inner) for inner in field.fields]
        own.get_value = lambda holder: field.get_value(_held(holder))
    elif hasattr(field, "get_value"):
        own.get_value = lambda holder: token_text(_text(field.get_value(_held(holder))), in_one_width)
    return own


def _held(holder: Any) -> Any:
    return holder._instance if type(holder) is _Segmented else holder


def _text(value: Any) -> str:
    if isinstance(value, dict):
        value = list(value.values())
    return "\n".join(map(_text, value)) if isinstance(value, list) else force_str(value)


def _in_tokens(query: Any) -> Any:
    """Return the query in tokens; None where nothing in it can be searched for."""
    if isinstance(query, str):
        wanted = _wanted(query)
        return " ".join(wanted) or None
    if isinstance(query, (PlainText, Fuzzy)):
        wanted = _wanted(query.query_string)
        return PlainText(" ".join(wanted), operator=query.operator) if wanted else None
    if isinstance(query, Phrase):
        wanted = _wanted(query.query_string)
        return PlainText(" ".join(wanted), operator="and") if wanted else None
    if isinstance(query, (And, Or)):
        inner = [understood for part in query.subqueries if (understood := _in_tokens(part)) is not None]
        return type(query)(inner) if inner else None
    if isinstance(query, (Boost, Not)):
        within = _in_tokens(query.subquery)
        if within is None:
            return None
        return Not(within) if isinstance(query, Not) else Boost(within, query.boost)
    return query


def _wanted(text: str) -> list[str]:
    # A lone character, or a word of one, is searched as it stands.
    asked = text[:200]
    return list(dict.fromkeys(required_tokens(asked, in_one_width) or tokens(asked, in_one_width)))
