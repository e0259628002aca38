"""A release from a table and a recipe: treat, generalise, suppress, shuffle, check."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from labs.datasets.deidentification import checks
from labs.datasets.deidentification.findings import Finding
from labs.datasets.deidentification.hierarchies import Codes, Hierarchy
from labs.datasets.deidentification.lattice import Demand
from labs.datasets.deidentification.messages import Refusal
from labs.datasets.deidentification.metrics import Classes, classes_of, discernibility, histogram, risks, spread
from labs.datasets.deidentification.reading import Table, encode, is_blank, refuse_formulas
from labs.datasets.deidentification.recipe import Recipe
from labs.datasets.deidentification.solving import SUPPRESSED, Solution, sensitive_demands, shown, solve
from labs.datasets.deidentification.treatments import aggregated, digest, hierarchy_of, treated

ENGINE = "1"


@dataclass(frozen=True)
class Release:
    """The table to publish and everything that was found out while making it."""

    frame: pl.DataFrame
    report: dict[str, Any]
    findings: list[Finding]

    @property
    def is_stopped(self) -> bool:
        """Whether a finding forbids the release."""
        return any(finding.severity == "stop" for finding in self.findings)


@dataclass(frozen=True)
class Draft:
    """A release in the making: columns treated, class columns encoded, levels chosen; rows in the source's order."""

    treated: pl.DataFrame
    hierarchies: list[Hierarchy]
    codes: list[Codes]
    solution: Solution


def build(table: Table, recipe: Recipe, key: bytes | None = None) -> Release:
    """Return the release that `recipe` makes of `table`; the same input, recipe and key give the same bytes.

    Raises Refusal for input that cannot be used and Unreachable when no release meets the demand.
    """
    started = time.perf_counter()
    _refuse_mismatch(table, recipe)
    draft = draft_release(table, recipe, key)
    rows, frame = publish(table, recipe, draft, key)
    classes = classes_of(frame, recipe.class_columns)
    frame = _with_aggregates(frame, recipe, classes)
    findings = checks.check_release(checks.Subject(table.frame, recipe, frame, rows, classes, _levels(recipe, draft)))
    findings += checks.check_remainder(recipe, draft.solution.suppressed)
    report = _report(table, recipe, draft, frame, classes)
    findings += checks.check_claim(recipe, report)
    report["findings"] = [finding.as_json() for finding in findings]
    report["seconds"] = round(time.perf_counter() - started, 4)
    return Release(frame, report, findings)


def _refuse_mismatch(table: Table, recipe: Recipe) -> None:
    for name in recipe.columns:
        if name not in table.frame.columns:
            raise Refusal("recipe_stranger", column=name)
    for name in table.frame.columns:
        if name not in recipe.columns:
            raise Refusal("role_missing", column=name)
    if recipe.k > table.frame.height:
        raise Refusal("k_larger", k=recipe.k, rows=table.frame.height)
    published = [name for name, rule in recipe.columns.items() if rule.is_published]
    if not published:
        raise Refusal("recipe_field", place="/columns", reason="drop × all")
    refuse_formulas(table.frame.select(published))
    for name in published:
        role = recipe.columns[name].role
        if role not in ("plain", "text") and is_blank(table.frame[name].unique().to_list()):
            raise Refusal("column_empty", column=name, role=role)


def draft_release(table: Table, recipe: Recipe, key: bytes | None) -> Draft:
    """Treat the columns outside the classes and choose the levels of those inside."""
    others = [rule for rule in recipe.columns.values() if rule.is_published and not rule.forms_classes]
    columns = [treated(rule, table.frame, recipe, key).alias(rule.name) for rule in others]
    frame = pl.DataFrame(columns) if columns else pl.DataFrame()
    hierarchies, codes = [], []
    for name in recipe.class_columns:
        found, labels = encode(table.frame[name])
        hierarchy = hierarchy_of(recipe.columns[name], labels, recipe.folder)
        hierarchies.append(hierarchy)
        codes.append(np.array([hierarchy.code_of[label] for label in labels], np.int64)[found])
    if not hierarchies:
        nothing = Solution(np.zeros((table.frame.height, 0), np.int16), (), 0, 0, 0, 0.0, ())
        return Draft(frame, [], [], nothing)
    demand = Demand(recipe.k, sensitive_demands(recipe, frame), recipe.suppression_max)
    solution = solve(hierarchies, codes, demand, is_local=recipe.recoding == "local")
    return Draft(frame, hierarchies, codes, solution)


def publish(table: Table, recipe: Recipe, draft: Draft, key: bytes | None) -> tuple[Codes, pl.DataFrame]:
    """Return the source row behind every published row, and the published table in its final order."""
    levels = draft.solution.levels
    by_name = {
        h.name: shown(h, c, levels[:, i]) for i, (h, c) in enumerate(zip(draft.hierarchies, draft.codes, strict=True))
    }
    names = [name for name in table.frame.columns if recipe.columns[name].is_published]
    frame = pl.DataFrame([by_name[name] if name in by_name else draft.treated[name] for name in names])
    rows = np.arange(table.frame.height)
    if draft.hierarchies and not recipe.masks_suppressed:
        rows = rows[levels[:, 0] != SUPPRESSED]
    if recipe.shuffles_rows:
        seed = digest(key or b"chengxue", "order", table.sha256, recipe.sha256)
        noise = np.random.PCG64(int.from_bytes(seed[:16], "big")).random_raw(len(rows))
        rows = rows[np.argsort(noise, kind="stable")]
    return rows, frame[rows]


def _with_aggregates(frame: pl.DataFrame, recipe: Recipe, classes: Classes) -> pl.DataFrame:
    rules = [rule for rule in recipe.columns.values() if rule.treatment == "aggregate"]
    groups = classes.of_row.tolist()
    return frame.with_columns([aggregated(rule, frame[rule.name], groups) for rule in rules])


def _levels(recipe: Recipe, draft: Draft) -> dict[str, list[int]]:
    """Return the levels that each class column is shown at, counted in its whole hierarchy."""
    out: dict[str, list[int]] = {}
    for column, hierarchy in enumerate(draft.hierarchies):
        low = recipe.columns[hierarchy.name].options.get("min_level") or 0
        out[hierarchy.name] = sorted({node[column] + low for node in draft.solution.nodes})
    return out


def _report(table: Table, recipe: Recipe, draft: Draft, frame: pl.DataFrame, classes: Classes) -> dict[str, Any]:
    solution = draft.solution
    levels = _levels(recipe, draft)
    is_local = recipe.recoding == "local"
    spreads = _spreads(frame, recipe, classes)
    before = classes_of(table.frame, recipe.class_columns)
    removed = table.frame.height - frame.height
    return {
        "engine": ENGINE,
        "dataset": recipe.dataset,
        "input_sha256": table.sha256,
        "recipe_sha256": recipe.sha256,
        "output_sha256": hashlib.sha256(to_csv(frame)).hexdigest(),
        "rows": table.frame.height,
        "rows_released": frame.height,
        "columns_released": frame.columns,
        "recoding": recipe.recoding,
        "k": classes.k,
        "l": min((found["l_distinct"] for found in spreads.values()), default=None),
        "l_entropy": min((found["l_entropy"] for found in spreads.values()), default=None),
        "t": max((found["t"] for found in spreads.values()), default=None),
        "sensitive": spreads,
        "suppressed_rows": solution.suppressed,
        "suppression": solution.suppressed / table.frame.height,
        "levels": levels if is_local else {name: found[0] for name, found in levels.items()},
        "ncp": solution.ncp,
        "ncp_columns": {h.name: loss for h, loss in zip(draft.hierarchies, solution.ncp_columns, strict=True)},
        "discernibility": discernibility(classes, removed, table.frame.height),
        "uniques": classes.uniques,
        "risk": risks(classes),
        "class_sizes": histogram(classes.sizes),
        "before": {
            "k": before.k,
            "uniques": before.uniques,
            "risk": risks(before),
            "class_sizes": histogram(before.sizes),
        },
        "search": {"lattice": solution.lattice, "checked": solution.checks, "passes": len(solution.nodes)},
    }


def _spreads(frame: pl.DataFrame, recipe: Recipe, classes: Classes) -> dict[str, dict[str, Any]]:
    if not frame.height:
        return {}
    orders: dict[str, Sequence[str] | None] = {
        name: (recipe.columns[name].options.get("order") or [])
        if recipe.columns[name].options.get("is_ordered")
        else None
        for name in recipe.sensitive_columns
    }
    return {name: spread(frame, classes, name, order) for name, order in orders.items()}


def to_csv(frame: pl.DataFrame) -> bytes:
    """Return the table as UTF-8 CSV with a header and line feeds."""
    return frame.write_csv(line_terminator="\n").encode("utf-8")
