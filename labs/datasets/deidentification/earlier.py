"""Differencing: what a new release says together with every version that was published before it.

Each source row is placed in the class that it has (or would have) in the earlier version and in its class of the new
one. Two leaks show: few rows with the same pair of classes, and classes whose row counts differ by a few between the
versions, so that those few can be worked out by subtraction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from labs.datasets.deidentification.findings import Finding, finding
from labs.datasets.deidentification.groups import gather, tuple_keys
from labs.datasets.deidentification.hierarchies import Codes, Hierarchy
from labs.datasets.deidentification.messages import Refusal
from labs.datasets.deidentification.reading import Table, encode
from labs.datasets.deidentification.recipe import ColumnRule, Recipe
from labs.datasets.deidentification.solving import SUPPRESSED, Solution
from labs.datasets.deidentification.treatments import declared_hierarchy, hierarchy_of

NOWHERE = -1
STRANGE_SHARE = 0.2
Levels = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Earlier:
    """A version published before: its table, and its recipe when that is known (its own hierarchies are then used)."""

    name: str
    frame: pl.DataFrame
    recipe: Recipe | None = None


@dataclass(frozen=True)
class Compared:
    """The earlier class of every source row (−1: none), and the rows of every earlier class."""

    of_row: Codes
    sizes: Codes
    strange: float


def compare_releases(
    table: Table,
    recipe: Recipe,
    hierarchies: Sequence[Hierarchy],
    codes: Sequence[Codes],
    solution: Solution,
    earlier: Sequence[Earlier],
) -> list[Finding]:
    """Return what the new release gives away together with each earlier one."""
    if not hierarchies:
        return []
    now = _classes_now(hierarchies, codes, solution)
    out: list[Finding] = []
    for one in earlier:
        then = place_rows(table, recipe, one)
        if then is None or then.strange > STRANGE_SHARE:
            out.append(finding("cross_release", "warn", sentence="cross_release_other", version=one.name))
        if then is not None:
            out += _judge(recipe, one.name, then, now)
    return out


def _classes_now(hierarchies: Sequence[Hierarchy], codes: Sequence[Codes], solution: Solution) -> Codes:
    """Return the new class of every source row, −1 for suppressed rows."""
    columns, sizes = [], []
    for index, (hierarchy, column) in enumerate(zip(hierarchies, codes, strict=True)):
        labels = {label: place for place, label in enumerate(sorted({x for level in hierarchy.columns for x in level}))}
        place = np.array([[labels[label] for label in level] for level in hierarchy.columns], np.int64)
        columns.append(place[np.maximum(solution.levels[:, index], 0), column])
        sizes.append(len(labels))
    keys, _ = tuple_keys(columns, sizes)
    classes = np.unique(keys, return_inverse=True)[1].astype(np.int64)
    classes[solution.levels[:, 0] == SUPPRESSED] = NOWHERE
    return classes


def place_rows(table: Table, recipe: Recipe, earlier: Earlier) -> Compared | None:
    """Return where the source rows stand in an earlier version; None when no class column is shared."""
    names = [n for n in earlier.frame.columns if n in table.frame.columns and _forms_classes(n, recipe, earlier)]
    if not names:
        return None
    ladders = [_ladder(name, table, recipe, earlier) for name in names]
    keys_then, found_levels, sizes, steps = [], [], [], []
    for name, ladder in zip(names, ladders, strict=True):
        codes, labels = encode(earlier.frame[name].cast(pl.String).fill_null(""))
        known = {label: place for place, label in enumerate(sorted({*labels, *(x for rung in ladder for x in rung)}))}
        level_of = {label: level for level, rung in reversed(list(enumerate(ladder))) for label in rung}
        keys_then.append(np.array([known[label] for label in labels], np.int64)[codes])
        found_levels.append(np.array([level_of.get(label, NOWHERE) for label in labels], np.int64)[codes])
        sizes.append(len(known))
        steps.append([np.array([known[label] for label in rung], np.int64) for rung in ladder])
    return _matched(table, names, steps, keys_then, found_levels, sizes)


def _matched(
    table: Table,
    names: Sequence[str],
    ladders: Sequence[Sequence[Codes]],
    then: list[Codes],
    levels: list[Codes],
    sizes: Sequence[int],
) -> Compared:
    """Give every source row the finest earlier class that shows its values."""
    nodes = np.stack(levels, axis=1)
    strange = np.any(nodes == NOWHERE, axis=1)
    usable = sorted({tuple(node) for node in np.unique(nodes[~strange], axis=0).tolist()}, key=lambda n: (sum(n), n))
    shown = [
        [ladder[level][table.encoded(name)[0]] for name, ladder, level in zip(names, ladders, node, strict=True)]
        for node in usable
    ]
    columns = [np.concatenate([then[c], *(rows[c] for rows in shown)]) for c in range(len(names))]
    keys, _ = tuple_keys(columns, sizes)
    labels, codes = np.unique(keys, return_inverse=True)
    codes = codes.astype(np.int64).ravel()
    counts = np.bincount(codes[: len(nodes)], minlength=len(labels))
    of_row = np.full(table.frame.height, NOWHERE, np.int64)
    for index in range(len(usable)):
        start = len(nodes) + index * table.frame.height
        own = codes[start : start + table.frame.height]
        of_row = np.where((of_row == NOWHERE) & (counts[own] > 0), own, of_row)
    return Compared(of_row, counts.astype(np.int64), float(strange.mean()) if len(strange) else 0.0)


def _forms_classes(name: str, recipe: Recipe, earlier: Earlier) -> bool:
    rule = _rule(name, recipe, earlier)
    return rule is not None and rule.forms_classes


def _rule(name: str, recipe: Recipe, earlier: Earlier) -> ColumnRule | None:
    return (earlier.recipe or recipe).columns.get(name)


def _ladder(name: str, table: Table, recipe: Recipe, earlier: Earlier) -> list[list[str]]:
    """Return what each distinct source value would show at every level of the earlier version, finest first."""
    labels = table.encoded(name)[1]
    rule = _rule(name, recipe, earlier)
    assert rule is not None
    folder = (earlier.recipe or recipe).folder
    try:
        if earlier.recipe is None and rule.treatment == "generalize":
            hierarchy = declared_hierarchy(rule, labels, folder)
        else:
            hierarchy = hierarchy_of(rule, labels, folder)
    except Refusal:  # the old hierarchy does not know a new value: only equal values can be compared
        return [labels]
    return [[level[hierarchy.code_of[label]] for label in labels] for level in hierarchy.columns]


def _judge(recipe: Recipe, version: str, then: Compared, now: Codes) -> list[Finding]:
    out = []
    least = recipe.k
    both = (then.of_row != NOWHERE) | (now != NOWHERE)
    pairs, sizes = _pairs(then.of_row[both], now[both])
    small = np.flatnonzero(sizes < least)
    if len(small):
        rows = int(sizes[small].sum())
        sentence = "cross_release_new" if np.all(pairs[small, 0] == NOWHERE) else "cross_release"
        found = int(sizes[small].min())
        out.append(
            finding("cross_release", "stop", sentence=sentence, version=version, k=found, least=least, count=rows)
        )
    changed = _changed(pairs, sizes, then.sizes, least)
    if len(changed) and not out:
        out.append(
            finding(
                "cross_release",
                "stop",
                sentence="cross_release_counts",
                version=version,
                count=len(changed),
                rows=int(np.abs(changed).min()),
                least=least,
            )
        )
    return out


def _pairs(then: Codes, now: Codes) -> tuple[Codes, Codes]:
    keys, space = tuple_keys([then + 1, now + 1], [int(then.max(initial=0)) + 2, int(now.max(initial=0)) + 2])
    first, counts = gather(keys, space, np.ones(len(keys), np.int64))
    return np.stack([then[first], now[first]], axis=1), counts


def _changed(pairs: Codes, sizes: Codes, then_sizes: Codes, least: int) -> Codes:
    """Return by how much the rows differ in each group of classes that both versions can sum up, where 0 < it < k.

    Such a group is a connected component of the pairs (earlier class, new class).
    """
    inside = (pairs[:, 0] != NOWHERE) & (pairs[:, 1] != NOWHERE)
    groups = _components(pairs[inside])
    new_rows: dict[int, int] = {}
    for pair, size in zip(pairs.tolist(), sizes.tolist(), strict=True):
        group = groups.get((1, pair[1]))
        if group is not None:
            new_rows[group] = new_rows.get(group, 0) + size
    old_rows: dict[int, int] = {}
    for place in {place for side, place in groups if side == 0}:
        group = groups[0, place]
        old_rows[group] = old_rows.get(group, 0) + int(then_sizes[place])
    gaps = [new_rows.get(group, 0) - rows for group, rows in old_rows.items()]
    return np.array([gap for gap in gaps if 0 < abs(gap) < least], np.int64)


def _components(pairs: Codes) -> dict[tuple[int, int], int]:
    """Return the component of every class, as (0, earlier class) or (1, new class)."""
    parent: dict[tuple[int, int], tuple[int, int]] = {}

    def root(item: tuple[int, int]) -> tuple[int, int]:
        while parent.setdefault(item, item) != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for then, now in pairs.tolist():
        parent[root((0, then))] = root((1, now))
    numbers: dict[tuple[int, int], int] = {}
    return {item: numbers.setdefault(root(item), len(numbers)) for item in list(parent)}
