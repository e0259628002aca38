"""How alike a synthetic twin is to its release, and how near its rows come to released rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from labs.datasets.deidentification.groups import tuple_keys
from labs.datasets.deidentification.hierarchies import Codes, Weights
from labs.datasets.deidentification.progress import Progress
from labs.datasets.deidentification.reading import Table
from labs.datasets.deidentification.twin_columns import Column, learn_column

ROWS_COMPARED = 1000
ROWS_AGAINST = 40_000
MOST_PAIRS = 200
SLICE = 200
Draw = np.random.Generator


def scores(real: Table, fake: Table, columns: Sequence[Column], draw: Draw, progress: Progress) -> dict[str, Any]:
    """Return utility (1: alike) and disclosure (distance to the closest released record, beside the release's own)."""
    linked = [column for column in columns if column.kind in ("category", "number", "date")]
    pairs = [_paired(real, fake, column) for column in linked]
    single = [1 - _gap(a, b, size) for a, b, size in pairs]
    double: list[float] = []
    for left in range(len(pairs)):
        for right in range(left + 1, len(pairs)):
            if len(double) < MOST_PAIRS:
                double.append(1 - _pair_gap(pairs[left], pairs[right]))
    progress("score", 0.8)
    return {
        "utility": {
            "columns": _mean(single),
            "pairs": _mean(double),
            "score": _mean([_mean(single) or 0.0, _mean(double) or 0.0]) if double else _mean(single),
            "by_column": {column.name: round(value, 4) for column, value in zip(linked, single, strict=True)},
        },
        "disclosure": _disclosure(real, fake, linked, draw),
    }


def _mean(values: Sequence[float]) -> float | None:
    return round(float(np.mean(values)), 4) if values else None


def _paired(real: Table, fake: Table, column: Column) -> tuple[Codes, Codes, int]:
    """Bins of both tables, learned on both together so that they mean the same."""
    labels = sorted({*real.encoded(column.name)[1], *fake.encoded(column.name)[1]})
    place = {label: index for index, label in enumerate(labels)}
    parts = []
    for table in (real, fake):
        codes, own = table.encoded(column.name)
        parts.append(np.array([place[label] for label in own], np.int64)[codes])
    both = learn_column(column.name, np.concatenate(parts), labels, least=1)
    return both.bins[: len(parts[0])], both.bins[len(parts[0]) :], both.size


def _gap(real: Codes, fake: Codes, size: int) -> float:
    """Half the L1 distance of two distributions."""
    shares = [np.bincount(bins, minlength=size) / len(bins) for bins in (real, fake)]
    return 0.5 * float(np.abs(shares[0] - shares[1]).sum())


def _pair_gap(left: tuple[Codes, Codes, int], right: tuple[Codes, Codes, int]) -> float:
    sizes = (left[2], right[2])
    real, space = tuple_keys([left[0], right[0]], sizes)
    fake, _ = tuple_keys([left[1], right[1]], sizes)
    return _gap(real, fake, space)


def _disclosure(real: Table, fake: Table, columns: Sequence[Column], draw: Draw) -> dict[str, Any]:
    """Gower distance of twin rows to the closest released row, and of released rows to the closest other one."""
    if not columns:
        return {}
    names = [column.name for column in columns]
    a, b, weights = _coordinates(real, fake, columns)
    against = np.sort(draw.permutation(len(a))[:ROWS_AGAINST])
    twins = np.sort(draw.permutation(len(b))[:ROWS_COMPARED])
    own = against[np.sort(draw.permutation(len(against))[:ROWS_COMPARED])]
    near = _closest(b[twins], a[against], weights, None)
    base = _closest(a[own], a[against], weights, np.searchsorted(against, own))
    keys = real.frame.select(names).hash_rows(seed=1)
    counts = keys.value_counts()
    alone = set(counts.filter(counts["count"] == 1)[counts.columns[0]].to_list())
    every = set(keys.to_list())
    invented = fake.frame.select(names).hash_rows(seed=1).to_list()
    return {
        "distance_median": round(float(np.median(near)), 4),
        "distance_5_percent": round(float(np.quantile(near, 0.05)), 4),
        "release_distance_median": round(float(np.median(base)), 4),
        "release_distance_5_percent": round(float(np.quantile(base, 0.05)), 4),
        "equal_rows": round(sum(key in every for key in invented) / len(invented), 4),
        "equal_to_unique_rows": round(sum(key in alone for key in invented) / len(invented), 4),
        "rows_compared": len(twins),
        "rows_against": len(against),
    }


def _coordinates(real: Table, fake: Table, columns: Sequence[Column]) -> tuple[Weights, Weights, Weights]:
    """Numbers and dates as bins scaled to 0…1, categories as codes with weight −1 (equal or not)."""
    left, right, weights = [], [], []
    for column in columns:
        if column.kind == "category":
            labels = sorted({*real.encoded(column.name)[1], *fake.encoded(column.name)[1]})
            place = {label: float(index) for index, label in enumerate(labels)}
            weights.append(-1.0)
            scaled = [
                np.array([place[x] for x in t.encoded(column.name)[1]])[t.encoded(column.name)[0]] for t in (real, fake)
            ]
        else:
            first, second, size = _paired(real, fake, column)
            weights.append(1.0 / max(size - 1, 1))
            scaled = [first.astype(np.float64), second.astype(np.float64)]
        left.append(scaled[0])
        right.append(scaled[1])
    return np.stack(left, 1), np.stack(right, 1), np.array(weights)


def _closest(rows: Weights, against: Weights, weights: Weights, own: Codes | None) -> Weights:
    out = np.empty(len(rows))
    for low in range(0, len(rows), SLICE):
        part = rows[low : low + SLICE]
        total = np.zeros((len(part), len(against)), np.float32)
        for column, weight in enumerate(weights.tolist()):
            gap = np.abs(part[:, column, None] - against[None, :, column])
            total += (gap > 0) if weight < 0 else (gap * weight).astype(np.float32)
        if own is not None:
            total[np.arange(len(part)), own[low : low + SLICE]] = np.inf
        out[low : low + SLICE] = total.min(axis=1) / len(weights)
    return out
