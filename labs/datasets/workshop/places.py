"""OpenStreetMap extracts: what has an amenity, as a table of points in WGS-84."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import osmium
import polars as pl

from labs.datasets.deidentification.messages import Refusal

COLUMNS = (
    "osm_type",
    "osm_id",
    "amenity",
    "name",
    "longitude",
    "latitude",
    "access",
    "fee",
    "opening_hours",
    "wheelchair",
)
TAGS = ("access", "fee", "opening_hours", "wheelchair")
DIGITS = 7
"""OpenStreetMap keeps seven places behind the point, about a centimeter."""


class _Amenities(osmium.SimpleHandler):
    """Collects nodes with an amenity, and ways with one at the middle of their nodes."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []

    def node(self, node: Any) -> None:
        """Keep a node."""
        if "amenity" in node.tags:
            self._keep("node", node, node.location.lon, node.location.lat)

    def way(self, way: Any) -> None:
        """Keep a way whose nodes are in the extract."""
        if "amenity" not in way.tags:
            return
        nodes = list(way.nodes)
        if len(nodes) > 1 and nodes[0].ref == nodes[-1].ref:
            nodes = nodes[:-1]
        places = [(node.lon, node.lat) for node in nodes if node.location.valid()]
        if places:
            self._keep("way", way, _mean(lon for lon, _ in places), _mean(lat for _, lat in places))

    def _keep(self, kind: str, found: Any, longitude: float, latitude: float) -> None:
        tags = found.tags
        self.rows.append(
            [
                kind,
                str(found.id),
                tags.get("amenity"),
                _plain(tags.get("name", "")),
                f"{longitude:.{DIGITS}f}",
                f"{latitude:.{DIGITS}f}",
                *(_plain(tags.get(name, "")) for name in TAGS),
            ]
        )


def points_table(path: Path) -> pl.DataFrame:
    """Return the amenities of an `.osm.pbf` by kind and number. Raises Refusal."""
    handler = _Amenities()
    try:
        handler.apply_file(str(path), locations=True)
    except (RuntimeError, OSError) as error:
        raise Refusal("file_broken", path=path.name, reason=" ".join(str(error).split())) from error
    rows = sorted(handler.rows, key=lambda row: (row[0], int(row[1])))
    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")


def _plain(text: str) -> str:
    """Return the text without what would make it a formula when a spreadsheet opens the table."""
    return text.lstrip("=@+-\t\r ")


def _mean(numbers: Iterable[float]) -> float:
    found = list(numbers)
    return sum(found) / len(found)
