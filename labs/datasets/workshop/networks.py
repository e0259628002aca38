"""Water networks in EPANET's `.inp`: junctions and pipes as tables. Simulation belongs to the lab (wntr)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from labs.datasets.deidentification.messages import Refusal

MOST_BYTES = 64 << 20
JUNCTIONS = ("id", "elevation", "demand", "pattern")
PIPES = ("id", "node1", "node2", "length", "diameter", "roughness", "minor_loss", "status")
PLACES = ("x", "y")


def network_tables(path: Path) -> dict[str, pl.DataFrame]:
    """Return `junctions` (with coordinates) and `pipes` of the network. Raises Refusal."""
    sections = _sections(path)
    places = {row[0]: row[1:3] for row in sections.get("COORDINATES", []) if len(row) >= 3}
    junctions = [_padded(row, JUNCTIONS) + _place(places, row[0]) for row in sections.get("JUNCTIONS", [])]
    pipes = [_padded(row, PIPES) for row in sections.get("PIPES", [])]
    if not junctions or not pipes:
        raise Refusal("file_broken", path=path.name, reason="[JUNCTIONS], [PIPES]")
    return {"junctions": _table(junctions, (*JUNCTIONS, *PLACES)), "pipes": _table(pipes, PIPES)}


def _sections(path: Path) -> dict[str, list[list[str]]]:
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise Refusal("file_large", path=path.name, size=size >> 20, most=MOST_BYTES >> 20)
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refusal("encoding", path=path.name, offset=error.start) from error
    sections: dict[str, list[list[str]]] = {}
    current: list[list[str]] = []
    for line in text.splitlines():
        words = line.partition(";")[0].split()
        if words and words[0].startswith("["):
            current = sections.setdefault(words[0].strip("[]").upper(), [])
        elif words:
            current.append(words)
    return sections


def _padded(row: Sequence[str], columns: Sequence[str]) -> list[str]:
    return [*row[: len(columns)], *[""] * (len(columns) - len(row))]


def _place(places: dict[str, list[str]], node: str) -> list[str]:
    return places.get(node, ["", ""])


def _table(rows: list[list[str]], columns: Sequence[str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
