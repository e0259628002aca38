"""The index follows the table of entries by way of the outbox."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from search.actions.entries import drop_entry, put_entries
from search.engines import IndexBusy, SearchEngine
from search.indexing import engine_entries, index_entry
from search.models import IndexChange, SearchEntry
from search.registry import Entry, all_entries

BATCH = 500


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

    def noted() -> Iterator[Entry]:
        for entry in all_entries():
            found.add(entry.key)
            yield entry

    put_entries(noted(), at=at)
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
