"""The snapshot of an award: every printed fact, as it was when the award was made, and its digest.

Pure values: what is printed and verified years later comes from here, never from a live page or row.
"""

from __future__ import annotations

import calendar
import hashlib
import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

VERSION = 1


def canonical(value: Mapping[str, Any]) -> bytes:
    """Return the one byte form of a snapshot: keys sorted, no blanks, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest(value: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical form."""
    return hashlib.sha256(canonical(value)).hexdigest()


def last_valid_day(first: date, months: int | None) -> date | None:
    """Last day of a validity that begins on `first`: the eve of the same day, `months` later; None: never ends."""
    if months is None:
        return None
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    day = min(first.day, calendar.monthrange(year, month + 1)[1])
    end = date(year, month + 1, day)
    # 31 January plus one month ends with the last day of February itself.
    return end if day < first.day else end - timedelta(days=1)
