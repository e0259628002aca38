"""Writes of the search: entries change with their source, the index follows from the outbox."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from search.engines import IndexBusy, SearchEngine
from search.indexing import engine_entries, index_entry
from search.models import IndexChange, SearchEntry
from search.registry import PUBLIC, all_entries

BATCH = 500


@transaction.atomic
def put_entry(  # noqa: PLR0913  (the fields of an entry, named by the caller)
    *,
    key: str,
    kind: str,
    source_uuid: uuid.UUID,
    language: str,
    title: str,
    body: str,
    url: str,
    audience: str = PUBLIC,
    parent_title: str = "",
    at: datetime,
) -> SearchEntry:
    """This will make the entry findable, or change it, in the caller's transaction; the index has it within seconds."""
    entry, _ = SearchEntry.objects.update_or_create(
        key=key,
        defaults={
            "kind": kind,
            "source_uuid": source_uuid,
            "language": language,
            "title": title.replace("\x00", "")[:300],
            "body": body.replace("\x00", ""),
            "url": url,
            "audience": audience,
            "parent_title": parent_title.replace("\x00", "")[:300],
            "updated_at": at,
        },
    )
    IndexChange.objects.create(key=key, created_at=at)
    return entry


@transaction.atomic
def drop_entry(*, key: str, at: datetime | None = None) -> None:
    """This will make the entry unfindable, at once for readers: what they see is read from the table again."""
    SearchEntry.objects.filter(key=key).delete()
    IndexChange.objects.create(key=key, created_at=at or timezone.now())


def index_changes(engine: SearchEngine) -> int:
    """This will bring the index up to date with the outbox and return how many changes it took.

    Killed half-way it does the same again: a change is deleted only after the index has it.
    """
    changes = list(IndexChange.objects.order_by("pk").values_list("pk", "key")[:BATCH])
    if not changes and engine.is_built():
        return 0
    try:
        with engine.writing():
            if not engine.is_built():
                engine.rebuild(engine_entries())
            keys = {key for _, key in changes}
            present = {entry.key: index_entry(entry) for entry in SearchEntry.objects.filter(key__in=keys)}
            if changes:
                engine.apply(present.values(), keys - present.keys())
    except IndexBusy:
        return 0
    IndexChange.objects.filter(pk__in=[pk for pk, _ in changes]).delete()
    return len(changes)


@transaction.atomic
def refresh_entries(*, at: datetime) -> int:
    """This will make the table of entries what the registered sources say it is; returns how many entries there are."""
    found: set[str] = set()
    for entry in all_entries():
        found.add(entry.key)
        put_entry(**vars(entry), at=at)
    for key in SearchEntry.objects.order_by("pk").values_list("key", flat=True):
        if key not in found:
            drop_entry(key=key, at=at)
    return len(found)


def rebuild_index(engine: SearchEngine) -> int:
    """This will build the whole index anew from the table and replace the old one. Raises IndexBusy."""
    with engine.writing():
        # By their own ids: one with a smaller id may still be committed by a slower transaction.
        seen = list(IndexChange.objects.values_list("pk", flat=True))
        count = engine.rebuild(engine_entries())
        for start in range(0, len(seen), BATCH):
            IndexChange.objects.filter(pk__in=seen[start : start + BATCH]).delete()
    return count
