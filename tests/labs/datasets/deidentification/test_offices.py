"""Posts that one person holds, beside what is private."""

from __future__ import annotations

from typing import Any

import pytest

from labs.datasets.deidentification.building import build
from labs.datasets.deidentification.reading import Table
from labs.datasets.deidentification.recipe import parse_recipe
from tests.labs.datasets.deidentification.tables import KEY, table

OFFICES = ("司法局", "民政局", "教育局", "水务局")


def staff(*, unit: str = "单位", post: str = "职务", private: str = "体检结论") -> Table:
    """Return forty people of each office, of whom one directs it."""
    rows = [
        (office, "局长" if place == 0 else "科员", ("正常", "高血压", "脂肪肝")[place % 3])
        for office in OFFICES
        for place in range(40)
    ]
    return table(
        **{
            unit: [row[0] for row in rows],
            post: [row[1] for row in rows],
            private: [row[2] for row in rows],
            "性别": ["男", "女"] * 80,
        }
    )


def found(source: Table, rules: dict[str, Any], **changes: Any) -> list[Any]:
    document = {
        "k": 5,
        "tier": "lab",
        "suppression_max": 0.5,
        "columns": {"性别": {"role": "quasi"}} | rules,
        **changes,
    }
    return [one for one in build(source, parse_recipe(document), KEY).findings if one.sentence == "identifying_office"]


@pytest.mark.parametrize("role", ["plain", "sensitive"])
@pytest.mark.parametrize(
    ("unit", "post", "private"),
    [("单位", "职务", "体检结论"), ("工作单位", "岗位", "年收入"), ("department", "job_title", "diagnosis")],
)
def test_director_beside_health_stops(role: str, unit: str, post: str, private: str) -> None:
    rules = {unit: {"role": role}, post: {"role": role}, private: {"role": "sensitive"}}
    (one,) = found(staff(unit=unit, post=post, private=private), rules)

    assert (one.check, one.severity, one.column, one.values["count"]) == ("identifying_column", "stop", post, 4)
    assert "局长" in one.values["value"] and private in one.text(chinese=True)


def test_unit_in_the_classes_and_post_outside_stops() -> None:
    rules = {"单位": {"role": "quasi"}, "职务": {"role": "plain"}, "体检结论": {"role": "sensitive"}}

    assert [one.severity for one in found(staff(), rules)] == ["stop"]


def test_officer_answers_for_it() -> None:
    rules = {"单位": {"role": "plain"}, "职务": {"role": "plain"}, "体检结论": {"role": "sensitive"}}
    accepted = [{"check": "identifying_column", "column": "职务", "reason": "公开任职", "by": "林涛"}]

    assert [one.severity for one in found(staff(), rules, accepted=accepted)] == ["accepted"]


def test_office_and_post_in_one_column_stops() -> None:
    rows = [f"{office}{post}" for office in OFFICES for post in ("局长", *["副局长"] * 9)]
    source = table(任职=rows, 性别=["男", "女"] * 20, 病情=["甲", "乙", "丙", "丁"] * 10)

    assert [one.severity for one in found(source, {"任职": {"role": "plain"}, "病情": {"role": "sensitive"}})] == [
        "stop"
    ]


def test_classes_groups_and_tables_without_anything_private_stop_nothing() -> None:
    both = {"单位": {"role": "quasi"}, "职务": {"role": "quasi"}, "体检结论": {"role": "sensitive"}}
    grouped = {
        "单位": {"role": "plain"}, "体检结论": {"role": "sensitive"},
        "职务": {"role": "plain", "treatment": "generalize", "level": 1, "hierarchy": {"inline": [["局长", "职员", "*"], ["科员", "职员", "*"]]}},
    }  # fmt: skip
    dropped = {"单位": {"role": "plain"}, "职务": {"role": "plain"}, "体检结论": {"role": "plain", "treatment": "drop"}}

    assert [found(staff(), rules) for rules in (both, grouped, dropped)] == [[], [], []]
