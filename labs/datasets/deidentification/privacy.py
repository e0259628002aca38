"""Privacy models: what a class must satisfy, and what a class that fails says about every finer class in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labs.datasets.deidentification.groups import GroupTable, class_starts
from labs.datasets.deidentification.hierarchies import Codes, Weights

SLACK = 1e-12


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
    starts = class_starts(table)
    ends = np.r_[starts[1:], len(table)]
    sizes = np.add.reduceat(table.counts, starts)
    class_of = np.repeat(np.arange(len(starts)), ends - starts)
    share = table.counts / sizes[class_of]
    entropy = np.exp(-np.add.reduceat(share * np.log(share), starts))
    if is_ordered:
        distance = _ordered_distance(table.extra, share, class_of, len(starts), prior)
    else:
        expected = prior[table.extra]
        distance = 0.5 * (np.add.reduceat(np.abs(share - expected) - expected, starts) + 1.0)
    return Spread(sizes, (ends - starts).astype(np.int64), entropy, np.maximum(distance, 0.0))


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


def farthest(sensitive: Sensitive) -> float:
    """Return the largest distance that any class can have."""
    prior = sensitive.prior
    if not sensitive.is_ordered:
        return float(1.0 - prior.min())
    values = len(prior)
    corners = (np.abs(np.cumsum(np.eye(values)[[0, -1]] - prior, axis=1)).sum(axis=1) / max(values - 1, 1)).tolist()
    return float(max(corners))


def judge(sensitive: Sensitive, spread: Spread) -> tuple[np.ndarray[tuple[int], np.dtype[np.bool_]], Weights]:
    """Return which classes satisfy the models, and the share of each class that every finer node must suppress.

    The share is a proven lower bound. Distinct l: a part of a class has no more values than the class. Entropy is
    concave and the distance convex, so a failing class cannot consist of satisfying parts alone; how far it fails
    bounds how much of it fails below.
    """
    good = np.ones(len(spread.sizes), bool)
    must = np.zeros(len(spread.sizes))
    if sensitive.distinct is not None:
        bad = spread.distinct < sensitive.distinct
        good &= ~bad
        must[bad] = 1.0
    if sensitive.entropy is not None and sensitive.entropy > 1.0:
        bad = spread.entropy < sensitive.entropy * (1 - SLACK)
        good &= ~bad
        share = 1.0 - np.log(spread.entropy) / np.log(sensitive.entropy)
        must = np.where(bad, np.maximum(must, share - 1e-9), must)
    if sensitive.closeness is not None:
        bad = spread.distance > sensitive.closeness + SLACK
        good &= ~bad
        room = farthest(sensitive) - sensitive.closeness
        share = (spread.distance - sensitive.closeness) / room if room > SLACK else np.ones(len(must))
        must = np.where(bad, np.maximum(must, np.clip(share - 1e-9, 0.0, 1.0)), must)
    return good, np.maximum(must, 0.0)
