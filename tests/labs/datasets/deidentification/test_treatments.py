"""Treatments change values as the recipe says."""

from __future__ import annotations

from typing import Any

import pytest

from labs.datasets.deidentification.building import build
from labs.datasets.deidentification.messages import Refusal
from labs.datasets.deidentification.recipe import parse_recipe
from tests.labs.datasets.deidentification.tables import KEY, table


def published(values: list[str], rule: dict[str, Any], key: bytes | None = KEY, **others: list[str]) -> list[str]:
    """Return the column as it is released, in the source's order."""
    columns = {name: {"role": "plain"} for name in others}
    document = {"k": 1, "shuffle_rows": False, "columns": {"v": rule, **columns}}
    return build(table(v=values, **others), parse_recipe(document), key).frame["v"].to_list()


@pytest.mark.parametrize(
    ("rule", "values", "expected"),
    [
        ({"role": "plain", "treatment": "interval", "width": 10}, ["3", "17", ""], ["[0,10)", "[10,20)", ""]),
        ({"role": "quasi", "treatment": "interval", "edges": [18, 60]}, ["3", "18", "70"], ["<18", "[18,60)", "≥60"]),
        ({"role": "quasi", "treatment": "top_bottom", "bottom": 5, "top": 90}, ["3", "50", "95"], ["<5", "50", ">90"]),
        ({"role": "quasi", "hierarchy": "region", "min_level": 2, "max_level": 2}, ["610102", "610116"], ["610100"] * 2),
        ({"role": "quasi", "hierarchy": "region", "min_level": 3, "max_level": 3}, ["610102", "620102"], ["610000", "620000"]),
        ({"role": "time", "min_level": 3, "max_level": 3}, ["2024-05-06", "2024-12-31"], ["2024-Q2", "2024-Q4"]),
        ({"role": "time", "hierarchy": {"builtin": "date", "units": ["hour", "period", "day"]}, "min_level": 2, "max_level": 2},
         ["2024-05-06 07:45", "2024-05-06 18:01"], ["2024-05-06 06-12", "2024-05-06 18-24"]),
        ({"role": "plain", "treatment": "generalize", "hierarchy": {"builtin": "prefix", "lengths": [3]}, "level": 1}, ["710016", "71"], ["710*", "71"]),
        ({"role": "plain", "treatment": "aggregate", "function": "mean"}, ["1", "2", "6"], ["3.00"] * 3),
        ({"role": "geo", "treatment": "grid", "meters": 111320}, ["34.26", "34.9", "35.1"], ["[34,35)", "[34,35)", "[35,36)"]),
    ],
)  # fmt: skip
def test_value_becomes(rule: dict[str, Any], values: list[str], expected: list[str]) -> None:
    assert published(values, rule) == expected


def test_pseudonym_is_stable_under_one_key_and_another_under_another() -> None:
    rule = {"role": "direct", "treatment": "pseudonym"}

    first, second = published(["a", "b", "a"], rule), published(["a", "b", "a"], rule, KEY[::-1])

    assert first[0] == first[2] != first[1]
    assert not set(first) & set(second)
    assert first == published(["a", "b", "a"], rule)


def test_pseudonym_rotates_with_the_day() -> None:
    rule = {"role": "direct", "treatment": "pseudonym", "rotation": {"column": "day", "period": "day"}}

    tokens = published(["a", "a", "a"], rule, day=["2024-05-06 08:00:00", "2024-05-06 09:00:00", "2024-05-07 08:00:00"])

    assert tokens[0] == tokens[1] != tokens[2]


def test_pseudonym_without_key_is_refused() -> None:
    with pytest.raises(Refusal, match="v needs a key"):
        published(["a"], {"role": "direct", "treatment": "pseudonym"}, None)


def test_date_shift_keeps_the_distance_within_a_person() -> None:
    rule = {"role": "plain", "treatment": "date_shift", "days": 30, "by": "person"}

    dates = published(["2024-05-01", "2024-05-08", "2024-05-01"], rule, person=["p", "p", "q"])

    days = [int(date[8:]) + 31 * int(date[5:7]) for date in dates]
    assert dates[0] != "2024-05-01" or dates[2] != "2024-05-01"
    assert (days[1] - days[0]) % 31 in (6, 7, 8)


@pytest.mark.parametrize(
    ("rule", "value", "sentence"),
    [
        ({"role": "quasi", "hierarchy": "age"}, "forty", "The value forty of v is not a number"),
        ({"role": "time"}, "yesterday", "The value yesterday of v is not a date"),
        ({"role": "quasi", "hierarchy": "region"}, "61", "61 of v is not a region code"),
        ({"role": "quasi", "hierarchy": {"inline": [["a", "*"]]}}, "b", "The hierarchy of v misses the value b"),
        (
            {"role": "quasi", "hierarchy": {"inline": [["a", "x", "*"], ["a", "y", "*"]]}},
            "a",
            "gives the value a twice",
        ),
        ({"role": "quasi", "hierarchy": {"inline": [["a", "x", "p"], ["b", "x", "q"]]}}, "a", "level 2 puts x"),
        ({"role": "quasi", "hierarchy": {"inline": [["a", "x"], ["b"]]}}, "a", "Row 2 of the hierarchy of v"),
    ],
)
def test_value_without_a_place_is_named(rule: dict[str, Any], value: str, sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        published([value, value], rule)
