"""What a raw table is like: types, uniqueness, dependencies, and which columns could point at a person."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import polars as pl

from labs.datasets.deidentification import detectors
from labs.datasets.deidentification.builtin import to_date
from labs.datasets.deidentification.dirt import notes_of
from labs.datasets.deidentification.groups import determined
from labs.datasets.deidentification.headings import kind_of
from labs.datasets.deidentification.hierarchies import Codes
from labs.datasets.deidentification.messages import Refusal
from labs.datasets.deidentification.metrics import classes_of
from labs.datasets.deidentification.progress import Progress, silent
from labs.datasets.deidentification.reading import FORMULA, Encoded, Table, encode

NEAR_UNIQUE = 0.8
FEW_NUMBERS = 0.05
REPEATED_SHARE = 0.2
QUASI_SHARE = 0.5
MOST_DISTINCT_SCANNED = 200_000
MOST_DEPENDENCY_COLUMNS = 60
COMMONEST = 5
BINS = 12
DATES_TRIED = 500


def profile(table: Table, progress: Progress = silent) -> dict[str, Any]:
    """Return a description of every column, the dependencies between them and candidate quasi-identifiers."""
    frame = table.frame
    encoded: dict[str, Encoded] = {}
    columns = []
    for place, name in enumerate(frame.columns):
        progress("profile", 0.05 + 0.75 * place / frame.width)
        column = table.known.get(name) or encode(frame[name])
        columns.append(_describe(frame[name], *column))
        if not columns[-1]["is_near_unique"]:  # a million words of a column of numbers are not kept for nothing
            encoded[name] = table.known[name] = column
    progress("dependencies", 0.8)
    dependencies = _dependencies(frame.height, columns, encoded)
    candidates = [column["name"] for column in columns if column["suggested_role"] in ("quasi", "time", "geo")]
    progress("together", 0.95)
    together = classes_of(table, candidates) if candidates else None
    return {
        "rows": frame.height,
        "sha256": table.sha256,
        "columns": columns,
        "dependencies": dependencies,
        "candidates": candidates,
        "notes": notes_of(table),
        "candidates_together": None
        if together is None
        else {"k": together.k, "uniques": together.uniques, "uniqueness": together.uniques / frame.height},
    }


def _describe(column: pl.Series, codes: Codes, labels: list[str]) -> dict[str, Any]:
    rows = len(codes)
    counts = np.bincount(codes, minlength=len(labels))
    missing = int(counts[0]) if labels[0] == "" else 0
    filled = max(rows - missing, 1)
    singles = int((counts == 1).sum()) - (1 if missing == 1 else 0)
    distinct = len(labels) - (1 if labels[0] == "" else 0)
    kind = _type_of(column, labels)
    identifiers = _identifiers(labels)
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
        "identifiers": identifiers,
        "points_to": kind_of(column.name, labels),
        "formula_cells": int(column.str.contains(FORMULA).sum()) if kind == "text" else 0,
        "commonest": [{"value": labels[index], "rows": int(counts[index])} for index in order],
    }
    if kind in ("integer", "number"):
        numbers = column.cast(pl.Float64, strict=False).drop_nulls()
        described |= {"min": _finite(numbers.min()), "max": _finite(numbers.max()), "histogram": _histogram(numbers)}
    described["suggested_role"] = _role(described, rows)
    return described


def _finite(number: Any) -> float | None:
    """The number, or None for one that no JSON can hold (inf, nan)."""
    return float(number) if number is not None and np.isfinite(number) else None


def _histogram(numbers: pl.Series) -> dict[str, list[float]]:
    """Rows in up to `BINS` intervals of equal width, from the smallest value to the largest."""
    values = numbers.filter(numbers.is_finite()).to_numpy()
    if not len(values):
        return {"edges": [], "rows": []}
    smallest, largest = float(values.min()), float(values.max())
    # Beyond 2^53 neighbouring numbers are one, and edges between them cannot be told apart.
    bins = min(BINS, max(len(np.unique(values)), 1))
    if not (np.diff(np.linspace(smallest, largest, bins + 1)) > 0).all() or not np.isfinite(largest - smallest):
        return {"edges": [float(f"{edge:.6g}") for edge in (smallest, largest)], "rows": [len(values)]}
    rows, edges = np.histogram(values, bins=bins)
    return {"edges": [float(f"{edge:.6g}") for edge in edges], "rows": rows.tolist()}


def _type_of(column: pl.Series, labels: list[str]) -> str:
    values = pl.Series([label for label in labels if label], dtype=pl.String)
    if not len(values):
        return "empty"
    if values.str.contains(r"^-?\d{1,18}$").all():
        return "integer"
    if values.str.to_lowercase().is_in(["true", "false", "yes", "no", "是", "否"]).all():
        return "boolean"
    if values.cast(pl.Float64, strict=False).null_count() == 0:
        return "number"
    if _are_dates(values.head(DATES_TRIED).to_list()):
        return "date"
    lengths = values.str.len_chars().mean()
    return "text" if isinstance(lengths, float) and lengths > 30 else "category"


def _are_dates(values: list[str]) -> bool:
    try:
        for value in values:
            to_date("", value)
    except Refusal:
        return False
    return True


def _identifiers(labels: list[str]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for label in labels[:MOST_DISTINCT_SCANNED]:
        counts.update(found.kind for found in detectors.find(label))
    return dict(sorted(counts.items()))


def _is_row_number(column: pl.Series) -> bool:
    numbers = column.cast(pl.Float64, strict=False)
    if len(numbers) < 3 or numbers.null_count() or not numbers.is_finite().all():
        return False
    steps = np.diff(numbers.to_numpy())
    return bool((steps == 1).all())


def _role(column: dict[str, Any], rows: int) -> str:
    name = column["name"].lower()
    identified = sum(column["identifiers"].values())
    if column["is_empty"]:
        return "plain"
    if column["points_to"]:
        return "time" if column["points_to"] == "birth_date" and column["type"] == "date" else "direct"
    if column["is_row_number"] or identified >= max(1, column["distinct"] // 2):
        return "text" if column["type"] == "text" else "direct"
    if identified or column["type"] == "text":
        return "text"
    if any(word in name for word in ("latitude", "longitude", "经度", "纬度")) or name in ("lat", "lon", "lng"):
        return "geo"
    if column["type"] == "date":
        return "time"
    if column["is_near_unique"]:
        return "plain" if column["type"] == "number" else "direct"
    share = FEW_NUMBERS if column["type"] == "number" else QUASI_SHARE
    return "quasi" if 1 < column["distinct"] <= max(share * rows, 2) else "plain"


def _dependencies(
    rows: int, columns: list[dict[str, Any]], encoded: dict[str, tuple[Codes, list[str]]]
) -> list[dict[str, Any]]:
    """Return pairs where one column's value fixes another's; only repeated values prove anything."""
    names = [c["name"] for c in columns if c["distinct"] > 1 and not c["is_near_unique"]][:MOST_DEPENDENCY_COLUMNS]
    out: list[dict[str, Any]] = []
    for left in names:
        left_codes, left_labels = encoded[left]
        repeats = np.flatnonzero(np.bincount(left_codes)[left_codes] > 1)
        if len(repeats) < REPEATED_SHARE * rows:
            continue
        for right in names:
            right_codes, right_labels = encoded[right]
            if left == right or len(right_labels) > len(left_labels):
                continue
            share = determined(left_codes[repeats], right_codes[repeats])
            base = float(np.bincount(right_codes[repeats]).max()) / len(repeats)
            if share >= 0.99 and share - base > 0.01:
                out.append({"from": left, "to": right, "share": share, "is_exact": share == 1.0})
    return out
