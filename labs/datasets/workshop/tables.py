"""The tables of a raw file, whatever its format: every cell a text, a missing one the empty text."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from labs.datasets.deidentification.messages import Refusal
from labs.datasets.deidentification.reading import MOST_COLUMNS, Table, read_table
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


def format_of(file_name: str) -> str:
    """The format that a file's name tells. Raises Refusal."""
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
        return [NamedTable(MAIN, read_table(path, form).frame)]
    readers: Mapping[str, Callable[[Path], dict[str, pl.DataFrame]]] = {
        "json": lambda file: {MAIN: _json_table(file)},
        "geojson": lambda file: {MAIN: _geojson_table(file)},
        "inp": network_tables,
        "pbf": lambda file: {MAIN: points_table(file)},
    }
    return [_checked(path, name, frame) for name, frame in readers[form](path).items()]


def as_engine_table(table: NamedTable, sha256: str) -> Table:
    """The table as the engine takes it, under the digest of the raw file."""
    return Table(table.frame, sha256)


def _checked(path: Path, name: str, frame: pl.DataFrame) -> NamedTable:
    if not frame.height or not frame.width:
        raise Refusal("file_empty", path=path.name)
    if frame.width > MOST_COLUMNS:
        raise Refusal("columns_many", path=path.name, found=frame.width, most=MOST_COLUMNS)
    return NamedTable(name, frame)


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
    return _frame(document)


def _geojson_table(path: Path) -> pl.DataFrame:
    document = _load(path)
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
        raise Refusal("file_broken", path=path.name, reason="FeatureCollection → features")
    return _frame([_feature_row(feature) for feature in features])


def _feature_row(feature: Mapping[str, Any]) -> dict[str, Any]:
    row = dict(feature.get("properties") or {})
    geometry = feature.get("geometry") or {}
    coordinates = geometry.get("coordinates")
    if geometry.get("type") == "Point" and isinstance(coordinates, list) and len(coordinates) >= 2:
        return row | {"longitude": coordinates[0], "latitude": coordinates[1]}
    return row | {"geometry": geometry or None}


def _frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    names = list(dict.fromkeys(str(name) for row in rows for name in row))
    return pl.DataFrame(
        {name: [_cell(row.get(name)) for row in rows] for name in names}, schema=dict.fromkeys(names, pl.String)
    )


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
