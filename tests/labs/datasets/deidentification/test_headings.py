"""Columns that are about who somebody is: by their heading, and by the shape of all their values."""

from __future__ import annotations

import random
from typing import Any

import pytest

from labs.datasets.deidentification.building import build
from labs.datasets.deidentification.detectors import find
from labs.datasets.deidentification.headings import kind_of_heading, kind_of_values
from labs.datasets.deidentification.messages import Refusal
from labs.datasets.deidentification.profiling import profile
from labs.datasets.deidentification.reading import read_table
from labs.datasets.deidentification.recipe import parse_recipe

KEY = b"a key of sixteen bytes"


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("姓名", "name"), ("户主 姓名", "name"), ("来电人", "name"), ("联系人姓名", "name"), ("Full_Name", "name"), ("身份证号", "id_number"),
        ("证件号码", "id_number"), ("ID card", "id_number"), ("手机号", "phone"), ("联系电话", "phone"), ("Mobile", "phone"),
        ("车牌号", "plate"), ("银行卡号", "account"), ("E-mail", "email"), ("出生日期", "birth_date"), ("date_of_birth", "birth_date"),
        ("家庭住址", "address"), ("地址", "address"), ("手机号MD5", "hash"), ("身份证号_sha256", "hash"),
    ],
)  # fmt: skip
def test_headings_announce_who(heading: str, kind: str) -> None:
    assert kind_of_heading(heading) == kind


@pytest.mark.parametrize(
    "heading", ["设施名称", "投诉类别", "电话类型", "是否有手机号", "区", "来电时间", "证件类型", "联系人数量", "文件名", "Type", "name_of_road", "年龄", "idea", "hotel"]
)  # fmt: skip
def test_other_headings_announce_nothing(heading: str) -> None:
    assert kind_of_heading(heading) is None


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["王秀英", "李建国", "张伟", "欧阳明月", "陈丽", "阿依古丽·买买提"], "name"),
        (["王某某", "李**", "张某", "陈*", "刘○○"], "name"),
        ([f"61011319{n}0412****" for n in range(70, 90)], "id_number"),
        ([f"610113********{n}" for n in range(1000, 1020)], "id_number"),
        (["6.10113E+17", "6.10114E+17", "6.10115E+17", "6.1E+17", "6.11E+17"], "id_number"),
        ([f"13{n % 10}****2{n}0" for n in range(10, 30)], "phone"),
        ([f"138 1234 5{n}" for n in range(100, 120)], "phone"),
        ([f"{n:032x}" for n in range(10**30, 10**30 + 9)], "hash"),
        (["碑林区", "莲湖区", "雁塔区", "灞桥区", "未央区", "新城区"], None),
        (["噪声", "占道", "路灯", "垃圾", "停水", "井盖"], None),
        (["王秀英", "李建国"], "name"),
        (["平安", "建国"], None),
        ([str(n) for n in range(50)], None),
    ],
)
def test_values_have_the_shape_of_a_kind(values: list[str], kind: str | None) -> None:
    assert kind_of_values(values) == kind


def released(tmp_path: Any, columns: dict[str, list[str]], rules: dict[str, Any], **more: Any) -> Any:
    rows = zip(*columns.values(), strict=True)
    path = tmp_path / "t.csv"
    path.write_text("\n".join([",".join(columns), *(",".join(row) for row in rows)]) + "\n", "utf-8")
    return build(
        read_table(path), parse_recipe({"tier": "lab", "k": 5, "suppression_max": 0.1, "columns": rules, **more}), KEY
    )


def stops(release: Any) -> list[tuple[str, str | None]]:
    return [(found.check, found.column) for found in release.findings if found.severity == "stop"]


NAMES = ["王秀英", "李建国", "张伟华", "陈丽娜", "刘志强", "杨雪梅"]


@pytest.mark.parametrize("role", ["plain", "quasi", "text", "sensitive"])
def test_names_stop_the_release_in_whatever_role(tmp_path: Any, role: str) -> None:
    columns = {"户主姓名": NAMES * 20, "区": ["碑林", "莲湖"] * 60}
    found = stops(released(tmp_path, columns, {"户主姓名": {"role": role}, "区": {"role": "quasi"}}))
    assert ("identifying_column", "户主姓名") in found


def test_names_are_known_without_a_heading(tmp_path: Any) -> None:
    columns = {"甲": NAMES * 20, "区": ["碑林", "莲湖"] * 60}
    assert ("identifying_column", "甲") in stops(
        released(tmp_path, columns, {"甲": {"role": "quasi"}, "区": {"role": "quasi"}})
    )


def test_what_is_made_coarser_or_a_pseudonym_passes(tmp_path: Any) -> None:
    born = [f"19{n}-0{m}-11" for n in range(60, 90) for m in (3, 7)]
    columns = {"姓名": [f"人{n}" for n in range(60)], "出生日期": born, "区": ["碑林", "莲湖"] * 30}
    dates = {"role": "time", "hierarchy": {"builtin": "date", "units": ["day", "year", "decade"]}, "min_level": 2}
    rules = {"姓名": {"role": "direct", "treatment": "pseudonym"}, "出生日期": dates, "区": {"role": "quasi"}}
    assert stops(released(tmp_path, columns, rules)) == []
    dates = {"role": "plain"}
    assert ("identifying_column", "出生日期") in stops(released(tmp_path, columns, {**rules, "出生日期": dates}))


def test_an_accepted_finding_no_longer_stops_and_says_who_answers(tmp_path: Any) -> None:
    columns = {"负责人": NAMES * 20, "区": ["碑林", "莲湖"] * 60}
    rules = {"负责人": {"role": "quasi"}, "区": {"role": "quasi"}}
    answer = {"check": "identifying_column", "column": "负责人", "reason": "河长名单依法公示", "by": "林涛"}
    assert stops(released(tmp_path, columns, rules, accepted=[answer])) == [("identifier", "负责人")]
    release = released(tmp_path, columns, rules, accepted=[answer, {**answer, "check": "identifier"}])
    assert stops(release) == []
    shown = next(found for found in release.report["findings"] if found["check"] == "identifying_column")
    assert (shown["severity"], shown["accepted_by"], shown["accepted_reason"]) == (
        "accepted",
        "林涛",
        "河长名单依法公示",
    )


def test_figures_are_never_accepted(tmp_path: Any) -> None:
    columns = {"编号": ["1", "2", "2", *map(str, range(4, 61))], "区": ["碑林", "莲湖"] * 30}
    answer = {"check": "persons_unsaid", "column": "编号", "reason": "x", "by": "y"}
    rules = {"编号": {"role": "direct"}, "区": {"role": "quasi"}}
    assert stops(released(tmp_path, columns, rules, accepted=[answer])) == [("persons_unsaid", "编号")]


def test_who_repeats_must_be_said(tmp_path: Any) -> None:
    columns = {"卡号码": [f"P{n // 12}" for n in range(96)], "区": ["碑林", "莲湖"] * 48}
    rules = {"卡号码": {"role": "direct"}, "区": {"role": "quasi"}}
    assert stops(released(tmp_path, columns, rules)) == [("persons_unsaid", "卡号码")]
    counted = released(tmp_path, columns, rules, person="卡号码")
    assert stops(counted) == []
    assert counted.report["k"] == 8
    assert counted.report["counts"] == "persons"
    said = released(tmp_path, columns, rules, person={"each_row": "一卡多户，每行一户"})
    assert stops(said) == []
    assert said.report["k"] == 48


def test_several_columns_name_a_person(tmp_path: Any) -> None:
    columns = {"户": [str(n // 4) for n in range(80)], "序": [str(n % 2) for n in range(80)], "区": ["碑林"] * 80}
    rules = {"户": {"role": "direct"}, "序": {"role": "direct"}, "区": {"role": "quasi"}}
    assert released(tmp_path, columns, rules, person=["户", "序"]).report["k"] == 40


@pytest.mark.parametrize("wrong", ["没有", ["区", "没有"], {"each_row": " "}, {"every": "x"}])
def test_a_wrong_answer_who_a_person_is_is_refused(wrong: Any) -> None:
    with pytest.raises(Refusal):
        parse_recipe({"k": 5, "columns": {"区": {"role": "quasi"}}, "person": wrong})


def test_one_income_of_its_own_is_named(tmp_path: Any) -> None:
    columns = {
        "收入": [*map(str, random.Random(7).choices([5000, 6200, 7100], k=99)), "980000"],
        "区": ["碑林", "莲湖"] * 50,
    }
    release = released(tmp_path, columns, {"收入": {"role": "sensitive"}, "区": {"role": "quasi"}})
    assert ("extreme", "收入") in [(found.check, found.column) for found in release.findings]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("号码 610113 19880412 0030 已登记", ["id_card"]), ("610113.19880412.0030", ["id_card"]), ("１３８　１２３４　５６７８", ["mobile"]),
        ("打 139.8765.4321 找我", ["mobile"]), ("138 123 45678", ["mobile"]), ("13812345678元旦联系", ["mobile"]),
        ("029 8812 3456", ["landline"]), ("陕a12345 乱停", ["plate"]), ("陕A 1234 5", ["plate"]), ("WJ陕1234X", ["plate"]),
        ("回乡证号H12345678", ["permit"]), ("台胞证 12345678", ["permit"]), ("IMEI 490154203237518", []), ("补贴13812345678元", []),
        ("610113198804120031", []), ("2025.3.14.15", []),
    ],
)  # fmt: skip
def test_grouped_and_dressed_numbers(text: str, kinds: list[str]) -> None:
    assert [found.kind for found in find(text)] == kinds


@pytest.mark.parametrize(
    "content",
    ["编号,组\n" + "6.10113E+17,甲\n" * 30, "值,组\n" + "1e400,甲\n-inf,乙\n1.5,甲\n" * 9, "甲,乙\r1,2\r3,4\r", "n,g\n" + "9007199254740993,a\n9007199254740992,b\n" * 9],
)  # fmt: skip
def test_a_profile_is_never_a_traceback(tmp_path: Any, content: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content.encode())
    described = profile(read_table(path))
    assert all("nan" not in str(column).lower() for column in described["columns"])
    assert all("inf" not in str(column.get("max")) for column in described["columns"])


def test_big5_is_read_and_a_change_of_encoding_is_placed(tmp_path: Any) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("縣市,數量\n臺北市,3\n高雄市,4\n".encode("big5"))
    assert read_table(path).frame["縣市"].to_list() == ["臺北市", "高雄市"]
    path.write_bytes("甲,乙\n城墙,1\n".encode() + "钟楼,2\n".encode("gb18030")[:-4] + b"\xa5\n")
    with pytest.raises(Refusal) as refused:
        read_table(path)
    assert "第 3 行" in refused.value.text(chinese=True)
    assert str(tmp_path) not in refused.value.text(chinese=True)
    path.write_bytes("名称，数量\n甲，1\n".encode())
    with pytest.raises(Refusal, match="full-width"):
        read_table(path)


def test_the_visible_sheet_is_read_and_merged_cells_are_filled(tmp_path: Any) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title, book.active.sheet_state = "名单", "hidden"
    book.active.append(["姓名"])
    sheet = book.create_sheet("汇总")
    for row in (["社区", "件"], ["长乐", 1], [None, 2], [None, None], ["永宁", 3]):
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    path = tmp_path / "t.xlsx"
    book.save(path)
    assert read_table(path).frame.rows() == [("长乐", "1"), ("长乐", "2"), ("永宁", "3")]
