"""Recognizes rows of a released table in a text by keyed fingerprints: no value of the table is kept.

A row is known by all of its values in any order, and by pairs of its values that few rows share and that are long
enough to be no accident. So a choice of columns, another order, an index beside them and another separator are
recognized; one column alone, rounded or rewritten values are not.
"""

from __future__ import annotations

import csv
import hashlib
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Self

import numpy as np
from numpy.typing import NDArray

LEAST_ROWS = 20
MOST_ROWS = 100_000
MOST_LINES = 20_000
MOST_COLUMNS = 8
RARE = 3
TELLING = 8

_SPLIT = re.compile(r"[,\t;|]|\s{2,}")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\Z")

Prints = NDArray[np.uint64]


@dataclass(frozen=True)
class Fingerprints:
    """Fingerprints of a table of `rows` rows, of which `sampled` were taken."""

    rows: int
    sampled: int
    whole: Prints
    pairs: Prints

    @classmethod
    def of(cls, rows: Sequence[Sequence[str]], key: bytes) -> Self:
        """Make them; of very long tables of evenly chosen rows."""
        step = max(1, math.ceil(len(rows) / MOST_ROWS))
        chosen = [cells for row in rows[::step] if len(cells := normal(row)) > 1]
        columns = _telling_columns(chosen)
        seen: Counter[int] = Counter()
        for cells in chosen:
            seen.update(_pairs([cells[index] for index in columns if index < len(cells)], key))
        pairs = sorted(print_ for print_, times in seen.items() if times <= RARE)
        whole = sorted({_print(sorted(cells), key) for cells in chosen})
        return cls(len(rows), len(chosen), np.array(whole, dtype=np.uint64), np.array(pairs, dtype=np.uint64))

    @property
    def least(self) -> int:
        """How many recognized lines are a finding."""
        share = self.sampled / self.rows if self.rows else 1
        return max(3, math.ceil(min(LEAST_ROWS, self.rows / 2) * share))


def lines_of(text: str) -> list[list[str]]:
    """Return the cells of the lines of a text that have more than one, evenly chosen where there are very many."""
    lines = text.splitlines()
    step = max(1, math.ceil(len(lines) / MOST_LINES))
    return [cells for line in lines[::step] if len(cells := cells_of(line)) > 1]


def cells_of(line: str) -> list[str]:
    """Return the cells of one line, whatever separates them."""
    if '"' in line and (line.count(",") or line.count(";") or line.count("\t")):
        mark = max(",;\t", key=line.count)
        try:
            return next(csv.reader([line], delimiter=mark), [])
        except csv.Error:
            pass
    return _SPLIT.split(line)


def normal(cells: Iterable[str]) -> list[str]:
    """Return the cells that hold something, numbers in one form."""
    out = []
    for cell in cells:
        text = cell.strip(" \t\r\n\"'()[]{}\ufeff").lower()
        if text and text not in ("nan", "none", "null"):
            out.append(f"{float(text):.10g}" if _NUMBER.match(text) else text)
    return out


def recognized(lines: Iterable[Sequence[str]], known: Fingerprints, key: bytes) -> int:
    """Return how many of the lines are rows of the table."""
    asked: list[int] = []
    owner: list[int] = []
    asked_pairs: list[int] = []
    owner_pairs: list[int] = []
    for number, line in enumerate(lines):
        cells = normal(line)
        for tried in {tuple(sorted(each)) for each in (cells, cells[1:], cells[:-1]) if len(each) > 1}:
            asked.append(_print(tried, key))
            owner.append(number)
        found = _pairs(cells[: MOST_COLUMNS + 2], key)
        asked_pairs += found
        owner_pairs += [number] * len(found)
    hits = {owner[index] for index in _present(asked, known.whole)}
    hits |= {owner_pairs[index] for index in _present(asked_pairs, known.pairs)}
    return len(hits)


def _present(asked: list[int], known: Prints) -> list[int]:
    if not asked or not known.size:
        return []
    wanted = np.array(asked, dtype=np.uint64)
    places = np.minimum(np.searchsorted(known, wanted), known.size - 1)
    return [int(index) for index in np.flatnonzero(known[places] == wanted)]


def _telling_columns(rows: Sequence[Sequence[str]]) -> list[int]:
    width = max((len(row) for row in rows), default=0)
    distinct = [len({row[index] for row in rows if index < len(row)}) for index in range(width)]
    return sorted(sorted(range(width), key=lambda index: -distinct[index])[:MOST_COLUMNS])


def _pairs(cells: Sequence[str], key: bytes) -> list[int]:
    return [
        _print(sorted(pair), key)
        for pair in combinations(cells, 2)
        if len(pair[0]) + len(pair[1]) >= TELLING and pair[0] != pair[1]
    ]


def _print(cells: Iterable[str], key: bytes) -> int:
    text = "\x1f".join(cells).encode(errors="replace")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8, key=key).digest())
