"""A raw file as rows of cells with their numbers in the file, whatever stands above, below and beside the table."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from labs.datasets.cleaning.plan import Plan
from labs.datasets.deidentification.encodings import to_utf8
from labs.datasets.deidentification.messages import Refusal
from labs.datasets.deidentification.reading import opened_sheet, read_table, unpacked
from labs.datasets.workshop.tables import read_tables

LOOSE = ("csv", "xlsx")
MOST_LOOSE_BYTES = 256 << 20
SEPARATORS = ",;\t|，；｜"
LOOKED_AT = 50
NEARLY = 0.8


@dataclass(frozen=True)
class Bad:
    """A place that cannot be used as it is: row in the file, column, value, and the key of what is wrong."""

    row: int
    column: str
    value: str
    why: str
    step: int = -1


@dataclass(frozen=True)
class Opened:
    """The table in the file, its rows' numbers there, and what was odd about it."""

    frame: pl.DataFrame
    numbers: pl.Series
    bad: tuple[Bad, ...] = ()
    units: dict[str, str] = field(default_factory=dict)
    renamed: tuple[tuple[str, str], ...] = ()
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    header_row: int = 1
    top: tuple[tuple[int, tuple[str, ...]], ...] = ()
    """The first rows of the file as they stand, for whoever has to say which is the header."""


def open_file(path: Path, form: str, plan: Plan) -> Opened:
    """Return the table that the plan points to. Raises Refusal for what is no table at all."""
    if form not in LOOSE:
        frame = read_tables(path, form, "")[0].frame
        return Opened(frame, _numbers(range(2, frame.height + 2)), top=_top([(1, frame.columns)]))
    if form == "csv" and plan.header_row <= 1 and plan.header_rows == 1 and not plan.units_row:
        try:
            frame = read_table(path, form).frame
        except Refusal:
            if path.stat().st_size > MOST_LOOSE_BYTES:
                raise
        else:
            if all(name == name.strip() for name in frame.columns):
                return _read_at_once(path, frame)
    if path.stat().st_size > MOST_LOOSE_BYTES:
        raise Refusal("file_large", path=path, size=path.stat().st_size >> 20, most=MOST_LOOSE_BYTES >> 20)
    if form == "csv":
        return _table(path, _records(path), plan)
    sheet = opened_sheet(path, path.read_bytes(), plan.sheet, fills_from=1)
    rows = [(number, row) for number, row in enumerate(sheet.rows, start=1)]
    return _table(path, rows, plan, sheet.name, (sheet.name, *sheet.others))


def _read_at_once(path: Path, frame: pl.DataFrame) -> Opened:
    """Return a table that stands as tables should: nothing above it, nothing beside it."""
    first = [(number, list(row)) for number, row in enumerate(frame.head(LOOKED_AT).rows(), start=2)]
    numbers = _numbers(range(2, frame.height + 2))
    said = frame.select(pl.any_horizontal(pl.all().str.strip_chars() != "")).to_series()
    if not said.any():
        raise Refusal("file_empty", path=path)
    return Opened(frame.filter(said), numbers.filter(said), top=_top([(1, frame.columns), *first]))


def _records(path: Path) -> list[tuple[int, list[str]]]:
    text = to_utf8(path, unpacked(path, path.read_bytes())).decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    head = re.sub(r'"[^"]*"', "", text[:20_000]).split("\n")[:LOOKED_AT]
    separator = max(SEPARATORS, key=lambda mark: _agreement(head, mark))
    try:
        return list(enumerate(csv.reader(io.StringIO(text), delimiter=separator), start=1))
    except csv.Error as error:
        raise Refusal("file_broken", path=path, reason=error) from error


def _agreement(lines: Sequence[str], mark: str) -> int:
    """Return how many of the lines have the commonest number of the mark that is not none, times that number."""
    counts = Counter(line.count(mark) for line in lines if mark in line)
    return max((lines_with * marks for marks, lines_with in counts.items()), default=0)


def _table(
    path: Path, rows: list[tuple[int, list[str]]], plan: Plan, sheet: str = "", sheets: tuple[str, ...] = ()
) -> Opened:
    place = _header_place(rows, plan)
    heads = [cells for _, cells in rows[place : place + plan.header_rows]]
    below = place + plan.header_rows
    units = next((cells for number, cells in rows if number == plan.units_row), [])
    body = [
        (number, cells)
        for number, cells in rows[below:]
        if number != plan.units_row and any(cell.strip() for cell in cells)
    ]
    width = max((len(cells) for cells in heads), default=0)
    names, renamed, kept = _headings(heads, width, body)
    if not body or not names:
        raise Refusal("file_empty", path=path)
    bad = [_uneven(number, cells, width) for number, cells in body if any(cell.strip() for cell in cells[width:])]
    columns = {
        name: [cells[index] if index < len(cells) else "" for _, cells in body]
        for name, index in zip(names, kept, strict=True)
    }
    frame = pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String))
    named = {
        name: units[index].strip()
        for name, index in zip(names, kept, strict=True)
        if index < len(units) and units[index].strip()
    }
    return Opened(
        frame,
        _numbers(number for number, _ in body),
        tuple(bad),
        named,
        tuple(renamed),
        sheet,
        sheets,
        rows[place][0],
        _top(rows[:LOOKED_AT]),
    )


def _header_place(rows: list[tuple[int, list[str]]], plan: Plan) -> int:
    """Return where the header begins: the row that the plan names,
    else the first that is nearly as full as most rows are."""
    if plan.header_row:
        return min(plan.header_row - 1, max(len(rows) - 1, 0))
    filled = [len({cell.strip() for cell in cells if cell.strip()}) for _, cells in rows[:LOOKED_AT]]
    common = Counter(count for count in filled if count)
    usual = max(common, key=lambda count: (common[count], count), default=0)
    return next((place for place, count in enumerate(filled) if count and count >= NEARLY * usual), 0)


def _headings(
    heads: list[list[str]], width: int, body: list[tuple[int, list[str]]]
) -> tuple[list[str], list[tuple[str, str]], list[int]]:
    """Return a name for every column that holds anything; what had to be named anew; the places of the columns kept."""
    names: list[str] = []
    renamed, kept = [], []
    for index in range(width):
        parts = [cells[index].strip() for cells in heads if index < len(cells) and cells[index].strip()]
        written = "_".join(dict.fromkeys(" ".join(part.split()) for part in parts))
        if not written and not any(index < len(cells) and cells[index].strip() for _, cells in body):
            continue
        name = written or f"列{index + 1}"
        number = 2
        while name in names:
            name, number = f"{written or '列'}_{number}", number + 1
        if name != written:
            renamed.append((written, name))
        names.append(name)
        kept.append(index)
    return names, renamed, kept


def _uneven(number: int, cells: list[str], width: int) -> Bad:
    return Bad(number, "", " | ".join(cell for cell in cells[width:] if cell.strip())[:200], "beyond")


def _numbers(numbers: Iterable[int]) -> pl.Series:
    return pl.Series("row", list(numbers), dtype=pl.Int64)


def _top(rows: Sequence[tuple[int, Sequence[str]]]) -> tuple[tuple[int, tuple[str, ...]], ...]:
    return tuple((number, tuple(cells)) for number, cells in rows[:LOOKED_AT])
