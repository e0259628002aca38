"""Risk and loss of a table, counted over its classes."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from labs.datasets.deidentification.groups import GroupTable, gather, group_rows, tuple_keys
from labs.datasets.deidentification.hierarchies import Codes
from labs.datasets.deidentification.privacy import spread_in_classes
from labs.datasets.deidentification.reading import Table

NOT_COMPUTED = "not computed"


@dataclass(frozen=True)
class Classes:
    """The classes of a table: the class of every row, the rows of every class and, where told apart, its persons."""

    of_row: Codes
    sizes: Codes
    persons: Codes | None = None

    @property
    def weights(self) -> Codes:
        """What protects: the persons of every class, or its rows when each row is somebody else."""
        return self.sizes if self.persons is None else self.persons

    @property
    def k(self) -> int:
        """The smallest class."""
        return int(self.weights.min()) if len(self.sizes) else 0

    @property
    def uniques(self) -> int:
        """Rows (persons) that are alone in their class."""
        return int((self.weights == 1).sum())

    def counting(self, persons: Codes) -> Classes:
        """Return the same classes, measured by different persons."""
        return Classes(self.of_row, self.sizes, distinct_in(self, persons))


def classes_of(table: Table, names: Sequence[str]) -> Classes:
    """Return the classes that the columns `names` make; without columns all rows are one class."""
    if not names:
        rows = table.frame.height
        return Classes(np.zeros(rows, np.int64), np.array([rows][: min(rows, 1)], np.int64))
    encoded = [table.encoded(name) for name in names]
    keys, space = tuple_keys([codes for codes, _ in encoded], [len(labels) for _, labels in encoded])
    _, sizes, of_row = group_rows(keys, space)
    return Classes(of_row, sizes)


def distinct_in(classes: Classes, codes: Codes) -> Codes:
    """Return how many different values each class holds."""
    keys, space = tuple_keys([classes.of_row, codes], [len(classes.sizes), int(codes.max(initial=0)) + 1])
    first, _ = gather(keys, space, np.ones(len(keys), np.int64))
    return np.bincount(classes.of_row[first], minlength=len(classes.sizes)).astype(np.int64)


def spread(table: Table, classes: Classes, name: str, order: Sequence[str] | None = None) -> dict[str, Any]:
    """Return l (distinct, entropy) and t of one sensitive column, against the distribution in `table`."""
    codes, labels = table.encoded(name)
    if order is not None:
        codes = order_codes(labels, order)[codes]
    size = len(labels)
    keys, space = tuple_keys([classes.of_row, codes], [len(classes.sizes), size])
    first, counts = gather(keys, space, np.ones(len(keys), np.int64))
    prior = np.bincount(codes, minlength=size) / len(codes)
    grouped = GroupTable((0,), (classes.of_row[first],), counts, codes[first])
    found = spread_in_classes(grouped, prior, is_ordered=order is not None)
    return {
        "l_distinct": int(found.distinct.min()),
        "l_entropy": round(float(found.entropy.min()), 12),
        "t": round(float(found.distance.max()), 12),
    }


def order_codes(labels: Sequence[str], order: Sequence[str]) -> Codes:
    """Return the rank of every label: first those that `order` names, then by number or text."""
    place = {value: index for index, value in enumerate(order)}

    def rank(label: str) -> tuple[int, float, str]:
        if label in place:
            return (0, float(place[label]), "")
        try:
            return (1, float(label), "")
        except ValueError:
            return (2, 0.0, label)

    ranks = np.empty(len(labels), np.int64)
    ranks[sorted(range(len(labels)), key=lambda index: rank(labels[index]))] = np.arange(len(labels))
    return ranks


def risks(classes: Classes, people: Codes | None = None) -> dict[str, Any]:
    """Return prosecutor risk (largest), marketer risk (mean over records) and, with `people` of each class in a population, journalist risk."""
    rows = int(classes.sizes.sum())
    found = NOT_COMPUTED if people is None else 1.0 / max(int(people.min()), 1) if len(people) else None
    return {
        "prosecutor": 1.0 / classes.k if rows else None,
        "journalist": found,
        "marketer": len(classes.sizes) / rows if rows else None,
    }


def discernibility(classes: Classes, suppressed: int, rows: int) -> int:
    """Return the sum of squared class sizes, plus `rows` for every suppressed row."""
    return int((classes.sizes.astype(np.float64) ** 2).sum()) + suppressed * rows


def measure(
    frame: pl.DataFrame, quasi: Sequence[str], sensitive: Sequence[str] = (), *, is_ordered: bool = False
) -> dict[str, Any]:
    """Return what the classes of `quasi` say about a table as it stands."""
    table = Table(frame, "")
    classes = classes_of(table, quasi)
    spreads = [spread(table, classes, name, [] if is_ordered else None) for name in sensitive]
    sizes = classes.sizes
    return {
        "rows": frame.height,
        "k": classes.k,
        "uniques": classes.uniques,
        "l_distinct": min((found["l_distinct"] for found in spreads), default=None),
        "l_entropy": min((found["l_entropy"] for found in spreads), default=None),
        "t": max((found["t"] for found in spreads), default=None),
        "risk": risks(classes),
        "discernibility": discernibility(classes, 0, frame.height),
        "classes": len(sizes),
        "uniqueness": classes.uniques / frame.height,
        "rows_below": {str(k): int(sizes[sizes < k].sum()) for k in (5, 11, 20)},
        "class_sizes": histogram(sizes),
    }


def histogram(sizes: Codes) -> list[dict[str, int]]:
    """Return how many classes and rows lie in each range of class sizes."""
    edges = [1, 2, 3, 5, 11, 20, 50, 100, 1000]
    bounds = [*edges, max(int(sizes.max(initial=0)), edges[-1]) + 1]
    out = []
    for low, high in itertools.pairwise(bounds):
        inside = sizes[(sizes >= low) & (sizes < high)]
        if len(inside):
            out.append({"from": low, "to": high - 1, "classes": len(inside), "rows": int(inside.sum())})
    return out
