"""A table of the population: what is wrong with it is said of it, and what it proves is in the report."""

from __future__ import annotations

from typing import Any

import pytest

from labs.datasets.deidentification.building import Release, build
from labs.datasets.deidentification.messages import Refusal
from labs.datasets.deidentification.reading import Table
from labs.datasets.deidentification.recipe import parse_recipe
from tests.labs.datasets.deidentification.tables import KEY, table

WARDS = ["甲区", "乙区", "丙区"]
TREE = [["甲区", "城", "*"], ["乙区", "城", "*"], ["丙区", "乡", "*"]]
RECIPE: dict[str, Any] = {
    "k": 1,
    "shuffle_rows": True,
    "columns": {
        "ward": {"role": "quasi", "hierarchy": {"inline": TREE}},
        "case": {"role": "plain"},
    },
}
DATA = table(ward=["甲区"] * 3 + ["乙区"] * 2 + ["丙区"] * 2, case=["修", "修", "报", "修", "报", "修", "报"])


def population(**people: int) -> Table:
    """One row a ward, with its people."""
    return table(ward=list(people), people=[str(number) for number in people.values()])


def made(behind: Table | None, source: Table = DATA, **changes: Any) -> Release:
    """Return the release with this population."""
    return build(source, parse_recipe({**RECIPE, "population_count": "people", **changes}), KEY, population=behind)


def refused(behind: Table | None, **changes: Any) -> Refusal:
    """Return why the population is refused."""
    with pytest.raises(Refusal) as caught:
        made(behind, **changes)
    return caught.value


def test_the_population_decides_how_far_wards_are_joined() -> None:
    fine, coarse = made(population(甲区=30, 乙区=20, 丙区=40)), made(population(甲区=30, 乙区=20, 丙区=40), k_map=25)

    assert (fine.report["k_map"], fine.report["delta_presence"]) == (20, 0.1)
    assert fine.report["population"]["people"] == 90 and fine.report["risk"]["journalist"] == 1 / 20
    assert sorted(set(coarse.frame["ward"])) == ["乡", "城"] and coarse.report["k_map"] == 40
    assert not [found for found in coarse.findings if found.check == "population"]


def test_presence_is_bounded() -> None:
    behind = population(甲区=4, 乙区=96, 丙区=20)
    release = made(behind, delta_presence=0.1)

    assert made(behind).report["delta_presence"] == 0.75
    assert release.report["delta_presence"] == 0.1 and sorted(set(release.frame["ward"])) == ["乡", "城"]


def test_a_population_that_lacks_people_is_told_and_never_more_than_certain() -> None:
    release = made(population(甲区=1, 乙区=20, 丙区=1))
    found = next(found for found in release.findings if found.check == "population")

    assert (found.severity, found.values["kinds"], found.values["rows"]) == ("warn", 2, 3)
    assert release.report["delta_presence"] == 1.0
    assert "总体表" in found.text(chinese=True) and "3 too many" in found.text(chinese=False)


def test_one_person_with_many_rows_is_one_of_the_population() -> None:
    source = table(ward=["甲区"] * 4 + ["乙区"] * 2, who=["a", "a", "a", "b", "c", "d"], case=["修"] * 6)
    columns = {**RECIPE["columns"], "who": {"role": "direct"}}
    enough = made(population(甲区=2, 乙区=2), source, columns=columns, person="who")
    short = made(population(甲区=1, 乙区=2), source, columns=columns, person="who")

    assert not [found for found in enough.findings if found.check == "population"]
    assert [found.values["rows"] for found in short.findings if found.check == "population"] == [1]


@pytest.mark.parametrize("number", ["-1", "many", "1.5", "", "9" * 30, "٣"])
def test_what_is_no_number_of_people_is_named_with_its_row(number: str) -> None:
    problem = refused(table(ward=WARDS, people=["5", number, "7"]))

    assert problem.key == "population_number" and problem.values["row"] == 2
    assert "总体表第 2 行 people 列" in problem.text(chinese=True)


def test_a_column_that_the_population_lacks_is_named() -> None:
    no_ward, no_people = refused(table(区=WARDS, people=["1"] * 3)), refused(table(ward=WARDS))

    assert (no_ward.key, no_ward.values["column"]) == ("population_column", "ward")
    assert (no_people.key, no_people.values["column"]) == ("population_column", "people")
    assert "总体表中没有列 ward" in no_ward.text(chinese=True)


def test_a_value_that_only_the_population_has_is_placed_there() -> None:
    problem = refused(population(甲区=9, 乙区=9, 丙区=9, 丁区=9))

    assert problem.key == "hierarchy_misses" and problem.values["value"] == "丁区"
    assert "见总体表第 4 行" in problem.text(chinese=True)
    assert "first in row 4 of the population" in problem.text(chinese=False)


def test_a_value_of_the_data_is_still_placed_in_the_data() -> None:
    with pytest.raises(Refusal) as caught:
        made(population(甲区=9, 乙区=9), table(ward=["甲区", "戊区"], case=["修", "修"]))

    assert "见第 2 行" in caught.value.text(chinese=True) and not caught.value.values["is_population"]


def test_without_a_population_nothing_changes_and_its_models_are_refused() -> None:
    release = build(DATA, parse_recipe(RECIPE), KEY)

    assert "population" not in release.report and release.report["k_map"] is None
    assert refused(None, k_map=5).key == "population_missing"


def test_numbers_as_spreadsheets_write_them() -> None:
    release = made(table(ward=WARDS, people=["30.0", "20.00", "40"]))

    assert release.report["population"]["people"] == 90
