"""A release from a table and a recipe: treat, generalize, suppress, shuffle, check."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from labs.datasets.deidentification import cells, checks, reporting
from labs.datasets.deidentification.dirt import check_dirt
from labs.datasets.deidentification.earlier import Earlier, compare_releases
from labs.datasets.deidentification.findings import Finding, with_accepted
from labs.datasets.deidentification.hierarchies import Codes, Hierarchy
from labs.datasets.deidentification.lattice import Demand
from labs.datasets.deidentification.messages import Refusal
from labs.datasets.deidentification.metrics import Classes, classes_of
from labs.datasets.deidentification.population import (
    People,
    check_population,
    people_behind,
    people_of,
    refuse_population,
)
from labs.datasets.deidentification.privacy import Sensitive
from labs.datasets.deidentification.progress import Checkpoint, Progress, silent
from labs.datasets.deidentification.reading import Table, is_blank, refuse_formulas
from labs.datasets.deidentification.recipe import Recipe
from labs.datasets.deidentification.solving import SUPPRESSED, Solution, sensitive_demands, shown, solve
from labs.datasets.deidentification.subjects import Subject
from labs.datasets.deidentification.treatments import aggregated, digest, hierarchy_of, treated

__all__ = ["Draft", "Earlier", "Release", "build", "draft_release", "publish", "to_csv"]
to_csv = reporting.to_csv


@dataclass(frozen=True)
class Release:
    """The table to publish and everything that was found out while making it."""

    frame: pl.DataFrame
    report: dict[str, Any]
    findings: list[Finding]
    rows: Codes | None = None
    """The row of the source behind every released row; None where the release holds counts."""

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
    people: People | None = None


def build(
    table: Table, recipe: Recipe, key: bytes | None = None, *, progress: Progress = silent,
    earlier: Sequence[Earlier] = (), population: Table | None = None, checkpoint: Path | None = None,
) -> Release:  # fmt: skip
    """Return the release that `recipe` makes of `table`; the same input, recipe and key give the same bytes.

    `earlier` are the versions published before, against which differencing is checked. `population` holds the class
    columns of everybody, for k-map, δ-presence and journalist risk. `checkpoint` is a file from which a build that was
    killed goes on. Raises Refusal for input that cannot be used, Unreachable when no release meets the demand, and
    whatever `progress` raises (Cancelled).
    """
    started = time.perf_counter()
    _refuse_mismatch(table, recipe, population)
    progress("treat", 0.02)
    identity = json.dumps([reporting.ENGINE, table.sha256, recipe.sha256, population.sha256 if population else ""])
    saved = Checkpoint.opened(checkpoint, identity)
    draft = draft_release(table, recipe, key, progress=progress, checkpoint=saved, population=population)
    progress("publish", 0.70)
    rows, frame = publish(table, recipe, draft, key)
    released = Table(frame, "")
    classes = _classes(table, recipe, released, rows)
    frame = _with_aggregates(frame, recipe, classes)
    released = Table(frame, "", {name: released.known[name] for name in recipe.class_columns if name in released.known})
    progress("check", 0.80)
    levels = reporting.levels_of(recipe, draft.hierarchies, draft.solution)
    subject = released if not recipe.counts_only else Table(frame.select(recipe.class_columns), "", released.known)
    findings = checks.check_release(Subject(table, recipe, subject, rows, classes, levels))
    findings += check_dirt(table, [name for name, rule in recipe.columns.items() if rule.is_published])
    findings += checks.check_remainder(recipe, draft.solution.suppressed)
    findings += checks.check_optimum(draft.solution)
    findings += cells.check_trajectories(recipe, released, classes)
    persons = table.together(recipe.person) if recipe.person else None
    findings += check_population(draft.people, draft.hierarchies, draft.codes, persons)
    progress("measure", 0.90)
    behind = people_behind(draft.people, draft.hierarchies, draft.codes, draft.solution, rows, classes)
    report = reporting.report_of(table, recipe, draft.solution, levels, released, classes, behind)
    findings += checks.check_claim(recipe, report)
    if earlier:
        progress("compare", 0.93)
        findings += compare_releases(table, recipe, draft.hierarchies, draft.codes, draft.solution, earlier)
    findings = with_accepted(findings, recipe.accepted)
    if recipe.counts_only:
        frame = cells.counted(frame, recipe, classes)
    if population is not None and behind is not None:
        report["population"] = {"sha256": population.sha256, "people": behind.total}
    reporting.finish(report, frame, findings, [one.name for one in earlier], time.perf_counter() - started)
    saved.discard()
    progress("done", 1.0)
    return Release(frame, report, findings, None if recipe.counts_only else rows)


def _refuse_mismatch(table: Table, recipe: Recipe, population: Table | None) -> None:
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
    refuse_population(population, recipe)
    refuse_formulas((name, table.encoded(name)) for name in published)
    for name in published:
        role = recipe.columns[name].role
        if role not in ("plain", "text") and is_blank(table.encoded(name)[1]):
            raise Refusal("column_empty", column=name, role=role)


def draft_release(
    table: Table, recipe: Recipe, key: bytes | None, *, progress: Progress = silent,
    checkpoint: Checkpoint | None = None, population: Table | None = None,
) -> Draft:  # fmt: skip
    """Treat the columns outside the classes and choose the levels of those inside."""
    others = [rule for rule in recipe.columns.values() if rule.is_published and not rule.forms_classes]
    with _row_named(table):
        columns = [treated(rule, table.frame, recipe, key).alias(rule.name) for rule in others]
    frame = pl.DataFrame(columns) if columns else pl.DataFrame()
    hierarchies, codes = [], []
    for name in recipe.class_columns:
        found, labels = table.encoded(name)
        values = labels if population is None else sorted({*labels, *population.encoded(name)[1]})
        with _row_named(table, population):
            hierarchy = hierarchy_of(recipe.columns[name], values, recipe.folder)
        hierarchies.append(hierarchy)
        codes.append(np.array([hierarchy.code_of[label] for label in labels], np.int64)[found])
    if not hierarchies:
        nothing = Solution(np.zeros((table.frame.height, 0), np.int16), (), 0, 0, 0, 0.0, ())
        return Draft(frame, [], [], nothing)
    people = None if population is None else people_of(population, recipe, hierarchies)
    demand = Demand(
        recipe.k, (*sensitive_demands(recipe, frame), *_persons(table, recipe)), recipe.suppression_max,
        people=people, k_map=recipe.k_map, delta=recipe.delta_presence,
    )  # fmt: skip
    solution = solve(
        hierarchies, codes, demand, is_local=recipe.recoding == "local", progress=progress, checkpoint=checkpoint
    )
    return Draft(frame, hierarchies, codes, solution, people)


class _row_named:  # noqa: N801  # reads as what it does
    """Adds the first row that holds the value which a refusal names: of the table, else of the population."""

    def __init__(self, table: Table, population: Table | None = None) -> None:
        self.table, self.population = table, population

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Say where the value stands."""
        if isinstance(error, Refusal) and {"column", "value"} <= set(error.values) and "row" not in error.values:
            column, value = str(error.values["column"]), str(error.values["value"])
            for table in filter(None, (self.table, self.population)):
                rows = (table.frame[column] == value).arg_true().to_list() if column in table.frame.columns else []
                if rows:
                    where = {"row": rows[0] + 1, "is_population": table is self.population}
                    raise Refusal(error.key, **error.values, **where) from error


def _persons(table: Table, recipe: Recipe) -> tuple[Sensitive, ...]:
    """Return the demand that k counts persons, not rows, when the recipe names their column."""
    if not recipe.person:
        return ()
    codes = table.together(recipe.person)
    prior = np.bincount(codes) / len(codes)
    return (Sensitive("+".join(recipe.person), codes, prior, distinct=recipe.k),)


def _classes(table: Table, recipe: Recipe, released: Table, rows: Codes) -> Classes:
    classes = classes_of(released, recipe.class_columns)
    if not recipe.person or not len(rows):
        return classes
    return classes.counting(table.together(recipe.person)[rows])


def publish(table: Table, recipe: Recipe, draft: Draft, key: bytes | None) -> tuple[Codes, pl.DataFrame]:
    """Return the source row behind every published row, and the published table in its final order."""
    levels = draft.solution.levels
    rows = np.arange(table.frame.height)
    if draft.hierarchies and not recipe.masks_suppressed:
        rows = rows[levels[:, 0] != SUPPRESSED]
    if recipe.shuffles_rows:
        seed = digest(key or b"chengxue", "order", table.sha256, recipe.sha256)
        noise = np.random.PCG64(int.from_bytes(seed[:16], "big")).random_raw(len(rows))
        rows = rows[np.argsort(noise, kind="stable")]
    by_name = {
        h.name: shown(h, c[rows], levels[rows, i])
        for i, (h, c) in enumerate(zip(draft.hierarchies, draft.codes, strict=True))
    }
    names = [name for name in table.frame.columns if recipe.columns[name].is_published]
    frame = pl.DataFrame([by_name[name] if name in by_name else draft.treated[name][rows] for name in names])
    return rows, frame


def _with_aggregates(frame: pl.DataFrame, recipe: Recipe, classes: Classes) -> pl.DataFrame:
    rules = [rule for rule in recipe.columns.values() if rule.treatment == "aggregate"]
    if not rules:
        return frame
    groups = classes.of_row.tolist()
    return frame.with_columns([aggregated(rule, frame[rule.name], groups) for rule in rules])
