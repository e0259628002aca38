"""Writes of saved searches, and the weekly look for what is new."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from search.models import SavedSearch
from search.narrowing import address_of
from search.queries import AnswerProblem, access_saved_searches_for, search
from search.signals import saved_search_found

MOST_SAVED = 50
"""Searches that one reader may keep."""
WATCHED_HITS = 50
"""First hits among which new ones are looked for."""


class TooManySaved(ValueError):
    """The reader keeps as many searches as anybody may."""


@transaction.atomic
def save_search(
    *, query: str, chosen: Mapping[str, Collection[str]], language: str, by: Any, at: datetime
) -> SavedSearch:
    """Keep the search for its reader; kept twice it is one. Raises TooManySaved."""
    address = hashlib.sha256(f"{language}?{address_of(query, chosen)}".encode()).hexdigest()
    kept = access_saved_searches_for(by)
    if found := kept.filter(address=address).first():
        return found
    if kept.count() >= MOST_SAVED:
        raise TooManySaved
    saved = SavedSearch(
        user=by,
        query=query,
        chosen={facet: list(values) for facet, values in chosen.items()},
        language=language,
        address=address,
        created_at=at,
        checked_at=at,
    )
    saved.known_keys = _keys(saved) or []
    saved.save()
    return saved


@transaction.atomic
def forget_search(*, saved_uuid: uuid.UUID, by: Any) -> bool:
    """Forget a search of the reader; whether there was one."""
    return bool(access_saved_searches_for(by).filter(uuid=saved_uuid).delete()[0])


@transaction.atomic
def set_digest(*, saved_uuid: uuid.UUID, has_digest: bool, by: Any) -> bool:
    """Have the reader hear of new hits, or not; whether there is such a search of the reader."""
    return bool(access_saved_searches_for(by).filter(uuid=saved_uuid).update(has_digest=has_digest))


def look_for_news(*, at: datetime) -> int:
    """Tell the readers of new hits of their searches, each in a transaction; returns how many were told.

    A search that cannot be asked now (engine down) is asked next week, with nothing forgotten.
    """
    told = 0
    due = SavedSearch.objects.filter(has_digest=True, user__is_active=True).select_related("user")
    # One after the other: while a question is open, SQLite refuses writes of who asked it once somebody else has written.
    for pk in list(due.order_by("pk").values_list("pk", flat=True)):
        saved = due.filter(pk=pk).first()
        if saved is None:
            continue
        keys = _keys(saved)
        if keys is None:
            continue
        new = [key for key in keys if key not in set(saved.known_keys)]
        with transaction.atomic():
            SavedSearch.objects.filter(pk=saved.pk).update(known_keys=keys, checked_at=at)
            if new:
                saved_search_found.send(SavedSearch, saved=saved, count=len(new), at=at)
                told += 1
    return told


def _keys(saved: SavedSearch) -> list[str] | None:
    answer = search(saved.query, saved.user, saved.language, WATCHED_HITS, chosen=saved.chosen, facets=())
    return [hit.key for hit in answer.hits] if answer.problem in (AnswerProblem.NONE, AnswerProblem.EMPTY) else None
