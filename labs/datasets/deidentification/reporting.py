"""The report of a build: what was measured on the finished release, and numbers to draw it with."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Sequence
from typing import Any

import polars as pl

from labs.datasets.deidentification.findings import Finding
from labs.datasets.deidentification.hierarchies import Codes, Hierarchy
from labs.datasets.deidentification.metrics import Classes, classes_of, discernibility, histogram, risks, spread
from labs.datasets.deidentification.population import Behind
from labs.datasets.deidentification.reading import Table
from labs.datasets.deidentification.recipe import Recipe
from labs.datasets.deidentification.solving import Solution

ENGINE = "4"
BINS = (1, 2, 3, 5, 11, 20, 50, 100, 1000)
RISK_STEPS = (1.0, 0.5, 0.34, 0.2, 0.1, 0.05, 0.02, 0.01)


def levels_of(recipe: Recipe, hierarchies: Sequence[Hierarchy], solution: Solution) -> dict[str, list[int]]:
    """Return the levels that each class column is shown at, counted in its whole hierarchy."""
    out: dict[str, list[int]] = {}
    for column, hierarchy in enumerate(hierarchies):
        low = recipe.columns[hierarchy.name].options.get("min_level") or 0
        out[hierarchy.name] = sorted({node[column] + low for node in solution.nodes})
    return out


def report_of(
    table: Table, recipe: Recipe, solution: Solution, levels: dict[str, list[int]], released: Table,
    classes: Classes, behind: Behind | None,
) -> dict[str, Any]:  # fmt: skip
    """Return everything measured; `finish` adds the findings and the digest of the file."""
    rows, frame = table.frame.height, released.frame
    spreads = _spreads(released, recipe, classes)
    before = classes_of(table, recipe.class_columns)
    if recipe.person:
        before = before.counting(table.together(recipe.person))
    return {
        "engine": ENGINE,
        "dataset": recipe.dataset,
        "input_sha256": table.sha256,
        "recipe_sha256": recipe.sha256,
        "rows": rows,
        "recoding": recipe.recoding,
        "counts": "persons" if recipe.person else "rows",
        "k": classes.k,
        "l": min((found["l_distinct"] for found in spreads.values()), default=None),
        "l_entropy": min((found["l_entropy"] for found in spreads.values()), default=None),
        "t": max((found["t"] for found in spreads.values()), default=None),
        "k_map": behind.k_map if behind else None,
        "delta_presence": behind.delta if behind else None,
        "sensitive": spreads,
        "suppressed_rows": solution.suppressed,
        "suppression": solution.suppressed / rows,
        "levels": levels if recipe.recoding == "local" else {name: found[0] for name, found in levels.items()},
        "ncp": solution.ncp,
        "ncp_columns": dict(zip(recipe.class_columns, solution.ncp_columns, strict=True)),
        "discernibility": discernibility(classes, rows - frame.height, rows),
        "uniques": classes.uniques,
        "risk": risks(classes, behind.people if behind else None),
        "class_sizes": histogram(classes.weights),
        "before": {
            "k": before.k,
            "uniques": before.uniques,
            "risk": risks(before),
            "class_sizes": histogram(before.weights),
        },
        "plots": plots(before, classes),
        "search": {
            "lattice": solution.lattice,
            "checked": solution.checks,
            "passes": len(solution.nodes),
            "is_optimal": solution.is_optimal or not recipe.class_columns,
            "least_ncp": solution.least,
        },
    }


def finish(
    report: dict[str, Any], frame: pl.DataFrame, findings: Sequence[Finding], earlier: Sequence[str], seconds: float
) -> None:
    """Add what is known only when everything else is done."""
    report["output_sha256"] = hashlib.sha256(to_csv(frame)).hexdigest()
    report["rows_released"] = frame.height
    report["columns_released"] = frame.columns
    report["compared_with"] = list(earlier)
    report["findings"] = [finding.as_json() for finding in findings]
    report["seconds"] = round(seconds, 4)


def _spreads(released: Table, recipe: Recipe, classes: Classes) -> dict[str, dict[str, Any]]:
    if not released.frame.height:
        return {}
    orders: dict[str, Sequence[str] | None] = {
        name: (recipe.columns[name].options.get("order") or [])
        if recipe.columns[name].options.get("is_ordered")
        else None
        for name in recipe.sensitive_columns
    }
    return {name: spread(released, classes, name, order) for name, order in orders.items()}


def plots(before: Classes, after: Classes) -> dict[str, Any]:
    """Return the numbers of two pictures with the same bins before and after: rows by class size, rows by risk."""
    return {
        "class_size_bins": [
            f"{low}" if high == low + 1 else (f"≥ {low}" if high > BINS[-1] else f"{low}–{high - 1}")
            for low, high in _bins()
        ],
        "class_size_rows_before": _rows_by_size(before),
        "class_size_rows_after": _rows_by_size(after),
        "risk_at_least": list(RISK_STEPS),
        "risk_share_before": _share_by_risk(before),
        "risk_share_after": _share_by_risk(after),
    }


def _bins() -> list[tuple[int, int]]:
    return [*itertools.pairwise(BINS), (BINS[-1], 1 << 40)]


def _rows_by_size(classes: Classes) -> list[int]:
    rows: Codes = classes.sizes
    return [int(rows[(classes.weights >= low) & (classes.weights < high)].sum()) for low, high in _bins()]


def _share_by_risk(classes: Classes) -> list[float]:
    """Share of the rows whose chance of being picked out is at least each step."""
    total = max(int(classes.sizes.sum()), 1)
    return [round(float(classes.sizes[classes.weights * step <= 1.0].sum()) / total, 6) for step in RISK_STEPS]


def to_csv(frame: pl.DataFrame) -> bytes:
    """Return the table as UTF-8 CSV with a header and line feeds."""
    return frame.write_csv(line_terminator="\n").encode("utf-8")
