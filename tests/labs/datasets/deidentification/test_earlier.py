"""What two releases give away together is stopped, and harmless pairs are not."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labs.datasets.deidentification.building import Earlier, Release, build
from labs.datasets.deidentification.earlier import place_rows
from labs.datasets.deidentification.messages import Unreachable
from labs.datasets.deidentification.reading import Table
from labs.datasets.deidentification.recipe import Recipe, parse_recipe
from tests.labs.datasets.deidentification.tables import KEY, command, people, recipe, table

Capture = pytest.CaptureFixture[bytes]


def grid(rows: int = 880) -> Table:
    return table(
        number=[str(index) for index in range(rows)],
        age=[str(20 + index % 40) for index in range(rows)],
        district=[f"6101{index * 7 % 11 + 2:02}" for index in range(rows)],
        illness=[("感冒", "骨折", "高血压")[index * 5 % 3] for index in range(rows)],
    )


def fixed(age: int, district: int, **changes: Any) -> Recipe:
    """Return a recipe with given levels: age 0 value, 1 five years, 2 ten …, district 0 value … 4 everything."""
    columns = {
        "age": {"role": "quasi", "hierarchy": "age", "min_level": age, "max_level": age},
        "district": {"role": "quasi", "hierarchy": "region", "min_level": district, "max_level": district},
    }
    return parse_recipe(recipe(columns=columns, suppression_max=0.5, **changes))


def compared(release: Release) -> list[tuple[str, str]]:
    return [(one.severity, one.sentence) for one in release.findings if one.check == "cross_release"]


def test_crossed_generalizations_are_stopped() -> None:
    first = build(grid(440), fixed(0, 4), KEY)

    second = build(grid(440), fixed(5, 0), KEY, earlier=[Earlier("v1", first.frame, fixed(0, 4))])

    assert not first.is_stopped
    assert compared(second) == [("stop", "cross_release")]
    assert second.report["compared_with"] == ["v1"]
    assert "v1" in second.report["findings"][-1]["message_zh"]


def test_coarser_second_release_passes() -> None:
    first = build(grid(), fixed(2, 0), KEY)

    second = build(grid(), fixed(3, 0), KEY, earlier=[Earlier("v1", first.frame)])

    assert compared(second) == []


def test_same_release_again_passes() -> None:
    first = build(grid(), fixed(2, 0), KEY)

    assert (
        compared(build(grid(), fixed(2, 0), KEY, earlier=[Earlier("v1", first.frame), Earlier("v2", first.frame)]))
        == []
    )


def test_one_person_more_is_stopped() -> None:
    first = build(grid(), fixed(3, 1), KEY)
    more = pl.concat([grid().frame, grid().frame.tail(1).with_columns(illness=pl.lit("艾滋病"))])

    second = build(Table(more, "01"), fixed(3, 1), KEY, earlier=[Earlier("v1", first.frame)])

    assert compared(second) == [("stop", "cross_release_counts")]


def test_one_person_less_is_stopped() -> None:
    first = build(grid(), fixed(3, 1), KEY)

    second = build(Table(grid().frame.tail(879), "01"), fixed(3, 1), KEY, earlier=[Earlier("v1", first.frame)])

    assert compared(second) == [("stop", "cross_release_counts")]


def test_enough_new_people_pass() -> None:
    first = build(grid(), fixed(5, 1), KEY)
    more = pl.concat([grid().frame, grid().frame])

    assert compared(build(Table(more, "01"), fixed(5, 1), KEY, earlier=[Earlier("v1", first.frame)])) == []


def test_rows_that_were_suppressed_and_appear_now_are_stopped() -> None:
    odd = pl.DataFrame({"number": ["a", "b"], "age": ["97", "98"], "district": ["610102"] * 2, "illness": ["骨折"] * 2})
    source = Table(pl.concat([grid().frame, odd]), "02")
    first = build(source, fixed(2, 1), KEY)
    assert first.report["suppressed_rows"] == 2

    second = build(source, fixed(5, 1), KEY, earlier=[Earlier("v1", first.frame)])

    assert compared(second) == [("stop", "cross_release_new")]


def test_other_grouping_without_its_recipe_is_warned_about() -> None:
    other = parse_recipe(recipe(columns={"age": {"role": "quasi", "treatment": "interval", "width": 7}}))
    first = build(grid(), other, KEY)

    blind = build(grid(), fixed(5, 1), KEY, earlier=[Earlier("v1", first.frame)])
    told = build(grid(), fixed(5, 1), KEY, earlier=[Earlier("v1", first.frame, other)])

    assert ("warn", "cross_release_other") in compared(blind)
    assert ("warn", "cross_release_other") not in compared(told)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    rows=st.lists(st.tuples(st.integers(20, 31), st.integers(2, 5)), min_size=30, max_size=60),
    then=st.tuples(st.integers(0, 5), st.integers(0, 4)),
    now=st.tuples(st.integers(0, 5), st.integers(0, 4)),
    local=st.booleans(),
)
def test_joint_classes_agree_with_a_naive_count(rows: Any, then: Any, now: Any, local: bool) -> None:
    source = table(
        number=[str(index) for index in range(len(rows))],
        age=[str(age) for age, _ in rows],
        district=[f"6101{place:02}" for _, place in rows],
        illness=["感冒"] * len(rows),
    )
    changes = {"recoding": "local"} if local else {}
    try:
        first, second = build(source, fixed(*then), KEY), build(source, fixed(*now, **changes), KEY)
    except Unreachable:
        return
    joint: Counter[Any] = Counter()
    kept = {tuple(row) for row in first.frame.select("age", "district").rows()}
    fresh = {tuple(row) for row in second.frame.select("age", "district").rows()}
    for row in source.frame.select("age", "district").rows():
        old, new = shown(row, then), shown(row, now)
        pair = (old if old in kept else None, new if new in fresh else None)
        joint[pair] += pair != (None, None)

    smallest = min((size for size in joint.values() if size), default=5)
    found = build(source, fixed(*now, **changes), KEY, earlier=[Earlier("v1", first.frame)])
    assert bool({"cross_release", "cross_release_new"} & {s for _, s in compared(found)}) == (smallest < 5)
    placed = place_rows(source, fixed(*now), Earlier("v1", first.frame))
    assert placed is not None
    assert (placed.of_row >= 0).sum() == first.frame.height


def shown(row: tuple[str, ...], levels: tuple[int, int]) -> tuple[str, str]:
    """Return the labels of a row, worked out by hand."""
    age, width = int(row[0]), [1, 5, 10, 20, 40, 0][levels[0]]
    low = age // width * width if width else 0
    digits = [6, 6, 4, 2, 0][levels[1]]
    label = row[0] if levels[0] == 0 else f"[{low},{low + width})" if width else "*"
    return label, row[1][:digits].ljust(6, "0") if digits else "*"


def test_command_line_compares(capsysbinary: Capture, tmp_path: Path) -> None:
    people(60).frame.write_csv(tmp_path / "in.csv")
    (tmp_path / "recipe.json").write_text(json.dumps(recipe()), "utf-8")
    places = ["--recipe", tmp_path / "recipe.json", "--input", tmp_path / "in.csv"]
    status, _, _ = command(
        capsysbinary, "build", *places, "--output", tmp_path / "v1.csv", "--report", tmp_path / "1.json"
    )
    assert status == 0
    people(59).frame.write_csv(tmp_path / "in.csv")

    status, report, said = command(
        capsysbinary, "build", *places, "--output", tmp_path / "v2.csv", "--report", tmp_path / "2.json",
        "--earlier", tmp_path / "v1.csv", "--earlier-recipe", tmp_path / "recipe.json",
    )  # fmt: skip

    assert status == 1
    assert [one["check"] for one in report["findings"]] == ["cross_release"]
    assert "v1.csv" in said
    assert not (tmp_path / "v2.csv").exists()
