"""The tables of a raw file, whatever its format: every cell a text, a missing one the empty text."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from labs.datasets.deidentification.messages import Refusal
from labs.datasets.deidentification.reading import Noticed, Table, read_table
from labs.datasets.deidentification.records import MOST_COLUMNS
from labs.datasets.workshop.features import frame_of, geojson_table
from labs.datasets.workshop.networks import network_tables
from labs.datasets.workshop.places import points_table

FORMATS = ("csv", "xlsx", "parquet", "json", "geojson", "inp", "pbf")
MOST_JSON_BYTES = 512 << 20
MAIN = "data"
"""Name of the table of a file that holds one."""


@dataclass(frozen=True)
class NamedTable:
    """One table of a raw file."""

    name: str
    frame: pl.DataFrame
    noticed: tuple[Noticed, ...] = ()


def format_of(file_name: str) -> str:
    """Return the format that a file's name tells. Raises Refusal."""
    name = file_name.lower().removesuffix(".gz")
    for suffix, form in ((".osm.pbf", "pbf"), (".geojson", "geojson"), (".tsv", "csv"), (".txt", "csv")):
        if name.endswith(suffix):
            return form
    form = name.rpartition(".")[2]
    if form not in FORMATS:
        raise Refusal("format_unknown", path=file_name)
    return form


def read_tables(path: Path, form: str, sha256: str) -> list[NamedTable]:
    """Return every table of the file; refuses what cannot be read, naming the place."""
    if form in ("csv", "xlsx", "parquet"):
        table = read_table(path, form)
        return [NamedTable(MAIN, table.frame, table.noticed)]
    if form == "geojson":
        frame, noticed = geojson_table(path, _load(path))
        return [_checked(path, MAIN, frame, noticed)]
    readers: Mapping[str, Callable[[Path], dict[str, pl.DataFrame]]] = {
        "json": lambda file: {MAIN: _json_table(file)},
        "inp": network_tables,
        "pbf": lambda file: {MAIN: points_table(file)},
    }
    return [_checked(path, name, frame) for name, frame in readers[form](path).items()]


def as_engine_table(table: NamedTable, sha256: str) -> Table:
    """Return the table as the engine takes it, under the digest of the raw file."""
    return Table(table.frame, sha256, noticed=table.noticed)


def _checked(path: Path, name: str, frame: pl.DataFrame, noticed: tuple[Noticed, ...] = ()) -> NamedTable:
    if not frame.height or not frame.width:
        raise Refusal("file_empty", path=path.name)
    if frame.width > MOST_COLUMNS:
        raise Refusal("columns_many", path=path.name, found=frame.width, most=MOST_COLUMNS)
    return NamedTable(name, frame, noticed)


def _load(path: Path) -> Any:
    size = path.stat().st_size
    if size > MOST_JSON_BYTES:
        raise Refusal("file_large", path=path.name, size=size >> 20, most=MOST_JSON_BYTES >> 20)
    try:
        return json.loads(path.read_text("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Refusal("file_broken", path=path.name, reason=" ".join(str(error).split())) from error


def _json_table(path: Path) -> pl.DataFrame:
    document = _load(path)
    if isinstance(document, dict):
        lists = [value for value in document.values() if isinstance(value, list) and value]
        document = lists[0] if len(lists) == 1 else None
    if not isinstance(document, list) or not all(isinstance(row, dict) for row in document):
        raise Refusal("file_broken", path=path.name, reason='[{"…": …}, …]')
    return frame_of(document)
