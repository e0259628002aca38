"""Tables that cross once: the other side keeps them, and later calls name them by number.

pandas copies on write, so a shallow copy is a snapshot: as long as a table still holds the very same arrays as its
snapshot, nobody has changed it.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from .refusals import Malformed

SMALLEST = 1 << 14
MOST = 32
TRAINEE, CHECKER = SIDES = ("t", "c")


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
    return len(mine.axes) > 1 or bool(table.name is before.name or table.name == before.name)


def _same_axis(left: Any, right: Any) -> bool:
    return left is right or (left._values is right._values and list(left.names) == list(right.names))


def _same_values(left: Any, right: Any) -> bool:
    if left is right:
        return True
    arrow = getattr(left, "_pa_array", None)
    if arrow is not None:
        # Arrow's arrays never change; writing puts another one in their place.
        return arrow is getattr(right, "_pa_array", None)
    data = [getattr(each, "_ndarray", each) for each in (left, right)]
    if type(data[0]) is not type(data[1]) or not hasattr(data[0], "__array_interface__"):
        return False
    here, there = (each.__array_interface__ for each in data)
    return all(here[key] == there[key] for key in ("data", "shape", "strides", "typestr"))


class Kept:
    """Tables that both sides have, by names that both know: of the opening cells, and those that have crossed.

    A table is named by the side that sends it. What was encoded counts only once it is on its way.
    """

    def __init__(self, side: str, opening: Mapping[str, Any]) -> None:
        self.side = side
        self.opening = {f"opening {name}": snapshot(table) for name, table in opening.items()}
        self.known = dict(self.opening)
        self.pending: dict[str, Any] = {}
        self.count = 0
        self.is_doubtful = False

    def name_of(self, table: Any) -> str | None:
        """Return the name of a table that the other side has exactly so."""
        return next((name for name, before in self.known.items() if is_unchanged(table, before)), None)

    def add(self, table: Any, size: int) -> str | None:
        """Name a table that is about to be sent; small ones and too many are not worth it."""
        if size < SMALLEST or len(self.known) + len(self.pending) >= MOST:
            return None
        if any(block.dtype == object for block in table._mgr.blocks):
            return None
        self.count += 1
        name = f"{self.side}{self.count}"
        self.pending[name] = snapshot(table)
        return name

    def commit(self) -> None:
        """Note that what was encoded is being sent."""
        self.known |= self.pending
        self.pending = {}

    def drop(self) -> None:
        """Note that what was encoded is not going to be sent."""
        self.pending = {}

    def forget(self) -> None:
        """Note that the other side may not have received what was sent to it."""
        self.known = {name: table for name, table in self.known.items() if not name.startswith(self.side)}

    def take(self, name: Any, table: Any) -> Any:
        """Remember a table that the other side has named. Raises Malformed."""
        if type(name) is not str or name[:1] not in SIDES or name.startswith(self.side) or name in self.known:
            raise Malformed("keep")
        if not is_table(table):
            raise Malformed("keep")
        if len(self.known) < 2 * MOST:
            self.known[name] = snapshot(table)
        return table

    def get(self, name: Any) -> Any:
        """Return a table by its name. Raises Malformed."""
        if type(name) is not str or name not in self.known:
            raise Malformed("kept")
        return snapshot(self.known[name])


def large_tables(space: Mapping[str, Any]) -> dict[str, Any]:
    """Return the tables of a namespace that are worth naming; objects in them could change unnoticed."""
    return {
        name: value
        for name, value in sorted(space.items())
        if is_table(value)
        and not any(block.dtype == object for block in value._mgr.blocks)
        and sum(block.values.nbytes for block in value._mgr.blocks) >= SMALLEST
    }
