"""What a raw table is like: types, uniqueness, dependencies, and which columns could point at a person."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from labs.datasets.deidentification import detectors
from labs.datasets.deidentification.builtin import to_date
from labs.datasets.deidentification.dirt import Note, notes_of, notes_of_column
from labs.datasets.deidentification.groups import determined, group_rows, tuple_keys
from labs.datasets.deidentification.headings import MOST_LOOKED_AT, kind_of
from labs.datasets.deidentification.hierarchies import Codes
from labs.datasets.deidentification.large import LargeTable, is_large, read_large
from labs.datasets.deidentification.messages import Refusal
from labs.datasets.deidentification.progress import Progress, silent
from labs.datasets.deidentification.reading import FORMULA, Table, read_table
from labs.datasets.deidentification.texts import is_running
from labs.datasets.deidentification.whole_tables import LOOKED_AT, kinds_together
from labs.datasets.deidentification.wrapped import unwrapped

NEAR_UNIQUE = 0.8
FEW_NUMBERS = 0.05
REPEATED_SHARE = 0.2
QUASI_SHARE = 0.5
MOST_DISTINCT_SCANNED = 200_000
MOST_DEPENDENCY_COLUMNS = 60
COMMONEST = 5
BINS = 12
DATES_TRIED = 500
FIRST = 1000
TELL_EVERY = 5000
FIXED = 0.99
MANY_ROWS, EVERY = 100_000, 8
READING = 0.25
"""How much of profiling a large file is reading it."""


def profile(table: Table | LargeTable, progress: Progress = silent) -> dict[str, Any]:
    """Return a description of every column, the dependencies between them and candidate quasi-identifiers."""
    columns: list[dict[str, Any]] = []
    notes = notes_of(table)
    samples: dict[str, list[str]] = {}
    for place, name in enumerate(table.names):

        def tell(share: float, before: int = place) -> None:
            progress("profile", 0.05 + 0.75 * (before + share) / len(table.names))

        described, found, samples[name] = _column(table, name, tell)
        columns.append(described)
        notes += found
    for name, kind in kinds_together(samples).items():
        column = next(column for column in columns if column["name"] == name)
        if not column["points_to"]:
            column |= {"points_to": kind, "suggested_role": "geo" if kind == "coordinates" else "direct"}
    candidates = [column["name"] for column in columns if column["suggested_role"] in ("quasi", "time", "geo")]
    dependencies = dependencies_of(table, columns, progress)
    progress("together", 0.95)
    return {
        "rows": table.height,
        "sha256": table.sha256,
        "columns": columns,
        "dependencies": dependencies,
        "candidates": candidates,
        "notes": [note.as_json() for note in notes],
        "candidates_together": _together(table, candidates) if candidates else None,
    }


def _column(
    table: Table | LargeTable, name: str, tell: Callable[[float], None]
) -> tuple[dict[str, Any], list[Note], list[str]]:
    """Describe one column; its values are held no longer than that, but for a few to be seen beside other columns'."""
    tell(0.0)
    values = table.column(name)
    labels, counts = counted(values)
    described = _describe(values, labels, counts, tell)
    if _is_compared(described):
        table.codes(name, labels)
    return described, notes_of_column(name, labels, counts), labels.head(LOOKED_AT).to_list()


def profile_file(
    path: Path, form: str | None = None, progress: Progress = silent, folder: Path | None = None
) -> dict[str, Any]:
    """Profile the table in a file; one that is too large to be held, by way of parts below `folder`. Raises Refusal."""
    if not is_large(path, form):
        progress("read", 0.05)
        return profile(read_table(path, form), progress)
    with tempfile.TemporaryDirectory(prefix="profile-", dir=folder) as parts:
        table = read_large(path, Path(parts), lambda stage, share: progress(stage, READING * share))
        return profile(table, lambda stage, share: progress(stage, READING + (1 - READING) * share))


def counted(values: pl.Series) -> tuple[pl.Series, Codes]:
    """Return the different values, sorted, and the rows that hold each."""
    found = values.alias("value").value_counts(name="rows").sort("value")
    return found["value"], found["rows"].to_numpy().astype(np.int64)


def _is_compared(column: dict[str, Any]) -> bool:
    """Return whether the column's values are needed beside those of others: not a million different words."""
    return not column["is_near_unique"] and column["distinct"] > 1


def _together(table: Table | LargeTable, candidates: list[str]) -> dict[str, Any]:
    keys = table.codes(candidates[0])
    space = int(keys.max()) + 1
    for name in candidates[1:]:
        codes = table.codes(name)
        keys, space = tuple_keys([keys, codes], [space, int(codes.max()) + 1])
    sizes = group_rows(keys, space)[1]
    uniques = int((sizes == 1).sum())
    return {"k": int(sizes.min()), "uniques": uniques, "uniqueness": uniques / table.height}


def _describe(column: pl.Series, labels: pl.Series, counts: Codes, tell: Callable[[float], None]) -> dict[str, Any]:
    rows = len(column)
    missing = int(counts[0]) if labels[0] == "" else 0
    filled = max(rows - missing, 1)
    singles = int((counts == 1).sum()) - (1 if missing == 1 else 0)
    distinct = len(labels) - (1 if labels[0] == "" else 0)
    kind = _type_of(labels)
    order = np.argsort(-counts, kind="stable")[:COMMONEST]
    described: dict[str, Any] = {
        "name": column.name,
        "type": kind,
        "distinct": distinct,
        "missing": missing,
        "unique_values": singles,
        "uniqueness": singles / filled,
        "is_near_unique": filled > 1 and distinct / filled >= NEAR_UNIQUE,
        "is_row_number": _is_row_number(column),
        "is_empty": distinct == 0,
        "identifiers": _identifiers(labels.head(MOST_DISTINCT_SCANNED).to_list(), tell),
        "points_to": kind_of(column.name, labels.head(MOST_LOOKED_AT).to_list()),
        "formula_cells": int(column.str.contains(FORMULA).sum()) if kind == "text" else 0,
        "commonest": [{"value": labels[int(index)], "rows": int(counts[index])} for index in order],
    }
    if kind in ("integer", "number"):
        numbers = column.cast(pl.Float64, strict=False).drop_nulls()
        described |= {"min": _finite(numbers.min()), "max": _finite(numbers.max()), "histogram": _histogram(numbers)}
    is_label = described["is_near_unique"] and not is_running(labels.head(MOST_LOOKED_AT).to_list())
    described["suggested_role"] = _role(described, rows, is_label=is_label)
    return described


def _finite(number: Any) -> float | None:
    """Return the number, or None for one that no JSON can hold (inf, nan)."""
    return float(number) if number is not None and np.isfinite(number) else None


def _histogram(numbers: pl.Series) -> dict[str, list[float]]:
    """Rows in up to `BINS` intervals of equal width, from the smallest value to the largest."""
    values = numbers.filter(numbers.is_finite()).to_numpy()
    if not len(values):
        return {"edges": [], "rows": []}
    smallest, largest = float(values.min()), float(values.max())
    # Beyond 2^53 neighboring numbers are one, and edges between them cannot be told apart.
    bins = min(BINS, max(len(np.unique(values)), 1))
    if not (np.diff(np.linspace(smallest, largest, bins + 1)) > 0).all() or not np.isfinite(largest - smallest):
        return {"edges": [float(f"{edge:.6g}") for edge in (smallest, largest)], "rows": [len(values)]}
    rows, edges = np.histogram(values, bins=bins)
    return {"edges": [float(f"{edge:.6g}") for edge in edges], "rows": rows.tolist()}


def _type_of(labels: pl.Series) -> str:
    values = labels.filter(labels != "")
    if not len(values):
        return "empty"
    if _all(values, lambda some: some.str.contains(r"^-?\d{1,18}$")):
        return "integer"
    if _all(values, lambda some: some.str.to_lowercase().is_in(["true", "false", "yes", "no", "是", "否"])):
        return "boolean"
    if _all(values, lambda some: some.cast(pl.Float64, strict=False).is_not_null()):
        return "number"
    if _are_dates(values.head(DATES_TRIED).to_list()):
        return "date"
    lengths = values.str.len_chars().mean()
    return "text" if isinstance(lengths, float) and lengths > 30 else "category"


def _all(values: pl.Series, holds: Callable[[pl.Series], pl.Series]) -> bool:
    """Return whether it holds for all values; most columns show that it does not in the first few."""
    return bool(holds(values.head(FIRST)).all()) and bool(holds(values).all())


def _are_dates(values: list[str]) -> bool:
    try:
        for value in values:
            to_date("", value)
    except Refusal:
        return False
    return True


def _identifiers(labels: list[str], tell: Callable[[float], None]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for place, label in enumerate(labels):
        if place and not place % TELL_EVERY:
            tell(place / len(labels))
        counts.update(found.kind for found in detectors.find(unwrapped(label)))
    return dict(sorted(counts.items()))


def _is_row_number(column: pl.Series) -> bool:
    if column.head(FIRST).cast(pl.Float64, strict=False).null_count():
        return False
    numbers = column.cast(pl.Float64, strict=False)
    if len(numbers) < 3 or numbers.null_count() or not numbers.is_finite().all():
        return False
    steps = np.diff(numbers.to_numpy())
    return bool((steps == 1).all())


def _role(column: dict[str, Any], rows: int, *, is_label: bool) -> str:
    name = column["name"].lower()
    identified = sum(column["identifiers"].values())
    if column["is_empty"]:
        return "plain"
    if column["points_to"] == "coordinates":
        return "geo"
    if column["points_to"]:
        return "time" if column["points_to"] == "birth_date" and column["type"] == "date" else "direct"
    if column["is_row_number"] or identified >= max(1, column["distinct"] // 2):
        return "text" if column["type"] == "text" and not is_label else "direct"
    if identified or column["type"] == "text":
        return "direct" if is_label else "text"
    if any(word in name for word in ("latitude", "longitude", "经度", "纬度")) or name in ("lat", "lon", "lng"):
        return "geo"
    if column["type"] == "date":
        return "time"
    if column["is_near_unique"]:
        return "plain" if column["type"] == "number" else "direct"
    share = FEW_NUMBERS if column["type"] == "number" else QUASI_SHARE
    return "quasi" if 1 < column["distinct"] <= max(share * rows, 2) else "plain"


def dependencies_of(
    table: Table | LargeTable, columns: list[dict[str, Any]], progress: Progress
) -> list[dict[str, Any]]:
    """Return pairs where one column's value fixes another's; only repeated values prove anything."""
    progress("dependencies", 0.8)
    known = [column for column in columns if _is_compared(column)][:MOST_DEPENDENCY_COLUMNS]
    sizes = {column["name"]: column["distinct"] + bool(column["missing"]) for column in known}
    out: list[dict[str, Any]] = []
    for place, left in enumerate(sizes):
        progress("dependencies", 0.8 + 0.15 * place / len(sizes))
        left_codes = table.codes(left)
        repeats = np.flatnonzero(np.bincount(left_codes)[left_codes] > 1)
        if len(repeats) < REPEATED_SHARE * table.height:
            continue
        left_codes = left_codes[repeats]
        for right, size in sizes.items():
            if left == right or size > sizes[left]:
                continue
            right_codes = table.codes(right)[repeats]
            share = fixed_share(left_codes, right_codes)
            base = float(np.bincount(right_codes).max()) / len(repeats)
            if share >= FIXED and share - base > 0.01:
                out.append({"from": left, "to": right, "share": share, "is_exact": share == 1.0})
    return out


def fixed_share(left: Codes, right: Codes) -> float:
    """Return the share of rows that have the commonest right value of their left value; 0 for some that is below FIXED.

    Rows that break a rule in a part of the table break it in the whole, so a part can show that there are too many.
    """
    if len(left) > MANY_ROWS:
        some = slice(None, None, EVERY)
        broken = (1 - determined(left[some], right[some])) * len(left[some])
        if broken > 1.001 * (1 - FIXED) * len(left):
            return 0.0
    return determined(left, right)
