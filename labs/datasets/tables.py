"""Reading the first rows of released tables."""

from __future__ import annotations

import csv
from pathlib import Path


def first_rows(path: Path, limit: int) -> list[list[str]]:
    """Return up to `limit` data rows of a CSV; nothing when the file is away."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file)
            next(rows, None)
            return [row for row, _ in zip(rows, range(limit), strict=False)]
    except OSError:
        return []
