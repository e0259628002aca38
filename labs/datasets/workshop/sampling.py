"""Rows before and after that a build puts aside for whoever signs: for every finding those that show it best."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from labs.datasets.deidentification import detectors
from labs.datasets.deidentification.hierarchies import Codes
from labs.datasets.deidentification.reading import Table
from labs.datasets.deidentification.recipe import Recipe

OF_WHOLE, OF_FINDING = 30, 8
MOST_HITS, MOST_FINDINGS = 60, 80
MOST_LABELS = 50_000
LONGEST = 300
RARE = frozenset({"near_unique", "unique_value", "extreme"})
BLOTTED = frozenset({"identifier", "redacted"})


def put_aside(job: Mapping[str, Any], sample: Mapping[str, Any]) -> None:
    """Write the sample where the worker takes it from; a job that names no place keeps none."""
    if job.get("sample"):
        Path(job["sample"]).write_text(json.dumps(sample, ensure_ascii=False), "utf-8")


def sample_of(
    frame: pl.DataFrame,
    findings: Sequence[Mapping[str, Any]],
    source: Table | None = None,
    recipe: Recipe | None = None,
    rows: Codes | None = None,
) -> dict[str, Any]:
    """Return the sampled rows: the release as a whole, then one list per finding; `rows` align it with the source.

    The same release gives the same sample, so that whoever comes back sees the rows that were spoken of.
    """
    released, draw = Table(frame, ""), np.random.default_rng(frame.height)
    hits = _hits(released, recipe)
    before = None if source is None or rows is None else source.frame
    whole = _some(draw, frame.height, OF_WHOLE)
    chosen = [
        _showing(one, released, hits, source, rows, _some(draw, frame.height, OF_FINDING))
        for one in findings[:MOST_FINDINGS]
    ]
    wanted = sorted({*whole, *(row for found in chosen for row in found)})
    persons = source.together(recipe.person)[rows] if source and recipe and recipe.person and rows is not None else None
    return {
        "columns": frame.columns,
        "source_columns": before.columns if before is not None else [],
        "rows": {str(row): _pair(frame, before, row, rows) for row in wanted},
        "whole": whole,
        "findings": chosen,
        "hits": hits[:MOST_HITS],
        "hits_more": max(len(hits) - MOST_HITS, 0),
        "persons": None if persons is None else persons.tolist(),
    }


def _some(draw: np.random.Generator, height: int, count: int) -> list[int]:
    """Return row numbers, from 0, drawn without going back."""
    return sorted(draw.choice(height, size=min(count, height), replace=False).tolist()) if height else []


def _showing(
    found: Mapping[str, Any],
    released: Table,
    hits: list[dict[str, Any]],
    source: Table | None,
    rows: Codes | None,
    others: list[int],
) -> list[int]:
    """Return the rows that show a finding, filled up with others."""
    column, best = found.get("column"), []
    if found.get("row"):
        best.append(int(found["row"]) - 1)
    if column in released.frame.columns:
        if found["check"] in RARE:
            codes, labels = released.encoded(column)
            single = np.bincount(codes, minlength=len(labels)) == 1
            best += np.flatnonzero(single[codes])[:OF_FINDING].tolist()
        if found["check"] in BLOTTED:
            best += [hit["row"] - 1 for hit in hits if hit["column"] == column and hit["row"]][:OF_FINDING]
            best += _blotted(column, source, rows)
    return [row for row in dict.fromkeys([*best, *others]) if row < released.frame.height][:OF_FINDING]


def _blotted(column: str, source: Table | None, rows: Codes | None) -> list[int]:
    """Return released rows whose source holds an identifier in the column: what was blotted out is worth a look."""
    if source is None or rows is None:
        return []
    codes, labels = source.encoded(column)
    holds = np.array(
        [bool(detectors.find(label)) for label in labels[:MOST_LABELS]] + [False] * len(labels[MOST_LABELS:])
    )
    return np.flatnonzero(holds[codes[rows]])[: OF_FINDING // 2].tolist()


def _hits(released: Table, recipe: Recipe | None) -> list[dict[str, Any]]:
    """Return what the detectors still find in the release, with its place; rows count from 1."""
    out: list[dict[str, Any]] = []
    for name in released.frame.columns:
        if recipe is not None and name in recipe.columns and recipe.columns[name].treatment == "pseudonym":
            continue
        codes, labels = released.encoded(name)
        for code, label in enumerate(labels[:MOST_LABELS]):
            for hit in detectors.find(label):
                row = int(np.argmax(codes == code)) + 1 if len(out) < 20 * MOST_HITS else 0
                out.append({"row": row, "column": name, "kind": hit.kind, "text": label[hit.start : hit.end]})
    return sorted(out, key=lambda hit: (not hit["row"], hit["column"], hit["row"]))


def _pair(frame: pl.DataFrame, before: pl.DataFrame | None, row: int, rows: Codes | None) -> dict[str, Any]:
    origin = None if before is None or rows is None else int(rows[row])
    return {
        "after": [str(cell if cell is not None else "")[:LONGEST] for cell in frame.row(row)],
        "before": None if before is None or origin is None else [str(cell)[:LONGEST] for cell in before.row(origin)],
        "source": None if origin is None else origin + 1,
    }
