"""A synthetic twin of a released table: the same columns, invented rows, and scores of how alike and how safe it is.

Columns are turned into a few dozen bins; a dependency tree (Chow & Liu 1968) over their mutual information gives every
column at most one parent; rows are drawn down the tree. Only shares of one and of two columns are learned, and a bin or
pair with fewer than `LEAST` rows is never learned, so no released row can be copied on purpose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from labs.datasets.deidentification.groups import gather, tuple_keys
from labs.datasets.deidentification.hierarchies import Codes, Weights
from labs.datasets.deidentification.messages import Refusal
from labs.datasets.deidentification.progress import Progress, silent
from labs.datasets.deidentification.reading import Table
from labs.datasets.deidentification.treatments import digest
from labs.datasets.deidentification.twin_columns import Column, learn_column
from labs.datasets.deidentification.twin_scores import scores

LEAST = 5
LEAST_ROWS = 20
MOST_TREE_ROWS = 200_000
LABEL_ZH = "合成数据：由发布版本的统计结构随机生成，没有一行对应真实的人或事，不得用于得出关于现实的结论。"
LABEL_EN = (
    "Synthetic data: drawn at random from the statistics of a release. No row stands for a real person or event; do not"
    " draw conclusions about reality from it."
)
Draw = np.random.Generator


@dataclass(frozen=True)
class Twin:
    """The invented table and its report, which says that it is invented."""

    frame: pl.DataFrame
    report: dict[str, Any]


def twin(
    release: pl.DataFrame,
    *,
    rows: int | None = None,
    key: bytes | None = None,
    progress: Progress = silent,
) -> Twin:
    """Return a twin of `release` with as many rows (or `rows`); the same table and key give the same bytes."""
    if release.height < LEAST_ROWS:
        raise Refusal("twin_small", rows=release.height, least=LEAST_ROWS)
    table = Table(release.select(pl.all().cast(pl.String).fill_null("")), "")
    wanted = rows or release.height
    columns = [learn_column(name, *table.encoded(name), least=LEAST) for name in table.frame.columns]
    progress("learn", 0.2)
    draw = np.random.Generator(np.random.PCG64(_seed(table, key, wanted)))
    tree = _tree(columns, progress)
    bins = _drawn(columns, tree, wanted, draw)
    progress("draw", 0.6)
    frame = pl.DataFrame([column.shown(bins[index], draw) for index, column in enumerate(columns)])
    report = {
        "synthetic": True,
        "label_zh": LABEL_ZH,
        "label_en": LABEL_EN,
        "rows": wanted,
        "rows_of_release": release.height,
        "columns": [column.as_json(_name(columns, parent)) for column, parent in zip(columns, tree, strict=True)],
    }
    return Twin(frame, report | scores(table, Table(frame, ""), columns, draw, progress))


def _name(columns: Sequence[Column], parent: int) -> str | None:
    return None if parent < 0 else columns[parent].name


def _seed(table: Table, key: bytes | None, rows: int) -> int:
    content = str(table.frame.hash_rows(seed=7).sum())
    return int.from_bytes(digest(key or b"chengxue", "twin", content, str(rows), *table.frame.columns)[:16], "big")


def mutual_information(left: Codes, right: Codes, sizes: tuple[int, int]) -> float:
    """Return the mutual information of two columns in nats, corrected for the number of pairs."""
    keys, _ = tuple_keys([left, right], sizes)
    joint = np.bincount(keys, minlength=sizes[0] * sizes[1]).reshape(sizes) / len(left)
    expected = np.outer(joint.sum(axis=1), joint.sum(axis=0))
    there = joint > 0
    found = float((joint[there] * np.log(joint[there] / expected[there])).sum())
    return found - (sizes[0] - 1) * (sizes[1] - 1) / (2 * len(left))


def _tree(columns: Sequence[Column], progress: Progress) -> list[int]:
    """Return the parent of every column (−1: none) in the tree of greatest mutual information, built as Prim does."""
    count = len(columns)
    step = max(1, len(columns[0].bins) // MOST_TREE_ROWS)
    bins = [column.bins[::step] for column in columns]
    parent, strength = [-1] * count, np.zeros(count)
    waiting = [index for index in range(count) if columns[index].is_linked]
    while waiting:
        here = max(waiting, key=lambda index: (strength[index], -index))
        waiting.remove(here)
        for other in waiting:
            sizes = (columns[here].size, columns[other].size)
            found = mutual_information(bins[here], bins[other], sizes)
            if found > strength[other]:
                parent[other], strength[other] = here, found
        progress("tree", 0.2 + 0.3 * (1 - len(waiting) / count))
    return parent


def _drawn(columns: Sequence[Column], tree: Sequence[int], rows: int, draw: Draw) -> list[Codes]:
    bins: list[Codes | None] = [None] * len(columns)

    def fill(index: int) -> Codes:
        known = bins[index]
        if known is None:
            column, parent = columns[index], tree[index]
            if parent < 0:
                known = draw.choice(column.size, rows, p=column.shares)
            else:
                known = _given(columns[parent], column, fill(parent), draw)
            bins[index] = known.astype(np.int64)
        return bins[index]  # type: ignore[return-value]  # filled above

    return [fill(index) for index in range(len(columns))]


def _given(parent: Column, child: Column, above: Codes, draw: Draw) -> Codes:
    """Draw the child's bins given the parent's; pairs that few rows have count as if they did not occur."""
    keys, space = tuple_keys([parent.bins, child.bins], (parent.size, child.size))
    first, counts = gather(keys, space, np.ones(len(keys), np.int64))
    table: Weights = np.zeros((parent.size, child.size))
    often = counts >= LEAST
    table[parent.bins[first[often]], child.bins[first[often]]] = counts[often]
    empty = table.sum(axis=1) == 0
    table[empty] = child.shares
    below = np.cumsum(table, axis=1)
    below /= below[:, -1:]
    where = draw.random(len(above))
    out = np.empty(len(above), np.int64)
    for value in np.unique(above).tolist():
        here = above == value
        out[here] = np.searchsorted(below[value], where[here], side="right")
    return np.minimum(out, child.size - 1)
