"""Rows of a visible sheet of a workbook, the first unless another is named."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from labs.datasets.deidentification.messages import Refusal

MERGED = re.compile(rb'<mergeCell\b[^>]*\bref="([A-Z]+\d+:[A-Z]+\d+)"')
EXACT = 2**53
"""From here on a spreadsheet's number is a rough one; a long identifier that became a number has lost its end."""


@dataclass(frozen=True)
class Sheet:
    """The cells of one sheet as text, row by row as they stand, and the names of the visible sheets beside it."""

    name: str
    others: tuple[str, ...]
    rows: list[list[str]]

    def header_and_rows(self, path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
        """Return the header and, with their numbers in the sheet, the rows that say anything."""
        if not self.rows:
            raise Refusal("file_empty", path=path)
        header = list(self.rows[0])
        while header and not header[-1]:
            header.pop()
        return header, [(number, row) for number, row in enumerate(self.rows[1:], start=2) if any(row)]


def sheet_of(path: Path, content: bytes, name: str = "", *, fills_from: int = 2) -> Sheet:
    """Return the sheet; the value of a merged cell stands in every cell that it covers, from row `fills_from` on.

    Raises Refusal for a workbook without that visible sheet, and what zipfile and openpyxl raise for a broken one.
    """
    import openpyxl  # only spreadsheets need it, and it is slow to load

    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False)
    # A hidden sheet may hold what was not meant to be handed over.
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    chosen = [sheet for sheet in visible if name in ("", sheet.title)]
    if not visible:
        raise Refusal("file_empty", path=path)
    if not chosen:
        raise Refusal("sheet_unknown", sheet=name, sheets="、".join(sheet.title for sheet in visible))
    sheet = chosen[0]
    sheet.reset_dimensions()  # what a sheet says of its size is not trusted
    rows = [[_cell(value) for value in row] for row in sheet.iter_rows(values_only=True)]
    _fill_merged(rows, content, sheet, fills_from)
    return Sheet(sheet.title, tuple(other.title for other in visible if other is not sheet), rows)


def _fill_merged(rows: list[list[str]], content: bytes, sheet: Any, fills_from: int) -> None:
    """Write the value of a merged body cell into all it covers: whoever reads row by row finds blanks there."""
    from openpyxl.utils import range_boundaries

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        text = archive.read(sheet._worksheet_path.lstrip("/"))
    for place in MERGED.findall(text):
        bounds = range_boundaries(place.decode())
        left, top, right, bottom = (int(bound or 0) for bound in bounds)
        if top < fills_from or right - left > 1000:
            continue
        first = rows[top - 1] if top <= len(rows) else []
        value = first[left - 1] if left <= len(first) else ""
        for row in rows[top - 1 : bottom]:
            row.extend([""] * (right - len(row)))
            row[left - 1 : right] = [value] * (right - left + 1)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        # A spreadsheet has no plain date: midnight is what it makes of one.
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        # Fifteen digits are all that it keeps; written out, the others would look like digits of an identifier.
        return str(int(value)) if abs(value) < EXACT else f"{value:.14E}".replace("E+0", "E+")
    return str(value)
