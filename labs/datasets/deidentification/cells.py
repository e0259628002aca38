"""Cells of place and time: counts instead of traces, and whether a published pseudonym draws a trace."""

from __future__ import annotations

import numpy as np
import polars as pl

from labs.datasets.deidentification.findings import Finding, finding
from labs.datasets.deidentification.hierarchies import Codes
from labs.datasets.deidentification.metrics import Classes
from labs.datasets.deidentification.reading import Table
from labs.datasets.deidentification.recipe import Recipe

UNIQUE_TRACES = 0.05
TRACES_TRIED = 2000
COUNT = "count"


def counted(frame: pl.DataFrame, recipe: Recipe, classes: Classes) -> pl.DataFrame:
    """Return one row per class with its rows (and persons): no row of the source leaves. The order tells nothing."""
    first = np.unique(classes.of_row, return_index=True)[1]
    cells = frame.select(recipe.class_columns)[first].with_columns(pl.Series(COUNT, classes.sizes))
    if classes.persons is not None:
        cells = cells.with_columns(pl.Series("persons", classes.persons))
    return cells.sort(recipe.class_columns).with_columns(pl.col(pl.Int64).cast(pl.String))


def check_trajectories(recipe: Recipe, released: Table, classes: Classes) -> list[Finding]:
    """Find pseudonyms that link cells of place and time so that two of them single out a person."""
    roles = {rule.role for rule in recipe.columns.values() if rule.forms_classes}
    if not {"geo", "time"} <= roles or recipe.counts_only or not released.frame.height:
        return []
    out = []
    for name, rule in recipe.columns.items():
        if rule.treatment != "pseudonym":
            continue
        share = unique_traces(released.encoded(name)[0], classes.of_row)
        if share >= UNIQUE_TRACES:
            severity = "warn" if rule.options.get("rotation") else "stop"
            out.append(finding("trajectory", severity, column=name, share=f"{share:.1%}"))
    return out


def unique_traces(persons: Codes, cells: Codes) -> float:
    """Return the share of persons (with two cells at least) whom two of their own cells single out."""
    pairs = np.unique(np.stack([persons, cells], axis=1), axis=0)
    starts = np.flatnonzero(np.r_[True, np.diff(pairs[:, 0]) != 0])
    ends = np.r_[starts[1:], len(pairs)]
    several = np.flatnonzero(ends - starts >= 2)
    if not len(several):
        return 0.0
    by_cell = pairs[np.argsort(pairs[:, 1], kind="stable")]
    edges = np.searchsorted(by_cell[:, 1], np.arange(int(cells.max()) + 2))
    tried = several[np.linspace(0, len(several) - 1, min(TRACES_TRIED, len(several))).astype(np.int64)]
    alone = 0
    for place in tried.tolist():
        here = pairs[starts[place] : ends[place], 1]
        first, last = (by_cell[edges[cell] : edges[cell + 1], 0] for cell in (here[0], here[-1]))
        alone += len(np.intersect1d(first, last, assume_unique=True)) == 1
    return alone / len(tried)
