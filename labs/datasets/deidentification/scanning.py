"""Every identifier in every text cell of a table, with offsets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from labs.datasets.deidentification import detectors
from labs.datasets.deidentification.reading import Table


def scan(table: Table, columns: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Return what was found, by row (from 1, header not counted), column and offset in characters."""
    order = {name: index for index, name in enumerate(table.frame.columns)}
    out: list[dict[str, Any]] = []
    for name in columns or table.frame.columns:
        codes, labels = table.encoded(name)
        found = {code: hits for code, label in enumerate(labels) if (hits := detectors.find(label))}
        if not found:
            continue
        for row, code in enumerate(codes.tolist(), start=1):
            for hit in found.get(code, ()):
                out.append({"row": row, "column": name, "kind": hit.kind, "start": hit.start, "end": hit.end})
    return sorted(out, key=lambda hit: (hit["row"], order[hit["column"]], hit["start"]))
