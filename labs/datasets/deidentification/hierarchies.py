"""A generalization hierarchy: what every value of a column becomes at each level."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from labs.datasets.deidentification.messages import Refusal

Codes = npt.NDArray[np.int64]
Weights = npt.NDArray[np.float64]
ANY = "*"


@dataclass(frozen=True)
class Level:
    """One level: the label of each group, the group of each leaf, and what a cell of the group loses (NCP)."""

    labels: tuple[str, ...]
    group_of_leaf: Codes
    loss: Weights

    @classmethod
    def of(cls, column: Sequence[str]) -> Level:
        """Return the level at which leaf i is shown as `column[i]`."""
        labels, groups, counts = np.unique(np.array(column, dtype=object), return_inverse=True, return_counts=True)
        loss = (counts - 1) / max(len(column) - 1, 1)
        return cls(tuple(labels.tolist()), groups.astype(np.int64).ravel(), loss.astype(np.float64))


@dataclass(frozen=True)
class Hierarchy:
    """The values of one quasi-identifier (leaves) and their labels at every level the search may choose."""

    name: str
    leaves: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        """Refuse a hierarchy whose groups come apart again further up."""
        for index, (below, above) in enumerate(zip(self.columns, self.columns[1:], strict=False), start=1):
            parents: dict[str, str] = {}
            for low, high in zip(below, above, strict=True):
                if parents.setdefault(low, high) != high:
                    raise Refusal("hierarchy_torn", column=self.name, value=low, level=index)

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        """Every level as index arrays."""
        return tuple(Level.of(column) for column in self.columns)

    @cached_property
    def code_of(self) -> dict[str, int]:
        """The position of each leaf."""
        return {leaf: index for index, leaf in enumerate(self.leaves)}

    def between(self, lowest: int | None, highest: int | None) -> Hierarchy:
        """Return the hierarchy that offers only the levels `lowest`…`highest`."""
        last = len(self.columns) - 1
        low, high = lowest or 0, last if highest is None else highest
        if not 0 <= low <= high <= last:
            raise Refusal("levels_range", column=self.name, low=low, high=high, last=last)
        return Hierarchy(self.name, self.leaves, self.columns[low : high + 1])

    def covering(self, values: Sequence[str]) -> Hierarchy:
        """Return the hierarchy with a leaf for the missing value when `values` has one; refuse any other stranger."""
        strangers = [value for value in values if value not in self.code_of]
        if any(strangers):
            named = next(value for value in strangers if value)
            raise Refusal("hierarchy_misses", column=self.name, value=named, count=len(list(filter(None, strangers))))
        if not strangers:
            return self
        columns = tuple((*column, ANY if set(column) == {ANY} else "") for column in self.columns)
        return Hierarchy(self.name, (*self.leaves, ""), columns)


def from_rows(name: str, rows: Sequence[Sequence[str]]) -> Hierarchy:
    """Return the hierarchy of rows `leaf, level 1, …`; refuses ragged rows and leaves given twice."""
    if not rows or not rows[0]:
        raise Refusal("hierarchy_empty", column=name)
    width = len(rows[0])
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        if len(row) != width:
            raise Refusal("hierarchy_ragged", column=name, row=number, found=len(row), expected=width)
        if row[0] in seen:
            raise Refusal("hierarchy_twice", column=name, value=row[0])
        seen.add(row[0])
    ordered = sorted(rows, key=lambda row: row[0])
    return Hierarchy(name, tuple(row[0] for row in ordered), tuple(zip(*ordered, strict=True)))


def from_arx(name: str, path: Path) -> Hierarchy:
    """Read ARX's format: one line per leaf, levels separated by semicolons, no header."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal("hierarchy_unreadable", column=name, path=path, reason=error) from error
    return from_rows(name, [row for row in csv.reader(text.splitlines(), delimiter=";") if row])
