"""Plain recomputation of what the engine claims, in Python loops that share nothing with it."""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

Rows = list[tuple[str, ...]]


def grouped(rows: Sequence[Sequence[str]], quasi: Sequence[int]) -> dict[tuple[str, ...], list[Sequence[str]]]:
    """Rows by their quasi-identifier tuple."""
    classes: dict[tuple[str, ...], list[Sequence[str]]] = defaultdict(list)
    for row in rows:
        classes[tuple(row[index] for index in quasi)].append(row)
    return classes


def distance(members: Sequence[str], everyone: Sequence[str], order: Sequence[str] | None = None) -> float:
    """Half the L1 distance of two distributions, or the ordered earth mover's distance."""
    mine, all_ = Counter(members), Counter(everyone)
    gap = {v: mine[v] / len(members) - all_[v] / len(everyone) for v in all_}
    if order is None:
        return sum(abs(value) for value in gap.values()) / 2
    if len(order) < 2:
        return 0.0
    return sum(abs(total) for total in itertools.accumulate(gap.get(v, 0.0) for v in order)) / (len(order) - 1)


def entropy(members: Sequence[str]) -> float:
    """exp of the entropy."""
    shares = [count / len(members) for count in Counter(members).values()]
    return math.exp(-sum(share * math.log(share) for share in shares))


def metrics(rows: Sequence[Sequence[str]], quasi: Sequence[int], sensitive: int | None) -> dict[str, Any]:
    """k, uniques, l, entropy l, t, risks and discernibility."""
    classes = grouped(rows, quasi)
    sizes = [len(members) for members in classes.values()]
    out: dict[str, Any] = {
        "k": min(sizes),
        "uniques": sizes.count(1),
        "prosecutor": 1 / min(sizes),
        "marketer": len(sizes) / len(rows),
        "discernibility": sum(size**2 for size in sizes),
    }
    if sensitive is not None:
        values = [[row[sensitive] for row in members] for members in classes.values()]
        everyone = [row[sensitive] for row in rows]
        out["l_distinct"] = min(len(set(v)) for v in values)
        out["l_entropy"] = min(entropy(v) for v in values)
        out["t"] = max(distance(v, everyone) for v in values)
    return out


def exhaustive(
    rows: Sequence[Sequence[str]], columns: Sequence[Sequence[Sequence[str]]], leaves: Sequence[Sequence[str]], *,
    k: int, limit: float, distinct: int = 1, spread: float = 1.0, closeness: float = 1.0, order: Sequence[str] | None = None,
) -> float | None:  # fmt: skip
    """Return the least loss of any node and any choice of classes to suppress, by trying every one.

    Rows hold one value per column, then the sensitive value. A class that fails by itself always goes; which others go
    matters only for closeness to the rows that stay.
    """
    best = None
    width = len(columns)
    everyone = [row[width] for row in rows]
    for node in itertools.product(*[range(len(levels)) for levels in columns]):
        shown, loss = _generalized(rows, columns, leaves, node)
        good = []
        for key, members in grouped(shown, range(width)).items():
            values = [row[width] for row in members]
            is_good = len(members) >= k and len(set(values)) >= distinct and entropy(values) >= spread * (1 - 1e-9)
            if is_good and distance(values, everyone, order) <= closeness + 1e-9:
                good.append((len(members) * loss[key], values))
        for kept in _choices(good, len(rows) * (1 - limit) - 1e-9):
            left = [value for _, values in kept for value in values]
            total = (sum(lost for lost, _ in kept) + len(rows) - len(left)) / len(rows)
            if best is not None and total >= best:
                continue
            if max(distance(values, left, order) for _, values in kept) <= closeness + 1e-9:
                best = total
    return best


def _choices(good: list[tuple[float, list[str]]], least: float) -> Iterator[Sequence[tuple[float, list[str]]]]:
    """Every choice of classes that keeps enough rows, all of them first."""
    for size in range(len(good), 0, -1):
        for kept in itertools.combinations(good, size):
            if sum(len(values) for _, values in kept) >= least:
                yield kept


def _generalized(rows, columns, leaves, node):  # type: ignore[no-untyped-def]
    width = len(columns)
    shown, loss = [], {}
    for row in rows:
        places = [leaves[c].index(row[c]) for c in range(width)]
        key = tuple(columns[c][node[c]][places[c]] for c in range(width))
        loss[key] = (
            sum((list(columns[c][node[c]]).count(key[c]) - 1) / max(len(leaves[c]) - 1, 1) for c in range(width))
            / width
        )
        shown.append((*key, row[width]))
    return shown, loss
