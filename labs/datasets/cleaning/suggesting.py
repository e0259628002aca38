"""Steps that a table seems to need, for a person to look at: none of them is done unasked."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import polars as pl

from labs.datasets.cleaning.opening import Opened
from labs.datasets.cleaning.plan import Plan, Step, parse_step
from labs.datasets.cleaning.steps import AROUND, LETTERS, SPREADSHEET_ERRORS
from labs.datasets.cleaning.values import date_in, number_in
from labs.datasets.deidentification.dirt import ENDS, is_remark, is_total, is_units
from labs.datasets.deidentification.headings import kind_of_heading
from labs.datasets.deidentification.reading import EMPTY

LOOKED_AT = 5_000
MOSTLY = 0.8
PLAIN_DATE = re.compile(r"\d{4}-\d{2}(?:-\d{2}(?: \d{2}:\d{2}:\d{2})?)?")
PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
CODE = re.compile(r"0\d|\d{16}")
DATE_HEADING = re.compile(r"日期|时间|年月|date|time", re.IGNORECASE)
DATE_SHAPE = re.compile(r"\d\s*[-./年]\s*\d|[〇零一二三四五六七八九]{4}年|\d[- ][A-Za-z]{3}[- ]\d")


def suggested(opened: Opened, plan: Plan) -> Plan:
    """Return the plan with steps for what is seen in the table, behind those that are there;
    none is suggested twice."""
    steps, present = list(plan.steps), {step.do for step in plan.steps}
    units_row = plan.units_row
    if not units_row and opened.frame.height > 1 and is_units(opened.frame.row(0)):
        units_row = opened.numbers[0]
    for step in _steps(opened):
        if step.do not in present:
            steps.append(step)
    return Plan(plan.sheet, plan.header_row, plan.header_rows, units_row, tuple(steps), plan.columns)


def _steps(opened: Opened) -> list[Step]:
    rows = opened.frame.rows()
    records = [row for row in rows if not is_total(row) and not is_remark(row) and not is_units(row)][:LOOKED_AT]
    table = pl.DataFrame(records, schema=opened.frame.schema, orient="row")
    found: list[dict[str, Any]] = []
    if any(is_remark(row) for row in rows[-ENDS:]):
        found.append({"do": "drop_notes"})
    if any(value != value.strip(AROUND) for name in table.columns for value in table[name].unique()):
        found.append({"do": "trim"})
    if any(is_total(row) for row in rows):
        found.append({"do": "drop_totals"})
    dates, numbers, wide = [], [], []
    for name in table.columns:
        values = [value for value in (cell.strip(AROUND) for cell in table[name].unique()) if _says(value)]
        if _seems(values, date_in, PLAIN_DATE) and _looks_like_dates(name, values):
            dates.append(name)
        elif _seems(values, number_in, PLAIN_NUMBER) and not _are_codes(name, values):
            numbers.append(name)
        elif any(value != value.translate(LETTERS) for value in values):
            wide.append(name)
    for do, columns in (("width", wide), ("dates", dates), ("numbers", numbers)):
        if columns:
            found.append({"do": do, "columns": columns})
    return [parse_step(step) for step in found]


def _says(value: str) -> bool:
    return value.lower() not in EMPTY and value not in SPREADSHEET_ERRORS


def _seems(values: list[str], read: Callable[[str], str | None], plain: re.Pattern[str]) -> bool:
    """Return whether most values can be read, and not all of them are written plainly already."""
    readable = sum(read(value) is not None for value in values)
    return bool(values) and readable >= MOSTLY * len(values) and not all(plain.fullmatch(value) for value in values)


def _are_codes(name: str, values: list[str]) -> bool:
    """Digits that are no quantity: with a leading zero, longer than a spreadsheet counts, or under a heading of numbers of people."""
    return kind_of_heading(name) is not None or any(CODE.match(value) for value in values)


def _looks_like_dates(name: str, values: list[str]) -> bool:
    """Return whether days are meant; a bare 45717 is one only where the heading or another value says so."""
    return bool(DATE_HEADING.search(name)) or sum(bool(DATE_SHAPE.search(value)) for value in values) * 2 >= len(values)
