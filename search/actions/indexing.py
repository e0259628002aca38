"""The index follows the table of entries by way of the outbox."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import TypeVar

from django.db import transaction
from django.utils import timezone

from search.actions.entries import drop_keys, put_entries
from search.engines import EngineDown, IndexBroken, IndexBuild, IndexBusy, IndexNotBuilt, SearchEngine
from search.indexing import engine_entries, entries_of
from search.locks import Lock, held, is_held
from search.models import IndexChange, SearchEntry
from search.registry import all_entries

log = logging.getLogger(__name__)

BATCH = 2000
PATIENCE = 60.0
"""Seconds for which a finished rebuild waits for the indexer, which writes a moment at a time."""

Item = TypeVar("Item")


def index_changes(engine: SearchEngine) -> int:
    """Bring the index up to date with the outbox and return how many changes it took.

    Killed anywhere, or left without an engine, it does the same again: a change is deleted only after the index has it.
    An index that cannot be read or written any more is built anew from the table of entries.
    """
    try:
        return _follow(engine)
    except IndexBusy:
        return 0
    except EngineDown as error:
        log.warning("search engine: %s", error)
        return 0


def _follow(engine: SearchEngine) -> int:
    if not engine.is_built():
        rebuild_index(engine)
    if not IndexChange.objects.exists():
        return 0
    try:
        with held(Lock.WRITE):
            return _take_changes(engine)
    except (IndexBroken, IndexNotBuilt) as error:
        log.error("the search index is broken and built anew: %s", error)  # noqa: TRY400  # no traceback
        return rebuild_index(engine)


def _take_changes(engine: SearchEngine) -> int:
    changes = list(IndexChange.objects.filter(is_applied=False).order_by("pk").values_list("pk", "key")[:BATCH])
    if changes:
        _apply(engine, {key for _, key in changes})
    # Asked after the changes were read: a rebuild that begins later reads them in the table itself.
    if is_held(Lock.REBUILD):
        IndexChange.objects.filter(pk__in=[pk for pk, _ in changes]).update(is_applied=True)
    else:
        IndexChange.objects.filter(pk__in=[pk for pk, _ in changes]).delete()
        IndexChange.objects.filter(is_applied=True).delete()
    return len(changes)


def rebuild_index(engine: SearchEngine) -> int:
    """Build the whole index anew beside the old one, which serves on, and replace it at one blow.

    Returns how many entries it has. Raises IndexBusy and EngineDown.
    """
    with held(Lock.REBUILD), engine.building() as build:
        # What these changed is in the table that is read next. Written twice, an entry would count twice in the scores
        # of an engine that keeps deleted copies for a while.
        known = set(IndexChange.objects.values_list("pk", flat=True))
        count = build.add(engine_entries(timezone.localdate()))
        with held(Lock.WRITE, PATIENCE):
            # By their own ids: one with a smaller id may still be committed by a slower transaction.
            changes = list(IndexChange.objects.order_by("pk").values_list("pk", "key"))
            for part in _parts(changes):
                _apply(build, {key for pk, key in part if pk not in known})
            build.publish()
            for part in _parts(changes):
                IndexChange.objects.filter(pk__in=[pk for pk, _ in part]).delete()
    return count


def refresh_entries(*, at: datetime) -> int:
    """Make the table of entries what the registered sources say it is; returns how many entries there are.

    In many short transactions: the site goes on writing meanwhile.
    """
    found: set[str] = set()
    for part in _parts(all_entries()):
        put_entries(part, at=at)
        found.update(entry.key for entry in part)
    gone = [key for key in SearchEntry.objects.order_by("pk").values_list("key", flat=True) if key not in found]
    for keys in _parts(gone):
        with transaction.atomic():
            drop_keys(keys, at=at)
    return len(found)


def _apply(index: SearchEngine | IndexBuild, keys: set[str]) -> None:
    if not keys:
        return
    present = entries_of(keys, timezone.localdate())
    index.apply(present.values(), sorted(keys - present.keys()))


def _parts(items: Iterable[Item]) -> Iterator[list[Item]]:
    source = iter(items)
    while part := list(islice(source, BATCH)):
        yield part
