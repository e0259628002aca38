"""Spreadsheets in which no program takes a cell for a formula: the one place where they are written."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

STARTERS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'", "|", "%")
NO_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
LONGEST_CELL = 32_000
"""Characters that a cell of a workbook can hold, rounded down."""
Value = str | int | float | date | None


def safe_cell(value: object) -> str:
    """The value as text; text that a program might run gets an apostrophe in front."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" \u3000\ufeff").startswith(STARTERS) else text


def table_csv(headings: Sequence[str], rows: Iterable[Sequence[Value]]) -> str:
    """A table as CSV that spreadsheet programs read as UTF-8."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(headings)
    writer.writerows([NO_XML.sub("", safe_cell(value)) for value in row] for row in rows)
    return "\ufeff" + stream.getvalue()


def table_workbook(
    headings: Sequence[str], rows: Iterable[Sequence[Value]], *, widths: Sequence[int], title: str
) -> bytes:
    """A table as a workbook, headings and first column frozen. Text is always text, numbers and days are what they are."""
    return sheets_workbook([Sheet(title, headings, rows, widths)])


@dataclass(frozen=True)
class Sheet:
    """One table of a workbook."""

    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Value]]
    widths: Sequence[int]


def sheets_workbook(sheets: Sequence[Sheet]) -> bytes:
    """Tables as a workbook, a sheet each; the first one is shown on opening."""
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)
    for number, table in enumerate(sheets):
        sheet = first if number == 0 else book.create_sheet()
        sheet.title = _writable(table.title)[:31]
        _fill(sheet, table.headings, table.rows, table.widths)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _fill(sheet: Worksheet, headings: Sequence[str], rows: Iterable[Sequence[Value]], widths: Sequence[int]) -> None:
    for column, heading in enumerate(headings, start=1):
        cell = write_text(_cell(sheet, 1, column), heading)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="0D4F5E")
        sheet.column_dimensions[cell.column_letter].width = widths[column - 1]
    sheet.freeze_panes = "B2"
    line = 1
    for line, row in enumerate(rows, start=2):
        for column, value in enumerate(row, start=1):
            _write(_cell(sheet, line, column), value)
    sheet.auto_filter.ref = f"A1:{_cell(sheet, line, len(headings)).coordinate}"


def write_text(cell: Cell, text: str) -> Cell:
    """This will write text as text, whatever it begins with: typed as a string and marked so for later edits.

    Tabs and line breaks become blanks, other control characters go: they hide what a cell begins with.
    """
    clean = _writable(" ".join(text.split("\t"))).replace("\r", " ").replace("\n", " ").strip()
    cell.value = clean[:LONGEST_CELL]
    cell.data_type = "s"
    cell.number_format = "@"
    cell.quotePrefix = True
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    return cell


def _writable(text: str) -> str:
    """The text without what XML cannot hold (U+FFFE, U+FFFF, lone surrogates, control characters): files stay whole."""
    return NO_XML.sub("", ILLEGAL_CHARACTERS_RE.sub("", text))


def _write(cell: Cell, value: Value) -> None:
    if isinstance(value, str):
        write_text(cell, value)
    elif value is not None:
        cell.value = value
        cell.number_format = _format(value)


def _format(value: int | float | date) -> str:
    if isinstance(value, datetime):
        return "yyyy-mm-dd hh:mm"
    if isinstance(value, date):
        return "yyyy-mm-dd"
    return "0.##" if isinstance(value, float) else "0"


def _cell(sheet: Worksheet, line: int, column: int) -> Cell:
    cell = sheet.cell(row=line, column=column)
    assert not isinstance(cell, MergedCell)  # nothing is merged here
    return cell
