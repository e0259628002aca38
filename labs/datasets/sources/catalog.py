"""The catalog of sources that are known beforehand, read from `ready/*.toml`, each with its pinned digest."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "ready"
ORDER = ("birmingham-parking", "beijing-pm25", "ky4-network", "helsinki-amenities")
"""The datasets that every installation begins with, the first lab's first."""


@dataclass(frozen=True)
class Column:
    """A column as people read it; `table` is empty in files of one table."""

    name: str
    description: str
    description_en: str
    table: str = ""

    @property
    def key(self) -> str:
        """How the dictionary of a draft names it."""
        return f"{self.table or 'data'}/{self.name}"


@dataclass(frozen=True)
class DatasetSource:
    """A dataset that somebody published: where it lies, what it is, and what to do with it."""

    code: str
    title: str
    title_en: str
    description: str
    description_en: str
    topic: str
    source: str
    source_url: str
    license: str
    address: str
    sha256: str
    columns: tuple[Column, ...]
    file_name: str = ""
    license_url: str = ""
    attribution: str = ""
    legal_basis: str = ""
    refresh: str = "once"
    crs: str = ""
    has_persons: bool = False
    reason: str = ""
    reason_en: str = ""
    recipe: Mapping[str, Any] = field(default_factory=dict)

    @property
    def dictionary(self) -> dict[str, dict[str, str]]:
        """Descriptions as a draft keeps them."""
        return {
            column.key: {name: value for name, value in asdict(column).items() if name.startswith("description")}
            for column in self.columns
        }


def read_source(path: Path) -> DatasetSource:
    """Return the source that a file describes; its recipe lies beside it as `<code>.recipe.json`."""
    document = tomllib.loads(path.read_text("utf-8"))
    columns = tuple(Column(**column) for column in document.pop("columns"))
    recipe = path.with_suffix(".recipe.json")
    steps = json.loads(recipe.read_text("utf-8")) if recipe.is_file() else {}
    return DatasetSource(**document, columns=columns, recipe=steps)


CATALOG: dict[str, DatasetSource] = {
    source.code: source for source in (read_source(path) for path in sorted(FOLDER.glob("*.toml")))
}
SOURCES: tuple[DatasetSource, ...] = tuple(CATALOG[code] for code in ORDER)


def source_of(code: str) -> DatasetSource | None:
    """Return the entry of a dataset's code."""
    return CATALOG.get(code)
