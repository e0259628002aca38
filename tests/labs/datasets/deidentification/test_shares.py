"""What is asked no longer than needed gives the same answers as counting everything."""

from __future__ import annotations

import random

import polars as pl
import pytest

from labs.datasets.deidentification.building import build
from labs.datasets.deidentification.dirt import check_dirt
from labs.datasets.deidentification.messages import Refusal
from labs.datasets.deidentification.reading import Table, encode, refuse_formulas
from labs.datasets.deidentification.recipe import parse_recipe
from labs.datasets.deidentification.shares import holds_mostly


@pytest.mark.parametrize("share", [0.3, 0.5, 0.8, 0.85, 0.9, 1.0])
def test_answer_is_that_of_counting(share: float) -> None:
    draw = random.Random(7)
    for _ in range(400):
        size, fits = draw.randint(0, 40), draw.random()
        values = ["1" if draw.random() < fits else "0" for _ in range(size)]

        assert holds_mostly(values, lambda value: value == "1", share) == (values.count("1") >= share * size)


def test_asking_ends_when_the_answer_is_known() -> None:
    asked: list[str] = []

    assert not holds_mostly(["a"] * 1000, lambda value: asked.append(value), 0.9)
    assert len(asked) == 101


def test_dropped_column_is_not_worked_out() -> None:
    frame = pl.DataFrame({"区": ["甲", "乙"] * 20, "备注": [f"话{row}" for row in range(40)]})
    table = Table(frame, "00")
    rules = {"区": {"role": "quasi"}, "备注": {"role": "plain", "treatment": "drop"}}
    build(table, parse_recipe({"dataset": "x", "k": 5, "tier": "lab", "columns": rules}), b"0" * 32)

    assert set(table.known) == {"区"}


def test_formula_is_named_by_its_first_row_and_total_by_each() -> None:
    frame = pl.DataFrame({"a": ["x", "-1", "=1+1", "=0", "=1+1"], "b": ["合计", "x", " 合计 ", "x", "y"]})

    with pytest.raises(Refusal) as refused:
        refuse_formulas((name, encode(frame[name])) for name in frame.columns)
    assert (refused.value.values["row"], refused.value.values["value"]) == (3, "=1+1")
    assert [
        found.values["row_of_source"] for found in check_dirt(Table(frame, ""), []) if found.check == "total_row"
    ] == [1, 3]
