"""Reading released tables: counts and the first rows."""

from __future__ import annotations

import csv
import io
from pathlib import Path


class WrongTable(ValueError):
    """The table is not what its description says."""


def count_rows(content: bytes, columns: list[str]) -> int:
    """Return the number of data rows of a CSV. Raises WrongTable when its columns are others than those expected."""
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    head = next(rows, [])
    if head != columns:
        raise WrongTable(f"{head} ≠ {columns}")
    return sum(1 for row in rows if row)


def first_rows(path: Path, limit: int) -> list[list[str]]:
    """Return up to `limit` data rows of a CSV; nothing when the file is away."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file)
            next(rows, None)
            return [row for row, _ in zip(rows, range(limit), strict=False)]
    except OSError:
        return []
