"""What holds instead of a repealed entry, beside it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import replace

from search.models import SearchEntry
from search.queries.answers import Hit
from search.registry import replacements_of

REPEALED = "repealed"


def with_replacements(hits: list[Hit]) -> list[Hit]:
    """Return the hits, each repealed one with what replaced it; a clause with what replaced its law."""
    parents = [hit.parent_key for hit in hits if hit.status == REPEALED and hit.parent_key]
    laws = {}
    if parents:
        rows = SearchEntry.objects.filter(key__in=parents).values_list("key", "kind", "source_uuid")
        laws = {key: (kind, source) for key, kind, source in rows}
    named = {hit.key: _source(hit, laws) for hit in hits if hit.status == REPEALED}
    by_kind: dict[str, list[uuid.UUID]] = defaultdict(list)
    for kind, source in named.values():
        by_kind[kind].append(source)
    replaced = {kind: replacements_of(kind, sources) for kind, sources in by_kind.items()}
    return [
        replace(hit, replaced_by=replaced[named[hit.key][0]].get(named[hit.key][1])) if hit.key in named else hit
        for hit in hits
    ]


def _source(hit: Hit, laws: dict[str, tuple[str, uuid.UUID]]) -> tuple[str, uuid.UUID]:
    return laws.get(hit.parent_key, (hit.kind, hit.source_uuid))
