"""Where raw data comes from: importers, and the catalog of sources that are known beforehand."""

from __future__ import annotations

from .catalog import CATALOG, SOURCES, Column, DatasetSource, source_of
from .problems import ImportProblem

__all__ = ["CATALOG", "SOURCES", "Column", "DatasetSource", "ImportProblem", "source_of"]
