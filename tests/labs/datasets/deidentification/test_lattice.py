"""The search finds the optimum, and what it claims holds when somebody else counts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labs.datasets.deidentification.hierarchies import Hierarchy
from labs.datasets.deidentification.lattice import Demand
from labs.datasets.deidentification.messages import Unreachable
from labs.datasets.deidentification.privacy import Sensitive
from labs.datasets.deidentification.solving import Solution, solve
from tests.labs.datasets.deidentification.naive import exhaustive


@st.composite
def problems(draw: Any) -> tuple[list[tuple[str, ...]], list[Hierarchy]]:
    """Random rows over two or three columns with random nested hierarchies, and a sensitive value."""
    hierarchies = []
    for column in range(draw(st.integers(2, 3))):
        leaves = [chr(97 + index) for index in range(draw(st.integers(2, 6)))]
        levels = [leaves]
        for _ in range(draw(st.integers(0, 2))):
            labels = sorted(set(levels[-1]))
            merged = {label: f"g{draw(st.integers(0, max(len(labels) // 2, 1)))}" for label in labels}
            levels.append([merged[label] for label in levels[-1]])
        levels.append(["*"] * len(leaves))
        hierarchies.append(Hierarchy(f"q{column}", tuple(leaves), tuple(map(tuple, levels))))
    cell = [st.sampled_from(hierarchy.leaves) for hierarchy in hierarchies]
    return draw(st.lists(st.tuples(*cell, st.sampled_from("xyz")), min_size=4, max_size=28)), hierarchies


def solved(rows: list[tuple[str, ...]], hierarchies: list[Hierarchy], limit: float, k: int, **wanted: Any) -> Solution:
    codes = [np.array([h.code_of[row[c]] for row in rows], np.int64) for c, h in enumerate(hierarchies)]
    labels = sorted({row[-1] for row in rows})
    values = np.array([labels.index(row[-1]) for row in rows], np.int64)
    prior = np.bincount(values) / len(values)
    demand = Demand(k, (Sensitive("s", values, prior, **wanted),) if wanted else (), limit)
    return solve(hierarchies, codes, demand, is_local=False)


@pytest.mark.parametrize("model", ["k", "l", "entropy", "t", "all"])
@settings(max_examples=60, deadline=None, derandomize=True)
@given(problem=problems(), k=st.integers(1, 4), limit=st.sampled_from([0.0, 0.1, 0.3, 0.6]), data=st.data())
def test_search_equals_exhaustive_search(model: str, problem: Any, k: int, limit: float, data: Any) -> None:
    rows, hierarchies = problem
    distinct = data.draw(st.integers(2, 3)) if model in ("l", "all") else None
    entropy = data.draw(st.sampled_from([1.3, 1.8, 2.4])) if model in ("entropy", "all") else None
    closeness = data.draw(st.sampled_from([0.1, 0.2, 0.35, 0.5])) if model in ("t", "all") else None
    wanted = {"distinct": distinct, "entropy": entropy, "closeness": closeness}

    best = exhaustive(
        rows, [h.columns for h in hierarchies], [h.leaves for h in hierarchies],
        k=k, limit=limit, distinct=distinct or 1, spread=entropy or 1.0, closeness=1.0 if closeness is None else closeness,
    )  # fmt: skip

    if best is None:
        with pytest.raises(Unreachable):
            solved(rows, hierarchies, limit, k, **({} if model == "k" else wanted))
    else:
        found = solved(rows, hierarchies, limit, k, **({} if model == "k" else wanted))
        assert found.ncp == pytest.approx(best, abs=1e-9)
