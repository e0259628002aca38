"""Global and local recoding: which level every distinct tuple is shown at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from labs.datasets.deidentification.groups import Node, group_rows, tuple_keys
from labs.datasets.deidentification.hierarchies import Codes, Hierarchy
from labs.datasets.deidentification.lattice import Demand, Search
from labs.datasets.deidentification.messages import Unreachable
from labs.datasets.deidentification.metrics import order_codes
from labs.datasets.deidentification.privacy import Sensitive
from labs.datasets.deidentification.progress import Checkpoint, Progress, silent
from labs.datasets.deidentification.reading import encode
from labs.datasets.deidentification.recipe import Recipe

SUPPRESSED = -1
LOCAL_PASS = 0.99


@dataclass(frozen=True)
class Solution:
    """The level of each class column for every row (−1: suppressed), the nodes used, and the loss (NCP)."""

    levels: npt.NDArray[np.int16]  # one row per table row, one column per hierarchy
    nodes: tuple[Node, ...]
    suppressed: int
    checks: int
    lattice: int
    ncp: float
    ncp_columns: tuple[float, ...]


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


def solve(
    hierarchies: Sequence[Hierarchy], rows: Sequence[Codes], demand: Demand, *, is_local: bool,
    progress: Progress = silent, checkpoint: Checkpoint | None = None,
) -> Solution:  # fmt: skip
    """Return the optimum (global), or the optimum of every pass over what the last pass suppressed (local).

    Raises Unreachable when more rows than allowed would have to be suppressed.
    """
    inverse, codes, counts, sensitive = _distinct_rows(hierarchies, rows, demand.sensitive)
    levels = np.full((len(counts), len(hierarchies)), SUPPRESSED, np.int16)
    live = np.arange(len(counts))
    total, checks, number, nodes = int(counts.sum()), 0, 0, []
    passing = replace(demand, suppression=LOCAL_PASS, checks_kept=False) if is_local else demand
    while len(live):
        part = tuple(replace(one, codes=one.codes[live]) for one in sensitive)
        saved = Checkpoint(None, "") if checkpoint is None else checkpoint

        def tick(tried: int, before: int = checks, saved: Checkpoint = saved) -> None:
            saved.save()
            progress("search", 0.05 + 0.64 * (1 - 100 / (100 + before + tried)))

        search = Search(
            hierarchies, [column[live] for column in codes], counts[live], replace(passing, sensitive=part),
            proved=saved.of_pass(number), tick=tick,
        )  # fmt: skip
        try:
            found, number = search.run(), number + 1
        except BaseException:  # cancelled: what was proved is kept for the next try
            saved.save(at_once=True)
            raise
        if found is None:
            break
        checks += found.checks
        kept = search.kept(found.node, [column[live] for column in codes])
        levels[live[kept]] = found.node
        nodes.append(found.node)
        live = live[~kept]
        if not is_local or not kept.any():
            break
    suppressed = int(counts[live].sum())
    if not nodes or suppressed > demand.suppression * total + 1e-9:
        raise Unreachable("unreachable", k=demand.k, limit=f"{demand.suppression:.2%}")
    losses = _losses(hierarchies, codes, counts, levels)
    lattice = int(np.prod(np.array([len(h.levels) for h in hierarchies], dtype=object)))
    ncp = float(np.mean(losses))
    return Solution(levels[inverse], tuple(nodes), suppressed, checks, lattice, ncp, tuple(losses))


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
