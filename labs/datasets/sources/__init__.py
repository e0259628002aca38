"""Where raw data comes from: importers, and the catalogue of sources that are known beforehand."""

from __future__ import annotations

from .catalogue import CATALOGUE, SOURCES, Column, DatasetSource, source_of
from .problems import ImportProblem

__all__ = ["CATALOGUE", "SOURCES", "Column", "DatasetSource", "ImportProblem", "source_of"]
