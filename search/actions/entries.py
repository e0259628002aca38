"""Entries change with their source, in its transaction; each change leaves a row in the outbox."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone

from search.models import IndexChange, SearchEntry
from search.registry import Entry

Item = TypeVar("Item")

BATCH = 400
FIELDS = [field.name for field in fields(Entry)]
CHANGEABLE = [name for name in FIELDS if name != "key"]
LENGTHS = {"title": 300, "parent_title": 300, "path": 500, "issuer": 160, "number": 80}
"""Of columns that take what people write; the rest are codes."""


@transaction.atomic
def put_entries(entries: Iterable[Entry], *, at: datetime) -> int:
    """Make many entries findable in the caller's transaction; returns how many were new or changed.

    Memory stays that of one batch, however many come. Of two with one key in a batch the later counts.
    """
    changed = 0
    for batch in _batches(entries):
        rows = {values["key"]: values for values in map(_cleaned, batch)}
        present = {row["key"]: row for row in SearchEntry.objects.filter(key__in=rows).values(*FIELDS)}
        differing = [values for key, values in rows.items() if present.get(key) != values]
        SearchEntry.objects.bulk_create(
            [SearchEntry(**values, updated_at=at) for values in differing],
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=[*CHANGEABLE, "updated_at"],
        )
        _note([values["key"] for values in differing], at)
        changed += len(differing)
    return changed


@transaction.atomic
def drop_entry(*, key: str, at: datetime | None = None) -> None:
    """Make the entry unfindable, at once for readers: what they see is read from the table again."""
    drop_keys([key], at=at or timezone.now())


@transaction.atomic
def drop_entries(*, prefix: str, at: datetime | None = None) -> int:
    """Make every entry whose key begins with `prefix` unfindable; returns how many there were."""
    if not prefix:
        raise ValueError("an empty prefix would drop everything")
    keys = list(SearchEntry.objects.filter(key__startswith=prefix).values_list("key", flat=True))
    for part in _batches(keys):
        drop_keys(part, at=at or timezone.now())
    return len(keys)


def drop_keys(keys: list[str], *, at: datetime) -> None:
    """Make a few hundred entries unfindable, in the caller's transaction."""
    SearchEntry.objects.filter(key__in=keys).delete()
    _note(keys, at)


def _note(keys: list[str], at: datetime) -> None:
    IndexChange.objects.bulk_create([IndexChange(key=key, created_at=at) for key in keys], batch_size=BATCH)


def _cleaned(entry: Entry) -> dict[str, Any]:
    """Return the entry's values as the table can hold them: no NUL, no text beyond its column."""
    values = {name: getattr(entry, name) for name in FIELDS}
    for name, value in values.items():
        if isinstance(value, str) and "\x00" in value:
            values[name] = value.replace("\x00", "")
    for name, length in LENGTHS.items():
        values[name] = values[name][:length]
    return values


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    source = iter(items)
    while batch := list(islice(source, BATCH)):
        yield batch
