"""Cells of place and time: counts instead of traces, and whether a published pseudonym draws a trace."""

from __future__ import annotations

import re

import numpy as np
import polars as pl

from labs.datasets.deidentification.findings import Finding, finding
from labs.datasets.deidentification.hierarchies import Codes
from labs.datasets.deidentification.metrics import Classes
from labs.datasets.deidentification.reading import Table
from labs.datasets.deidentification.recipe import ColumnRule, Recipe
from labs.datasets.deidentification.shares import holds_mostly

UNIQUE_TRACES = 0.05
TRACES_TRIED = 2000
COUNT = "count"
LABELS_TRIED, MOSTLY = 200, 0.8
WHEN = re.compile(
    r"(?:19|20)\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:[ T].*)?\Z|(?:19|20)\d{6}(?:[ T]?\d{2}.*)?\Z|\d{1,2}[::]\d{2}(?:[::]\d{2})?\Z"
)
WHERE = re.compile(
    r"站|地点|位置|卡口|基站|路口|路段|场所|商圈|网格|街道|小区|社区|区域|区县|地址|经度|纬度|坐标|门店|景点|扇区"
    r"|(?:^|[^a-z])(?:stop|station|place|location|site|venue|cell|grid|lat|lon|lng|latitude|longitude|cross(?:ing|road)|gate|camera|ward|district|zone)(?:_?(?:id|name|no))?(?:[^a-z]|$)",
    re.IGNORECASE,
)


def counted(frame: pl.DataFrame, recipe: Recipe, classes: Classes) -> pl.DataFrame:
    """Return one row per class with its rows (and persons): no row of the source leaves. The order tells nothing."""
    first = np.unique(classes.of_row, return_index=True)[1]
    cells = frame.select(recipe.class_columns)[first].with_columns(pl.Series(COUNT, classes.sizes))
    if classes.persons is not None:
        cells = cells.with_columns(pl.Series("persons", classes.persons))
    return cells.sort(recipe.class_columns).with_columns(pl.col(pl.Int64).cast(pl.String))


def check_trajectories(recipe: Recipe, released: Table, classes: Classes) -> list[Finding]:
    """Find pseudonyms that link cells of place and time so that two of them single out a person.

    Places and times count in whatever role they are published: a class hides one row among others, not a person's many.
    """
    if recipe.counts_only or not released.frame.height:
        return []
    pseudonyms = [name for name, rule in recipe.columns.items() if rule.treatment == "pseudonym"]
    others = [name for name in released.frame.columns if name not in pseudonyms] if pseudonyms else []
    times = [name for name in others if is_time(recipe.columns[name], released)]
    places = [name for name in others if name not in times and is_place(recipe.columns[name])]
    if not times or not places:
        return []
    roles = {recipe.columns[name].role for name in (*times, *places) if recipe.columns[name].forms_classes}
    cells = classes.of_row if {"geo", "time"} <= roles else released.together([*times, *places])
    out = []
    for name in pseudonyms:
        share = unique_traces(released.encoded(name)[0], cells)
        if share >= UNIQUE_TRACES:
            severity = "warn" if recipe.columns[name].options.get("rotation") else "stop"
            out.append(finding("trajectory", severity, column=name, share=f"{share:.1%}"))
    return out


def is_time(rule: ColumnRule, released: Table) -> bool:
    """Return whether a published column says when: by its role, or because its values are days or moments."""
    if rule.treatment == "date_shift":
        return False
    if rule.role == "time":
        return True
    labels = [label for label in released.encoded(rule.name)[1] if label][:LABELS_TRIED]
    return len(labels) > 1 and holds_mostly(labels, WHEN.match, MOSTLY)


def is_place(rule: ColumnRule) -> bool:
    """Return whether a published column says where: by its role or its heading."""
    return rule.role == "geo" or (WHERE.search(rule.name) is not None and rule.role != "time")


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
