"""Who says that a table holds no personal information is held to it by the table, not by a tick in the register."""

from __future__ import annotations

import polars as pl
import pytest

from labs.datasets.workshop.plain import check_plain
from labs.datasets.workshop.tables import NamedTable

NAMES = ["王秀英", "李建国", "张伟", "刘芳", "陈静"]
PEOPLE = {
    "names under a heading": {"患者": NAMES, "诊断": ["高血压"] * 5},
    "names under a neutral heading": {"负责": NAMES, "结果": ["完成"] * 5},
    "names with a blank": {"c": [" ".join(name) for name in NAMES]},
    "names as headings": {"杨欣": ["1"] * 5, "周海": ["2"] * 5, "林玉": ["1"] * 5},
    "a date of birth": {"出生日期": [f"19{n}0-02-03" for n in range(5, 10)]},
    "telephones as floats": {"n": [f"138123456{n}8.0" for n in range(5)]},
    "who earns what": {
        "单位": ["司法局"] * 5, "职务": ["局长"] * 5, "性别": ["女"] * 5, "年龄": [str(50 + n) for n in range(5)], "年收入": ["430000"] * 5,
        "健康情况": ["无"] * 5,
    },
}  # fmt: skip
THINGS = {
    "places with telephones": {"名称": ["甲馆", "乙馆"], "电话": [f"029-8765432{n}" for n in range(2)]},
    "points": {"经度": [f"108.{n}12345" for n in range(9)], "纬度": [f"34.{n}12345" for n in range(9)]},
    "people counted": {"性别": ["男", "女"], "年龄": ["0-4岁", "5-9岁"], "民族": ["汉族", "回族"], "人数": ["100", "120"]},
    "car parks": {"place": ["东门", "西门"], "spaces": ["100", "50"]},
}  # fmt: skip


def stops(columns: dict[str, list[str]], *, is_invented: bool = False) -> list[str]:
    tables = [NamedTable("t", pl.DataFrame(columns))]
    return [found.check for found in check_plain(tables, is_invented=is_invented) if found.severity == "stop"]


@pytest.mark.parametrize("kind", PEOPLE)
def test_table_of_people_cannot_take_the_statement(kind: str) -> None:
    assert "persons_denied" in stops(PEOPLE[kind])


@pytest.mark.parametrize("kind", THINGS)
def test_table_of_things_and_counts_can(kind: str) -> None:
    assert stops(THINGS[kind]) == []


def test_invented_rows_are_nobodys() -> None:
    assert stops(PEOPLE["who earns what"], is_invented=True) == []
    assert stops({"姓名": ["合成000001", "合成000002"]}) == []
