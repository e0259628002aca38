"""Tables that cross once: the other side keeps them, and later calls name them by number.

pandas copies on write, so a shallow copy is a snapshot: as long as a table still holds the very same arrays as its
snapshot, nobody has changed it.
"""

from __future__ import annotations

import sys
from typing import Any

SMALLEST = 1 << 14
MOST = 32


def is_table(value: Any) -> bool:
    """Tell whether this is a pandas frame or series, exactly."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and type(value) in (pandas.DataFrame, pandas.Series)


def snapshot(table: Any) -> Any:
    """Return a copy that shares its arrays until somebody writes."""
    return table.copy(deep=False)


def is_unchanged(table: Any, before: Any) -> bool:
    """Tell whether a table is what its snapshot was; False also where that is not certain."""
    if type(table) is not type(before):
        return False
    mine, other = table._mgr, before._mgr
    if len(mine.blocks) != len(other.blocks) or len(mine.axes) != len(other.axes):
        return False
    if not all(_same_axis(left, right) for left, right in zip(mine.axes, other.axes, strict=True)):
        return False
    for left, right in zip(mine.blocks, other.blocks, strict=True):
        # Objects can be changed without a table noticing.
        if left.dtype == object or not _same_values(left.values, right.values):
            return False
        if left.mgr_locs.as_array.tolist() != right.mgr_locs.as_array.tolist():
            return False
    return getattr(table, "name", None) == getattr(before, "name", None)


def _same_axis(left: Any, right: Any) -> bool:
    return left is right or (left._values is right._values and list(left.names) == list(right.names))


def _same_values(left: Any, right: Any) -> bool:
    if left is right:
        return True
    data = [getattr(each, "_ndarray", each) for each in (left, right)]
    if type(data[0]) is not type(data[1]) or not hasattr(data[0], "__array_interface__"):
        return False
    here, there = (each.__array_interface__ for each in data)
    return all(here[key] == there[key] for key in ("data", "shape", "strides", "typestr"))


class Kept:
    """Tables that this side has sent, each with the number that the other side knows it by."""

    def __init__(self) -> None:
        self.tables: list[tuple[Any, Any]] = []

    def number_of(self, table: Any) -> int | None:
        """Return the number of a table that was sent and has not changed since."""
        for number, (sent, before) in enumerate(self.tables):
            if sent is table and is_unchanged(table, before):
                return number
        return None

    def add(self, table: Any, size: int) -> int | None:
        """Remember a table that is about to be sent; small ones and too many are not worth it."""
        if size < SMALLEST or len(self.tables) >= MOST:
            return None
        self.tables.append((table, snapshot(table)))
        return len(self.tables) - 1
