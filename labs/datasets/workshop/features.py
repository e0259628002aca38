"""Rows of objects as a table, and the features of a GeoJSON file with their coordinates."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from labs.datasets.deidentification.messages import Refusal
from labs.datasets.deidentification.reading import Noticed

PLACED = ("longitude", "latitude", "geometry")
"""Columns that the coordinates fill."""
WGS84 = re.compile(r"CRS:?84|OGC:1\.3:CRS84|(?:EPSG:+(?:[\d.]*:)?|^)4326$", re.IGNORECASE)


def geojson_table(path: Path, document: Any) -> tuple[pl.DataFrame, tuple[Noticed, ...]]:
    """Return the features as rows and what is odd about them; an own property never gives way. Raises Refusal."""
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
        raise Refusal("file_broken", path=path.name, reason="FeatureCollection → features")
    own = {str(name) for feature in features for name in (feature.get("properties") or {})}
    renamed = {name: _free(name, own) for name in PLACED if name in own}
    noticed: list[Noticed] = [("own_column", {"column": name, "other": other}) for name, other in renamed.items()]
    system = _system(document.get("crs"))
    if system and not WGS84.search(system):
        noticed.append(("crs", {"value": system}))
    return frame_of([_feature_row(feature, renamed) for feature in features]), tuple(noticed)


def _free(name: str, own: set[str]) -> str:
    other = f"properties.{name}"
    while other in own:
        other = f"properties.{other}"
    return other


def _system(crs: Any) -> str:
    """Return the name of the reference system that a file of the older standard gives; empty where it gives none."""
    if not isinstance(crs, dict):
        return "" if crs is None else json.dumps(crs, ensure_ascii=False)[:100]
    properties = crs.get("properties")
    named = isinstance(properties, dict) and (
        properties.get("name") or properties.get("href") or properties.get("code")
    )
    return str(named or json.dumps(crs, ensure_ascii=False))[:100]


def _feature_row(feature: Mapping[str, Any], renamed: Mapping[str, str]) -> dict[str, Any]:
    row = {renamed.get(str(name), str(name)): value for name, value in (feature.get("properties") or {}).items()}
    geometry = feature.get("geometry") or {}
    coordinates = geometry.get("coordinates")
    if geometry.get("type") == "Point" and isinstance(coordinates, list) and len(coordinates) >= 2:
        return row | {"longitude": coordinates[0], "latitude": coordinates[1]}
    return row | {"geometry": geometry or None}


def frame_of(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Return a table of text with a column for every name that any of the objects has."""
    names = list(dict.fromkeys(str(name) for row in rows for name in row))
    return pl.DataFrame(
        {name: [_cell(row.get(name)) for row in rows] for name in names}, schema=dict.fromkeys(names, pl.String)
    )


def _cell(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return json.dumps(value, ensure_ascii=False)
