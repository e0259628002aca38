"""Spreadsheets in which no program takes a cell for a formula: the one place where they are written."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

STARTERS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'", "|", "%")
NO_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
LONGEST_CELL = 32_000
"""Characters that a cell of a workbook can hold, rounded down."""
Value = str | int | float | date | None


def safe_cell(value: object) -> str:
    """Return the value as text; text that a program might run gets an apostrophe in front."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" \u3000\ufeff").startswith(STARTERS) else text


def table_csv(headings: Sequence[str], rows: Iterable[Sequence[Value]]) -> str:
    """Return a table as CSV that spreadsheet programs read as UTF-8."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(headings)
    writer.writerows([NO_XML.sub("", safe_cell(value)) for value in row] for row in rows)
    return "\ufeff" + stream.getvalue()


def table_workbook(
    headings: Sequence[str], rows: Iterable[Sequence[Value]], *, widths: Sequence[int], title: str
) -> bytes:
    """Return a table as a workbook, headings and first column frozen. Text is always text,
    numbers and days are what they are."""
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
    stream = io.BytesIO()
    write_workbook(stream, sheets)
    return stream.getvalue()


def write_workbook(target: io.BytesIO | Path, sheets: Sequence[Sheet]) -> None:
    """Write the workbook to a file. Rows are asked for one after the other and none is kept in memory."""
    book = Workbook(write_only=True)
    try:
        for table in sheets:
            _fill(book.create_sheet(_writable(table.title)[:31]), table)
    except BaseException:
        for sheet in book.worksheets:
            _give_up(sheet)
        raise
    book.save(target)


def _give_up(sheet: Any) -> None:
    """End and remove the temporary file of a sheet that nobody wants any more."""
    sheet.close()
    sheet._writer.cleanup()


def _fill(sheet: Any, table: Sheet) -> None:
    for column, width in enumerate(table.widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "B2"
    styles = _Styles(sheet)
    sheet.append([styles.heading(text) for text in table.headings])
    line = 1
    for row in table.rows:
        line += 1
        sheet.append([styles.cell(value) for value in row])
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.headings))}{line}"


class _Styles:
    """Cells of one sheet. A style is made once for each kind of value: made for each cell it takes most of the time."""

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet
        self._made: dict[str, Any] = {}

    def heading(self, text: str) -> Cell:
        """Return a cell of the first line."""
        cell = _text_cell(self._sheet, text)
        cell.number_format = "@"
        cell.quotePrefix = True
        cell.alignment = Alignment(vertical="top", wrap_text=True)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="0D4F5E")
        return cell

    def cell(self, value: Value) -> Cell | None:
        """Return a cell of a row: text is text, whatever it begins with; numbers and days are what they are."""
        if value is None:
            return None
        is_text = isinstance(value, str)
        cell: Any = _text_cell(self._sheet, value) if isinstance(value, str) else _plain_cell(self._sheet, value)
        kind = "@" if is_text else _format(value)  # type: ignore[arg-type]  # a text never gets there
        if kind not in self._made:
            cell.number_format = kind
            if is_text:
                cell.quotePrefix = True
                cell.alignment = Alignment(vertical="top", wrap_text=True)
            self._made[kind] = cell._style
        cell._style = self._made[kind]
        return cell


def _plain_cell(sheet: Any, value: Any) -> Cell:
    cell: Cell = WriteOnlyCell(sheet, value)
    return cell


def _text_cell(sheet: Any, text: str) -> Cell:
    """Typed as a string and marked so for later edits.

    Tabs and line breaks become blanks, other control characters go: they hide what a cell begins with.
    """
    clean = _writable(" ".join(text.split("\t"))).replace("\r", " ").replace("\n", " ").strip()
    cell: Cell = WriteOnlyCell(sheet, clean[:LONGEST_CELL])
    cell.data_type = "s"
    return cell


def _writable(text: str) -> str:
    """Return the text without what XML cannot hold (U+FFFE, U+FFFF, lone surrogates,
    control characters): files stay whole."""
    return NO_XML.sub("", ILLEGAL_CHARACTERS_RE.sub("", text))


def _format(value: int | float | date) -> str:
    if isinstance(value, datetime):
        return "yyyy-mm-dd hh:mm"
    if isinstance(value, date):
        return "yyyy-mm-dd"
    return "0.##" if isinstance(value, float) else "0"
