"""Counts of distinct tuples at any node of a lattice, rolled up from the smallest table already known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from labs.datasets.deidentification.hierarchies import Codes, Hierarchy

Node = tuple[int, ...]
CACHED = 96
WIDEST = 1 << 62


@dataclass(frozen=True)
class GroupTable:
    """Distinct tuples at one node, ordered by their codes; `extra` holds the codes of a sensitive column."""

    node: Node
    codes: tuple[Codes, ...]
    counts: Codes
    extra: Codes | None = None

    def __len__(self) -> int:
        return len(self.counts)

    @cached_property
    def starts(self) -> Codes:
        """Where each class begins in a table that also distinguishes a sensitive column."""
        if len(self) == 1 or not self.codes:
            return np.array([0])
        changed = np.zeros(len(self) - 1, bool)
        for codes in self.codes:
            changed |= codes[1:] != codes[:-1]
        return np.flatnonzero(np.concatenate(([True], changed)))

    @cached_property
    def lengths(self) -> Codes:
        """How many rows of the table each class has."""
        return np.diff(np.append(self.starts, len(self)))

    @cached_property
    def sizes(self) -> Codes:
        """How many rows each class stands for."""
        return np.add.reduceat(self.counts, self.starts)


def tuple_keys(columns: Sequence[Codes], sizes: Sequence[int]) -> tuple[Codes, int]:
    """Return one number per row that orders rows as their tuples are ordered, and the bound of these numbers."""
    keys, space = np.zeros(len(columns[0]), np.int64), 1
    for codes, size in zip(columns, sizes, strict=True):
        if space > WIDEST // max(size, 1):
            found, inverse = np.unique(keys, return_inverse=True)
            keys, space = inverse.astype(np.int64).ravel(), len(found)
        keys = keys * size + codes
        space *= max(size, 1)
    return keys, space


def sorted_order(keys: Codes, space: int) -> Codes:
    """Return the positions that sort `keys`, equal ones in their order; a key packed with its position sorts fastest."""
    bits = max(len(keys) - 1, 1).bit_length()
    if space > WIDEST >> bits:
        return np.argsort(keys, kind="stable")
    packed = (keys << bits) | np.arange(len(keys))
    packed.sort()
    return packed & ((1 << bits) - 1)


def gather(keys: Codes, space: int, counts: Codes) -> tuple[Codes, Codes]:
    """Return the position of one row for each distinct key, in key order, and the sum of its counts."""
    if _is_dense(keys, space):
        totals = np.bincount(keys, counts, space)
        present = np.flatnonzero(totals)
        position = np.zeros(space, np.int64)
        position[keys[::-1]] = np.arange(len(keys) - 1, -1, -1)
        return position[present], totals[present].astype(np.int64)
    order = sorted_order(keys, space)
    starts = _starts(keys[order])
    return order[starts], np.add.reduceat(counts[order], starts)


def group_rows(keys: Codes, space: int) -> tuple[Codes, Codes, Codes]:
    """Return the position of one row for each distinct key, in key order, its rows, and the group of every row."""
    if _is_dense(keys, space):
        first, sizes = gather(keys, space, np.ones(len(keys), np.int64))
        place = np.zeros(space, np.int64)
        place[keys[first]] = np.arange(len(first))
        return first, sizes, place[keys]
    order = sorted_order(keys, space)
    starts = _starts(keys[order])
    sizes = np.diff(np.r_[starts, len(keys)])
    group = np.empty(len(keys), np.int64)
    group[order] = np.repeat(np.arange(len(starts)), sizes)
    return order[starts], sizes, group


def _is_dense(keys: Codes, space: int) -> bool:
    return space <= max(4 * len(keys), 1 << 16)


def _starts(ordered: Codes) -> Codes:
    return np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))


class Roller:
    """Gives the table of any node of one lattice; remembers small tables, for a coarser node grows from a finer one."""

    def __init__(
        self, hierarchies: Sequence[Hierarchy], codes: Sequence[Codes], counts: Codes, extra: Codes | None = None
    ) -> None:
        self.hierarchies = hierarchies
        self.extra_size = 0 if extra is None else int(extra.max(initial=0)) + 1
        self.base = GroupTable(tuple(-1 for _ in hierarchies), tuple(codes), counts, extra)
        self.cache = [self.base]
        self.cached = self._index()
        self.lifts: dict[tuple[int, int, int], Codes] = {}

    def lift(self, column: int, low: int, high: int) -> Codes:
        """Return the group at level `high` of every group at level `low` (−1: of every leaf)."""
        levels = self.hierarchies[column].levels
        if low < 0:
            return levels[high].group_of_leaf
        if (column, low, high) not in self.lifts:
            table = np.zeros(len(levels[low].labels), np.int64)
            table[levels[low].group_of_leaf] = levels[high].group_of_leaf
            self.lifts[column, low, high] = table
        return self.lifts[column, low, high]

    def at(self, node: Node) -> GroupTable:
        """Return the table of `node`."""
        nodes, lengths = self.cached
        finer = (nodes <= np.array(node)).all(axis=1)
        source = self.cache[int(np.where(finer, lengths, np.iinfo(np.int64).max).argmin())]
        if source.node == node:
            return source
        codes = [
            values if low == high else self.lift(column, low, high)[values]
            for column, (low, high, values) in enumerate(zip(source.node, node, source.codes, strict=True))
        ]
        sizes = [len(h.levels[level].labels) for h, level in zip(self.hierarchies, node, strict=True)]
        extra = source.extra
        keys, space = tuple_keys(
            codes if extra is None else [*codes, extra], sizes if extra is None else [*sizes, self.extra_size]
        )
        first, counts = gather(keys, space, source.counts)
        table = GroupTable(
            node, tuple(values[first] for values in codes), counts, None if extra is None else extra[first]
        )
        self.remember(table, source)
        return table

    def counts_of(self, node: Node, codes: Sequence[Codes]) -> Codes:
        """Return the count at `node` of every tuple of `codes` (codes at that node), 0 for tuples that are not there."""
        table = self.at(node)
        sizes = [len(h.levels[level].labels) for h, level in zip(self.hierarchies, node, strict=True)]
        joined = [np.concatenate(pair) for pair in zip(codes, table.codes, strict=True)]
        keys, _ = tuple_keys(joined, sizes)
        own, known = keys[: len(codes[0])], keys[len(codes[0]) :]
        place = np.minimum(np.searchsorted(known, own), len(known) - 1)
        return np.where(known[place] == own, table.counts[place], 0)

    def _index(self) -> tuple[Codes, Codes]:
        return np.array([table.node for table in self.cache], np.int64), np.array([len(table) for table in self.cache])

    def remember(self, table: GroupTable, source: GroupTable) -> None:
        """Keep `table` when it saves work later."""
        if len(table) < 0.7 * len(source) or len(self.cache) < 8:
            self.cache.append(table)
            if len(self.cache) > CACHED:
                self.cache.sort(key=len)
                self.cache = [*(kept for kept in self.cache[:64] if kept is not self.base), self.base]
            self.cached = self._index()


def merged(table: GroupTable) -> GroupTable:
    """Return the classes of a table that also distinguishes a sensitive column."""
    return GroupTable(table.node, tuple(codes[table.starts] for codes in table.codes), table.sizes)


def part_of(table: GroupTable, is_chosen: npt.NDArray[np.bool_]) -> GroupTable:
    """Return the rows of the chosen classes of a table that also distinguishes a sensitive column."""
    assert table.extra is not None
    chosen = np.repeat(is_chosen, table.lengths)
    return GroupTable(
        table.node, tuple(codes[chosen] for codes in table.codes), table.counts[chosen], table.extra[chosen]
    )


def determined(known: Codes, hidden: Codes) -> float:
    """Return the share of rows that have the commonest hidden value of their known value."""
    keys, space = tuple_keys([known, hidden], [int(known.max()) + 1, int(hidden.max()) + 1])
    first, counts = gather(keys, space, np.ones(len(keys), np.int64))
    starts = np.flatnonzero(np.r_[True, np.diff(known[first]) != 0])
    return float(np.maximum.reduceat(counts, starts).sum()) / len(known)
