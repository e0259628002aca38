"""Rows of the first visible sheet of a workbook."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

from labs.datasets.deidentification.messages import Refusal

MERGED = re.compile(rb'<mergeCell\b[^>]*\bref="([A-Z]+\d+:[A-Z]+\d+)"')


def rows_of(path: Path, content: bytes) -> list[list[str]]:
    """Return header and rows that say anything; the value of a merged cell stands in every cell that it covers.

    Raises Refusal for a workbook without a visible sheet, and what zipfile and openpyxl raise for a broken one.
    """
    import openpyxl  # only spreadsheets need it, and it is slow to load

    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False)
    # A hidden sheet may hold what was not meant to be handed over.
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not visible:
        raise Refusal("file_empty", path=path)
    sheet = visible[0]
    sheet.reset_dimensions()  # what a sheet says of its size is not trusted
    rows = [[_cell(value) for value in row] for row in sheet.iter_rows(values_only=True)]
    if not rows:
        raise Refusal("file_empty", path=path)
    while rows[0] and not rows[0][-1]:
        rows[0].pop()
    _fill_merged(rows, content, sheet)
    return [rows[0], *(row for row in rows[1:] if any(row))]


def _fill_merged(rows: list[list[str]], content: bytes, sheet: Any) -> None:
    """Write the value of a merged body cell into all it covers: whoever reads row by row finds blanks there."""
    from openpyxl.utils import range_boundaries

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        text = archive.read(sheet._worksheet_path.lstrip("/"))
    for place in MERGED.findall(text):
        bounds = range_boundaries(place.decode())
        left, top, right, bottom = (int(bound or 0) for bound in bounds)
        if top < 2 or right - left > 1000:
            continue
        first = rows[top - 1] if top <= len(rows) else []
        value = first[left - 1] if left <= len(first) else ""
        for row in rows[top - 1 : bottom]:
            row.extend([""] * (right - len(row)))
            row[left - 1 : right] = [value] * (right - left + 1)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
