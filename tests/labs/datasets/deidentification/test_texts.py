"""The role text is no way around the checks: what is no running text is judged like a plain column, and names are gone."""

from __future__ import annotations

import polars as pl
import pytest

from labs.datasets.deidentification.building import Release, build
from labs.datasets.deidentification.profiling import profile
from labs.datasets.deidentification.reading import Table
from labs.datasets.deidentification.recipe import parse_recipe
from labs.datasets.deidentification.texts import blotted, is_running

from .test_disguises import DISGUISES, PEOPLE, ROWS, WARDS, Cells, full, latin

TOPICS = ("路灯不亮已有一周", "垃圾没有及时清运", "夜里施工声音很大", "人行道上停了车")


def released(cell: Cells) -> Release:
    values = [cell(row) for row in range(ROWS)]
    frame = pl.DataFrame({"区": [WARDS[row % 4] for row in range(ROWS)], "说": values})
    rules = {"区": {"role": "quasi"}, "说": {"role": "text"}}
    return build(Table(frame, "00"), parse_recipe({"dataset": "x", "k": 5, "tier": "lab", "columns": rules}), b"0" * 32)


def stops(made: Release) -> set[tuple[str, str]]:
    return {(found.check, found.sentence) for found in made.findings if found.severity == "stop"}


@pytest.mark.parametrize(
    "disguise",
    ["names with a blank in them", "masked names", "familiar names", "names of minorities", "few names over many rows", "a number with O for 0", "a telephone as a float", "pinyin"],
)  # fmt: skip
def test_text_is_no_way_around_what_a_column_is(disguise: str) -> None:
    (cell,) = DISGUISES[disguise].values()

    assert "identifying_column" in {check for check, _sentence in stops(released(lambda row: cell(row % PEOPLE)))}


@pytest.mark.parametrize(
    "cell",
    [lambda row: f"/mnt/scan/{row}/现场.jpg", lambda row: f"A-{row:04}", lambda row: f'{{"n": {row}}}', lambda row: f"楼长{row}"],
)  # fmt: skip
def test_labels_in_a_text_column_that_name_every_row_stop(cell: Cells) -> None:
    assert ("near_unique", "near_unique_label") in stops(released(cell))


def test_one_label_that_occurs_once_in_a_text_column_stops() -> None:
    assert "unique_value" in {check for check, _ in stops(released(lambda row: "楼长家属" if row == 7 else "居民"))}
    assert stops(released(lambda row: "居民")) == set()


def test_lists_of_names_that_are_blotted_out_wholly_pass() -> None:
    made = released(
        lambda row: "、".join(full(who) for who in range(row % 40, row % 40 + 2 + row % 2)) if row else full(1)
    )

    assert stops(made) == set() and not any(full(who) in "".join(made.frame["说"]) for who in range(43))


def test_running_text_is_warned_about_and_passes() -> None:
    made = released(lambda row: f"{TOPICS[row % 4]}，第{row}次来电，联系人：{full(row % PEOPLE)}")

    assert stops(made) == set()
    assert {found.check for found in made.findings} >= {"near_unique", "redacted"}
    assert not any(full(row % PEOPLE) in "".join(made.frame["说"]) for row in range(ROWS))


def test_names_that_are_left_after_blotting_stop() -> None:
    kinds = ["电梯故障", "噪声", "停水", "停电", "占道", "积水"]
    made = released(lambda row: latin(row % 5) if row % 4 == 0 else kinds[row % 6])

    assert ("identifying_column", "names_left") in stops(made)


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ('{"src": "热线", "c": {"n": "周涛"}}', '{"src": "热线", "c": {"n": "【姓名1】"}}'),
        ("D:\\档案\\2024\\西湖区\\周文\\现场6.jpg", "D:\\档案\\2024\\西湖区\\【姓名1】\\现场6.jpg"),
        ("/mnt/scan/yuanxuangui/IMG_622.jpg", "/mnt/scan/【姓名1】/IMG_622.jpg"),
        ("徐 梓", "【姓名1】"), ("黄*子", "【姓名1】"), ("黄\u200b志强", "【姓名1】"), ("13500617682.0", "【手机号1】"),
        ("路灯不亮", "路灯不亮"), ("/data/reports/2024", "/data/reports/2024"), ("噪声/占道/垃圾", "噪声/占道/垃圾"),
    ],
)  # fmt: skip
def test_names_in_cells_json_and_paths_are_blotted_out(cell: str, shown: str) -> None:
    assert blotted(cell) == shown


def test_what_is_running_text() -> None:
    assert is_running(["联系人【姓名1】，反映路灯不亮", "the street light is broken"])
    assert not is_running(["/mnt/scan/a/b.jpg", '{"说": "反映路灯不亮已经一周"}', "徐 梓"])


def test_suggestion_drops_labels_and_blots_out_running_text() -> None:
    paths = [f"/mnt/档案/西湖区张丽{row % 9}组/现场照片/IMG_{row}.jpg 手机1381234{row:04}" for row in range(60)]
    words = [f"联系人：{full(row)}，{TOPICS[row % 4]}，请尽快派人处理并回复结果，谢谢，编号{row}" for row in range(60)]
    described = profile(Table(pl.DataFrame({"附件": paths, "说": words}), "00"))["columns"]

    assert [column["suggested_role"] for column in described] == ["direct", "text"]
