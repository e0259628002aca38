"""Privacy models: what a class must satisfy, and what a class that fails says about every finer class in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labs.datasets.deidentification.groups import GroupTable, part_of
from labs.datasets.deidentification.hierarchies import Codes, Weights

SLACK = 1e-12
Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]


@dataclass(frozen=True)
class Sensitive:
    """One sensitive column and what is asked of it; `prior` is its distribution in the whole table."""

    name: str
    codes: Codes
    prior: Weights
    distinct: int | None = None
    entropy: float | None = None
    closeness: float | None = None
    is_ordered: bool = False


@dataclass(frozen=True)
class Spread:
    """How a sensitive column is spread in each class."""

    sizes: Codes
    distinct: Codes
    entropy: Weights  # exp of the entropy: the effective number of values
    distance: Weights


def spread_in_classes(table: GroupTable, prior: Weights, *, is_ordered: bool = False) -> Spread:
    """Return l and t of every class of `table`, whose `extra` is the sensitive column."""
    assert table.extra is not None
    share = table.counts / np.repeat(table.sizes, table.lengths)
    entropy = np.exp(-np.add.reduceat(share * np.log(share), table.starts))
    distance = distances(table, share, prior, is_ordered=is_ordered)
    return Spread(table.sizes, table.lengths, entropy, distance)


def distances(table: GroupTable, share: Weights, prior: Weights, *, is_ordered: bool) -> Weights:
    """Return how far each class is from `prior`; `share` is that of each value in its class."""
    assert table.extra is not None
    if is_ordered:
        class_of = np.repeat(np.arange(len(table.starts)), table.lengths)
        return np.maximum(_ordered_distance(table.extra, share, class_of, len(table.starts), prior), 0.0)
    expected = prior[table.extra]
    return np.maximum(0.5 * (np.add.reduceat(np.abs(share - expected) - expected, table.starts) + 1.0), 0.0)


def _ordered_distance(extra: Codes, share: Weights, class_of: Codes, classes: int, prior: Weights) -> Weights:
    """Earth mover's distance with the values in order, equally spaced; a slice of classes at a time bounds memory."""
    values = len(prior)
    if values < 2:
        return np.zeros(classes)
    out = np.empty(classes)
    step = max(1, 4_000_000 // values)
    for low in range(0, classes, step):
        high = min(low + step, classes)
        first, last = np.searchsorted(class_of, [low, high])
        dense = np.zeros((high - low, values))
        dense[class_of[first:last] - low, extra[first:last]] = share[first:last]
        out[low:high] = np.abs(np.cumsum(dense - prior, axis=1)).sum(axis=1) / (values - 1)
    return out


def kept_close(
    asked: Sequence[tuple[Sensitive, GroupTable]], good: Mask, counts: Codes, limit: float, *, is_stepwise: bool
) -> Mask | None:
    """Return which classes of `good` stay so that each is close to all that stay; None when too many rows would go.

    What is taken out changes what the others are held against, so classes go until none is too far: all that are at once,
    or (stepwise) the farthest first. Neither is proved to take out the fewest.
    """
    good = good.copy()
    while good.any() and float(counts[~good].sum()) <= limit:
        excess = np.zeros(len(good))
        for sensitive, table in asked:
            part = part_of(table, good)
            assert part.extra is not None
            assert sensitive.closeness is not None
            rows = np.bincount(part.extra, part.counts, len(sensitive.prior))
            spread = spread_in_classes(part, (rows / rows.sum()).astype(np.float64), is_ordered=sensitive.is_ordered)
            excess[good] = np.maximum(excess[good], spread.distance - sensitive.closeness)
        far = excess > SLACK
        if not far.any():
            return good
        good &= ~(far & (excess == excess.max()) if is_stepwise else far)
    return None


def farthest(sensitive: Sensitive) -> float:
    """Return the largest distance that any class can have."""
    prior = sensitive.prior
    if not sensitive.is_ordered:
        return float(1.0 - prior.min())
    values = len(prior)
    corners = (np.abs(np.cumsum(np.eye(values)[[0, -1]] - prior, axis=1)).sum(axis=1) / max(values - 1, 1)).tolist()
    return float(max(corners))


def judge(sensitive: Sensitive, table: GroupTable, least: int) -> tuple[Mask, Weights]:
    """Return which classes satisfy the models, and the share of each class that every finer node must suppress.

    `table` has the sensitive column as its `extra`; a class that stays has at least `least` rows. The share is a proven
    lower bound. Distinct l: a part of a class has no more values than the class. Entropy is concave and the distance
    convex, so a failing class cannot consist of satisfying parts alone; what stays of it below satisfies as a whole.
    """
    good = np.ones(len(table.starts), bool)
    must = np.zeros(len(good))
    if sensitive.distinct is not None:
        good &= table.lengths >= sensitive.distinct
        must[~good] = 1.0
    share = table.counts / np.repeat(table.sizes, table.lengths)
    if sensitive.entropy is not None and sensitive.entropy > 1.0:
        entropy = -np.add.reduceat(share * np.log(share), table.starts)
        bad = entropy < np.log(sensitive.entropy * (1 - SLACK))
        good &= ~bad
        must = np.where(bad, np.maximum(must, 1.0 - entropy / np.log(sensitive.entropy) - 1e-9), must)
    if sensitive.closeness is not None:
        distance = distances(table, share, sensitive.prior, is_ordered=sensitive.is_ordered)
        bad = distance > sensitive.closeness + SLACK
        good &= ~bad
        lost = _lost_to_order(sensitive, distance) if sensitive.is_ordered else _lost(sensitive, table, bad, least)
        must = np.where(bad, np.maximum(must, lost), must)
    return good, np.maximum(must, 0.0)


def _lost_to_order(sensitive: Sensitive, distance: Weights) -> Weights:
    assert sensitive.closeness is not None
    room = farthest(sensitive) - sensitive.closeness
    share = (distance - sensitive.closeness) / room if room > SLACK else np.ones(len(distance))
    return np.clip(share - 1e-9, 0.0, 1.0)


def _lost(sensitive: Sensitive, table: GroupTable, is_far: Mask, least: int) -> Weights:
    """Return the least share of each class that is too far which every finer node suppresses (equal distance)."""
    lost = np.ones(len(is_far))  # of a class too small as well
    asked = is_far & (table.sizes >= least)
    if asked.any():
        kept = np.floor(most_close(sensitive, part_of(table, asked)) * (1 + 1e-9) + 1e-6)
        lost[asked] = np.where(kept < least, 1.0, np.clip(1.0 - kept / table.sizes[asked], 0.0, 1.0))
    return lost


def most_close(sensitive: Sensitive, table: GroupTable) -> Weights:
    """Return an upper bound of the rows of each class that together are as close to the table as demanded.

    N rows drawn from counts c are close enough (equal distance) when Σ min(c, N·prior) ≥ N (1 − t). So every set of
    values, taken as used up, bounds N by its counts / (1 − t − prior of the other values present); the least bound is
    that of a prefix in the order of c / prior, which need not be exact for the bounds to hold.
    """
    assert table.extra is not None
    assert sensitive.closeness is not None
    prior, starts = sensitive.prior[table.extra], table.starts
    class_of = np.repeat(np.arange(len(starts)), table.lengths)
    ratio = table.counts / prior
    order = np.argsort(class_of + ratio / (1.001 * ratio.max()))
    rows, expected = np.cumsum(table.counts[order]), np.cumsum(prior[order])
    present = np.add.reduceat(prior, starts)
    wanted = 1.0 - sensitive.closeness - SLACK
    used = rows - np.append(0, rows)[starts][class_of]
    room = expected + (wanted - present - np.append(0.0, expected)[starts])[class_of]
    bounds = np.divide(used, room, out=np.full(len(used), np.inf), where=room > 1e-9)
    return np.where(present < wanted - 1e-9, 0.0, np.minimum.reduceat(bounds, starts))
