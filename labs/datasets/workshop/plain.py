"""Data that tells of no person: released as delivered, after a look for what would contradict that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from labs.datasets.deidentification import detectors
from labs.datasets.deidentification.checks import IMPRECISE
from labs.datasets.deidentification.findings import Finding, finding
from labs.datasets.deidentification.reading import encode, refuse_formulas
from labs.datasets.deidentification.wrapped import unwrapped
from labs.datasets.workshop.persons import check_persons
from labs.datasets.workshop.tables import NamedTable


def check_plain(tables: Sequence[NamedTable], *, is_invented: bool = False) -> list[Finding]:
    """Return what shows persons in column names and values. Raises Refusal for formula cells.

    The columns of an invented table may be those of persons: its rows are nobody's.
    """
    out: list[Finding] = []
    for table in tables:
        refuse_formulas((name, encode(table.frame[name])) for name in table.frame.columns)
        for name in table.frame.columns:
            out += [_identifier(hit.kind, name, None, 1, "identifier_header") for hit in detectors.find(name)]
            out += _in_values(table, name)
        if not is_invented:
            out += check_persons(table.name, table.frame)
    return out


def _in_values(table: NamedTable, name: str) -> list[Finding]:
    column = table.frame[name]
    kinds: Counter[str] = Counter()
    example: dict[str, str] = {}
    for value in column.unique().sort().to_list():
        for hit in detectors.find(unwrapped(value)):
            kinds[hit.kind] += 1
            example.setdefault(hit.kind, value)
    return [
        _identifier(kind, name, ((column == example[kind]).arg_max() or 0) + 1, count, "identifier")
        for kind, count in sorted(kinds.items())
    ]


def _identifier(kind: str, column: str, row: int | None, count: int, sentence: str) -> Finding:
    severity = "warn" if kind in IMPRECISE else "stop"
    label = f"{detectors.TOKENS[kind]}({kind})"
    return finding("identifier", severity, column=column, row=row, sentence=sentence, kind=label, count=count)


def plain_numbers(tables: Sequence[NamedTable], findings: Sequence[Finding]) -> dict[str, Any]:
    """Return the numbers of a release that has no classes to measure."""
    return {
        "rows": sum(table.frame.height for table in tables),
        "rows_released": sum(table.frame.height for table in tables),
        "k": None,
        "findings": [found.as_json() for found in findings],
    }
