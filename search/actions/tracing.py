"""Traces of searches: what was asked and which hit was opened, without anybody's name."""

from __future__ import annotations

import re
from datetime import date

from django.db import transaction

from search.analysis import normalize
from search.models import SearchEntry, SearchTrace

MOST_PER_DAY = 20_000
"""Traces kept of one day: a machine that asks without end fills no disk."""
LONG_NUMBER = re.compile(r"\d{6,}")
LETTER_BOX = re.compile(r"\S+@\S+")


@transaction.atomic
def record_trace(
    *, query: str, language: str, intent: str, count: int, on: date, clicked_key: str = "", clicked_rank: int = 0
) -> bool:
    """Keep a search and the hit opened from it (none: key "" ); whether it was kept."""
    asked = LETTER_BOX.sub("@", LONG_NUMBER.sub("#", normalize(query)))[:100]
    if not asked or SearchTrace.objects.filter(searched_date=on).count() >= MOST_PER_DAY:
        return False
    is_known = bool(clicked_key) and clicked_rank > 0 and SearchEntry.objects.filter(key=clicked_key).exists()
    SearchTrace.objects.create(
        query=asked,
        language=language[:10],
        intent=intent[:20],
        count=max(0, count),
        clicked_key=clicked_key if is_known else "",
        clicked_rank=clicked_rank if is_known else None,
        searched_date=on,
    )
    return True
