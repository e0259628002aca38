"""What a class that fails proves about its parts, against every part there is."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labs.datasets.deidentification.groups import GroupTable
from labs.datasets.deidentification.privacy import Sensitive, judge, most_close

COUNTS = st.lists(st.integers(0, 4), min_size=3, max_size=3).filter(any)
CLOSENESS = st.sampled_from([0.0, 0.1, 0.25, 0.4, 0.7])


def close_parts(counts: tuple[int, ...], prior: list[float], closeness: float) -> list[int]:
    """Rows of every part of a class that is close enough."""
    sizes = [0]
    for part in itertools.product(*[range(count + 1) for count in counts]):
        rows = sum(part)
        if rows and sum(abs(n / rows - p) for n, p in zip(part, prior, strict=True)) / 2 <= closeness + 1e-9:
            sizes.append(rows)
    return sizes


@settings(max_examples=300, deadline=None, derandomize=True)
@given(classes=st.lists(COUNTS, min_size=1, max_size=3), closeness=CLOSENESS, least=st.integers(1, 3))
def test_no_close_part_is_larger_than_the_bound(classes: list[list[int]], closeness: float, least: int) -> None:
    rows = [(c, v, n) for c, counts in enumerate(classes) for v, n in enumerate(counts) if n]
    columns = np.array(rows, np.int64).T
    weights = np.bincount(columns[1], columns[2], 3)
    prior = (weights + (weights == 0)) / (weights + (weights == 0)).sum()
    table = GroupTable((0,), (columns[0],), columns[2], columns[1])
    sensitive = Sensitive("s", columns[1], prior, closeness=closeness)

    bound = most_close(sensitive, table)
    good, must = judge(sensitive, table, least)

    for index, counts in enumerate(classes):
        parts = close_parts(tuple(counts), prior.tolist(), closeness)
        assert bound[index] >= max(parts) - 1e-6
        left = max([0, *(size for size in parts if size >= least)])
        assert must[index] <= 1 - left / sum(counts) + 1e-9
        assert good[index] == (sum(counts) in parts)


def test_bound_is_exact_where_it_can_be() -> None:
    table = GroupTable((0,), (np.zeros(2, np.int64),), np.array([30, 2]), np.array([0, 1]))
    sensitive = Sensitive("s", np.array([0, 1]), np.array([0.5, 0.5]), closeness=0.1)

    assert most_close(sensitive, table).tolist() == pytest.approx([5.0])  # 3 + 2: at most 60 % of one value
