"""Global and local recoding: which level every distinct tuple is shown at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from labs.datasets.deidentification.groups import GroupTable, Node, gather, group_rows, tuple_keys
from labs.datasets.deidentification.hierarchies import Codes, Hierarchy
from labs.datasets.deidentification.lattice import Demand, Optimum, Search
from labs.datasets.deidentification.messages import Unreachable
from labs.datasets.deidentification.metrics import order_codes
from labs.datasets.deidentification.privacy import SLACK, Sensitive, spread_in_classes
from labs.datasets.deidentification.progress import Checkpoint, Progress, silent
from labs.datasets.deidentification.reading import encode
from labs.datasets.deidentification.recipe import Recipe

SUPPRESSED = -1
LOCAL_PASS = 0.99
# What a row left to the next pass costs: little lets each pass publish the finest classes there are; 1 is the safe way.
LOCAL_PRICES = (0.02, 1.0)


@dataclass(frozen=True)
class Solution:
    """The level of each class column for every row (−1: suppressed), the nodes used, and the loss (NCP).

    `least` is what no release of this kind can lose less than, None where the search proves nothing (local recoding).
    """

    levels: npt.NDArray[np.int16]  # one row per table row, one column per hierarchy
    nodes: tuple[Node, ...]
    suppressed: int
    checks: int
    lattice: int
    ncp: float
    ncp_columns: tuple[float, ...]
    least: float | None = None

    @property
    def is_optimal(self) -> bool:
        """Whether the search proved that no release loses less."""
        return self.least is not None and self.ncp <= self.least + 1e-9


def sensitive_demands(recipe: Recipe, frame: pl.DataFrame) -> tuple[Sensitive, ...]:
    """Return what the recipe asks of each sensitive column, with the column's distribution in the whole table."""
    out = []
    for name in recipe.sensitive_columns:
        distinct, entropy = recipe.distinct.get(name), recipe.entropy.get(name)
        closeness = recipe.closeness.get(name)
        if distinct is None and entropy is None and closeness is None:
            continue
        codes, labels = encode(frame[name])
        is_ordered = bool(recipe.columns[name].options.get("is_ordered"))
        if is_ordered:
            codes = order_codes(labels, recipe.columns[name].options.get("order") or [])[codes]
        prior = np.bincount(codes, minlength=len(labels)) / len(codes)
        out.append(Sensitive(name, codes, prior, distinct, entropy, closeness, is_ordered))
    return tuple(out)


@dataclass(frozen=True)
class _Distinct:
    """Distinct tuples of a table, how many rows each stands for, and their sensitive values."""

    hierarchies: Sequence[Hierarchy]
    codes: list[Codes]
    counts: Codes
    sensitive: list[Sensitive]


@dataclass(frozen=True)
class _Plan:
    """The level of each class column for every distinct tuple, and what that costs."""

    levels: npt.NDArray[np.int16]
    nodes: tuple[Node, ...]
    suppressed: int
    losses: list[float]
    least: float | None = None


def solve(
    hierarchies: Sequence[Hierarchy],
    rows: Sequence[Codes],
    demand: Demand,
    *,
    is_local: bool,
    progress: Progress = silent,
    checkpoint: Checkpoint | None = None,
) -> Solution:
    """Return the optimum (global), or the better plan of passes over what the last pass suppressed (local).

    Raises Unreachable when more rows than allowed would have to be suppressed.
    """
    inverse, codes, counts, sensitive = _distinct_rows(hierarchies, rows, demand.sensitive)
    distinct = _Distinct(hierarchies, codes, counts, sensitive)
    search = _Searching(Checkpoint(None, "") if checkpoint is None else checkpoint, progress)
    local = replace(demand, suppression=LOCAL_PASS, checks_kept=False)
    tries = [replace(local, price=price) for price in LOCAL_PRICES] if is_local else [demand]
    limit = demand.suppression * int(counts.sum()) + 1e-9
    plans = [_planned(distinct, one, search, is_local=is_local) for one in tries]
    plans = [plan for plan in plans if plan.nodes and plan.suppressed <= limit]
    plans = [plan for plan in plans if not is_local or _stays_close(distinct, plan)]
    if not plans:
        raise Unreachable("unreachable", k=demand.k, limit=f"{demand.suppression:.2%}")
    best = min(plans, key=lambda plan: sum(plan.losses))
    lattice = int(np.prod(np.array([len(h.levels) for h in hierarchies], dtype=object)))
    ncp, losses = float(np.mean(best.losses)), tuple(best.losses)
    return Solution(best.levels[inverse], best.nodes, best.suppressed, search.checks, lattice, ncp, losses, best.least)


@dataclass
class _Searching:
    """Runs one search after the other: counts what was tried, tells how far it is and keeps what was proved."""

    saved: Checkpoint
    progress: Progress
    checks: int = 0
    number: int = 0

    def tick(self, tried: int) -> None:
        """Say how far the present search is."""
        self.saved.save()
        self.progress("search", 0.05 + 0.64 * (1 - 100 / (100 + self.checks + tried)))

    def run(self, search: Search) -> Optimum | None:
        """Return the best node, or None when no node satisfies the demand."""
        search.proved, search.tick = self.saved.of_pass(self.number), self.tick
        try:
            found = search.run()
        except BaseException:  # cancelled: what was proved is kept for the next try
            self.saved.save(at_once=True)
            raise
        self.number += 1
        self.checks += len(search.verdicts)
        return found


def _planned(distinct: _Distinct, demand: Demand, searching: _Searching, *, is_local: bool) -> _Plan:
    """Search, and when local search again in what was suppressed until nothing is left to publish."""
    hierarchies, codes, counts = distinct.hierarchies, distinct.codes, distinct.counts
    levels = np.full((len(counts), len(hierarchies)), SUPPRESSED, np.int16)
    live, nodes, least = np.arange(len(counts)), [], None
    while len(live):
        part = tuple(replace(one, codes=one.codes[live]) for one in distinct.sensitive)
        left = [column[live] for column in codes]
        search = Search(hierarchies, left, counts[live], replace(demand, sensitive=part))
        found = searching.run(search)
        if found is None:
            break
        node, least = found.node, (None if is_local else found.least)
        kept = search.kept(node, left)
        levels[live[kept]] = node
        nodes.append(node)
        live = live[~kept]
        if not is_local or not kept.any():
            break
    return _Plan(levels, tuple(nodes), int(counts[live].sum()), _losses(hierarchies, codes, counts, levels), least)


def _stays_close(distinct: _Distinct, plan: _Plan) -> bool:
    """Return whether t also holds against the rows that the passes publish together,
    which is all a reader can measure."""
    kept = np.flatnonzero(plan.levels[:, 0] != SUPPRESSED)
    asked = [one for one in distinct.sensitive if one.closeness is not None]
    if not asked or plan.suppressed == 0:
        return True
    columns = [
        encode(shown(hierarchy, codes[kept], plan.levels[kept, place]))
        for place, (hierarchy, codes) in enumerate(zip(distinct.hierarchies, distinct.codes, strict=True))
    ]
    for one in asked:
        codes = [*(column for column, _ in columns), one.codes[kept]]
        keys, space = tuple_keys(codes, [*(len(labels) for _, labels in columns), len(one.prior)])
        first, counts = gather(keys, space, distinct.counts[kept])
        table = GroupTable((), tuple(column[first] for column in codes[:-1]), counts, codes[-1][first])
        rows = np.bincount(codes[-1], distinct.counts[kept], len(one.prior))
        spread = spread_in_classes(table, rows / rows.sum(), is_ordered=one.is_ordered)
        if float(spread.distance.max()) > (one.closeness or 0.0) + SLACK:
            return False
    return True


def _distinct_rows(
    hierarchies: Sequence[Hierarchy], rows: Sequence[Codes], sensitive: Sequence[Sensitive]
) -> tuple[Codes, list[Codes], Codes, list[Sensitive]]:
    """Group the rows once; everything after works on distinct tuples."""
    columns = [*rows, *(one.codes for one in sensitive)]
    sizes = [*(len(h.leaves) for h in hierarchies), *(len(one.prior) for one in sensitive)]
    keys, space = tuple_keys(columns, sizes)
    first, counts, inverse = group_rows(keys, space)
    grouped = [replace(one, codes=one.codes[first]) for one in sensitive]
    return inverse, [column[first] for column in rows], counts, grouped


def _losses(
    hierarchies: Sequence[Hierarchy], codes: Sequence[Codes], counts: Codes, levels: npt.NDArray[np.int16]
) -> list[float]:
    """NCP per column: the mean loss of its cells, 1 for a suppressed one."""
    out = []
    for column, hierarchy in enumerate(hierarchies):
        lost = np.stack(
            [*(level.loss[level.group_of_leaf] for level in hierarchy.levels), np.ones(len(hierarchy.leaves))]
        )
        loss = lost[levels[:, column], codes[column]]  # the last row, −1, is the suppressed one
        out.append(float(loss @ counts) / float(counts.sum()))
    return out


def shown(hierarchy: Hierarchy, codes: Codes, levels: npt.NDArray[np.int16]) -> pl.Series:
    """Return the labels that a column shows, `*` where the row is suppressed."""
    labels = [label for column in hierarchy.columns for label in column]
    place = np.where(levels == SUPPRESSED, len(labels), levels.astype(np.int64) * len(hierarchy.leaves) + codes)
    return pl.Series(hierarchy.name, [*labels, "*"], dtype=pl.String).gather(place)
