"""Cleaning steps, one by one, on small tables: what they change, drop and cannot read."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import pytest

from labs.datasets.cleaning.__main__ import main
from labs.datasets.cleaning.opening import open_file
from labs.datasets.cleaning.plan import FIELDS, Plan, PlanWrong, parse_plan, schema
from labs.datasets.cleaning.running import Cleaned, clean, is_different, report_of
from labs.datasets.cleaning.suggesting import suggested
from labs.datasets.cleaning.values import date_in, number_in
from labs.datasets.deidentification.messages import Refusal
from portal.installation.paths import ROOT


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2025.3.1", "2025-03-01"), ("2025年3月1日", "2025-03-01"), ("２０２５／３／１", "2025-03-01"), ("20250301", "2025-03-01"),
        ("45717", "2025-03-01"), ("45717.5", "2025-03-01 12:00:00"), ("二〇二五年三月二十一日", "2025-03-21"), ("3/1/25", "2025-03-01"),
        ("1-Mar-25", "2025-03-01"), ("March 1, 2025", "2025-03-01"), ("2025-03", "2025-03"), ("2025年12月", "2025-12"),
        ("2025-03-01T00:00:00Z", "2025-03-01 08:00:00"), ("2025-03-01 20:00 -05:00", "2025-03-02 09:00:00"),
        ("2025-3-1 8:05", "2025-03-01 08:05:00"), ("2025年3月1日 下午3时5分", "2025-03-01 15:05:00"), ("2025-03-01 12:05 AM", "2025-03-01 00:05:00"),
        ("2025-02-30", None), ("2025-13", None), ("明天", None), ("12", None), ("31/12/2025", None), ("2025-03-01 25:00", None), ("99999", None),
    ],
)  # fmt: skip
def test_dates_in_the_forms_of_offices_and_spreadsheets(text: str, date: str | None) -> None:
    assert date_in(text) == date


def test_dates_as_the_step_is_told() -> None:
    assert date_in("3/4/2025", order="dmy") == "2025-04-03" and date_in("3/4/2025", order="mdy") == "2025-03-04"
    assert date_in("44255", is_1904=True) == "2025-03-01" and date_in("45717.9", days_only=True) == "2025-03-01"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,234", "1234"), ("１２", "12"), ("１，２３４．５０", "1234.5"), ("(12)", "-12"), ("12-", "-12"), ("−3", "-3"), ("12.5%", "0.125"), ("1.2万", "12000"),
        ("3亿", "300000000"), ("¥1,234.50", "1234.5"), ("-¥5", "-5"), ("12元", "12"), ("三百二十", "320"), ("一万二千零五", "12005"), ("两百", "200"),
        ("1e3", "1000"), ("-0", "0"), ("1 234 567", "1234567"), ("0.10", "0.1"),
        ("1,23", None), ("1,2345", None), ("6.10113E+17", None), ("12个", None), ("inf", None), ("1e999", None), ("", None), ("—", None), ("1.2.3", None),
    ],
)  # fmt: skip
def test_numbers_in_the_forms_of_offices_and_spreadsheets(text: str, number: str | None) -> None:
    assert number_in(text) == number


def run(tmp_path: Path, text: str, *steps: dict[str, Any], **layout: Any) -> tuple[Cleaned, dict[str, Any]]:
    """Return a CSV cleaned by the steps, and the report, which is plain JSON."""
    path = tmp_path / "in.csv"
    path.write_text(text, "utf-8")
    plan = parse_plan({"steps": list(steps), **layout})
    cleaned = clean(path, "csv", plan)
    return cleaned, json.loads(json.dumps(report_of(cleaned, plan), allow_nan=False))


@pytest.mark.parametrize(
    ("step", "before", "after"),
    [
        ({"do": "trim"}, " 甲\u3000", "甲"),
        ({"do": "trim", "columns": ["a"]}, "\u00a0x\u200b", "x"),
        ({"do": "width"}, "Ａ１，好", "A1，好"),
        ({"do": "width", "to": "all"}, "Ａ１，好", '"A1,好"'),
        ({"do": "width", "to": "full", "columns": ["a"]}, "A1", "Ａ１"),
        ({"do": "case", "columns": ["a"]}, "ab1", "AB1"),
        ({"do": "map", "column": "a", "values": {"男 ": "男", "M": "男"}}, "M", "男"),
        ({"do": "dates", "columns": ["a"]}, "45717", "2025-03-01"),
        ({"do": "numbers", "columns": ["a"]}, "１２", "12"),
        ({"do": "numbers", "columns": ["a"], "decimal": ","}, "1.234;5", None),
    ],
)
def test_a_step_changes_values_and_counts_them(
    tmp_path: Path, step: dict[str, Any], before: str, after: str | None
) -> None:
    cleaned, report = run(tmp_path, f"a,b\n{before},x\n", step)

    if after is None:
        assert cleaned.frame["a"][0] == before and report["steps"][0]["bad"] == 1
    else:
        assert cleaned.frame["a"][0] == after.strip('"') and report["steps"][0]["changed"] == 1
    assert cleaned.frame["b"][0] == "x"


@pytest.mark.parametrize(("policy", "left"), [("keep", ["1", "x", ""]), ("empty", ["1", "", ""]), ("drop", ["1", ""])])
def test_what_cannot_be_read_is_listed_whatever_becomes_of_it(tmp_path: Path, policy: str, left: list[str]) -> None:
    cleaned, report = run(tmp_path, "a,b\n1,p\nx,q\n,r\n", {"do": "numbers", "columns": ["a"], "bad": policy})

    assert cleaned.frame["a"].to_list() == left
    assert report["bad"] == [{"row": 3, "column": "a", "value": "x", "why": "number", "step": 0}]


def test_rows_that_are_no_records_are_dropped(tmp_path: Path) -> None:
    text = "序号,项,数\n1,甲,1\n,小计,1\n2,乙,2\n,,\n合 计,,3\n注：不含县,,\n制表人：秦某某,,\n"
    cleaned, report = run(tmp_path, text, {"do": "drop_totals"}, {"do": "drop_notes"})

    assert cleaned.frame.rows() == [("1", "甲", "1"), ("2", "乙", "2")]
    assert [step["dropped_rows"] for step in report["steps"]] == [[3, 6], [7, 8]] and report["bad"] == []


def test_values_that_say_no_record(tmp_path: Path) -> None:
    cleaned, _ = run(tmp_path, "a,b\n测试 ,1\n真,2\n", {"do": "drop_values", "column": "a", "values": ["测试"]})
    assert cleaned.frame.rows() == [("真", "2")]


def test_blank_cells_are_filled_from_above(tmp_path: Path) -> None:
    cleaned, report = run(tmp_path, "a,b\n,0\n甲,1\n ,2\n乙,3\n,4\n", {"do": "fill_down", "columns": ["a"]})
    assert cleaned.frame["a"].to_list() == ["", "甲", "甲", "乙", "乙"] and report["steps"][0]["changed"] == 2


def test_columns_are_split_joined_renamed_and_exchanged(tmp_path: Path) -> None:
    text = "地点,x,y\n西安市/碑林区,34.2,108.9\n西安市,34.3,108.8\n咸阳市/秦都区/某街,34.1,108.7\n"
    cleaned, report = run(
        tmp_path, text,
        {"do": "split", "column": "地点", "by": "/", "into": ["市", "区"]},
        {"do": "swap", "columns": ["x", "y"]},
        {"do": "rename", "column": "x", "to": "经度"},
        {"do": "join", "columns": ["市", "区"], "by": "-", "into": "全称"},
    )  # fmt: skip

    assert cleaned.frame.columns == ["全称", "经度", "y"]
    assert cleaned.frame.rows() == [
        ("西安市-碑林区", "108.9", "34.2"), ("西安市", "108.8", "34.3"), ("咸阳市-秦都区/某街", "108.7", "34.1"),
    ]  # fmt: skip
    assert [(row["row"], row["why"]) for row in report["bad"]] == [(3, "parts"), (4, "parts")]


def test_a_map_of_a_few_spellings_need_not_name_every_value(tmp_path: Path) -> None:
    step = {"do": "map", "column": "a", "values": {"碑林": "碑林区"}, "unknown": "ignore"}
    cleaned, report = run(tmp_path, "a,b\n碑林,1\n莲湖区,2\n", step)

    assert cleaned.frame["a"].to_list() == ["碑林区", "莲湖区"]
    assert report["bad"] == [] and not is_different(report["differences"])


@pytest.mark.parametrize(
    "step",
    [
        {"do": "rename", "column": "a", "to": "b"},
        {"do": "join", "columns": ["a", "c"], "by": "", "into": "b"},
        {"do": "split", "column": "a", "by": "-", "into": ["a", "b"]},
        {"do": "swap", "columns": ["a", "gone"]},
        {"do": "trim", "columns": ["gone"]},
    ],
)
def test_a_step_that_cannot_be_done_changes_nothing_and_says_so(tmp_path: Path, step: dict[str, Any]) -> None:
    cleaned, report = run(tmp_path, "a,b,c\n1,2,3\n", step)

    assert cleaned.frame.rows() == [("1", "2", "3")]
    assert report["differences"]["undone"] == [0] and is_different(report["differences"])


def test_a_table_that_begins_and_ends_somewhere(tmp_path: Path) -> None:
    text = "某市工单统计表,,,\n\n,基本,基本,\n编号,区,区,\n,,人,\nA1,碑林,3,多\nA2,莲湖,4,\n"
    cleaned, report = run(tmp_path, text, header_row=3, header_rows=2, units_row=5)

    assert cleaned.frame.columns == ["编号", "基本_区", "基本_区_2", "列4"]
    assert cleaned.frame.rows() == [("A1", "碑林", "3", "多"), ("A2", "莲湖", "4", "")]
    assert report["units"] == {"基本_区_2": "人"} and ["", "列4"] in report["renamed"]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_separator_is_found_below_a_title(tmp_path: Path, mark: str) -> None:
    text = "某市工单统计\n" + mark.join(["编号", "区"]) + "\n" + "".join(f"A{n}{mark}碑林\n" for n in range(5))
    assert run(tmp_path, text)[0].frame.shape == (5, 2)


@pytest.mark.parametrize(
    "text", ["地址\n碑林，甲街\n莲湖，乙街\n雁塔，丙街\n", '地址\n"a;b"\n"c;d"\n"e;f"\n', "数\n1\n2\n3\n"]
)
def test_one_column_stays_one_column(tmp_path: Path, text: str) -> None:
    assert run(tmp_path, text)[0].frame.shape == (3, 1)


def test_cells_beyond_the_last_heading_are_listed(tmp_path: Path) -> None:
    cleaned, report = run(tmp_path, "a,b\n1,2\n3,4,5\n6\n")

    assert cleaned.frame.rows() == [("1", "2"), ("3", "4"), ("6", "")]
    assert report["bad"] == [{"row": 3, "column": "", "value": "5", "why": "beyond", "step": -1}]


def test_errors_of_a_spreadsheet_need_a_person(tmp_path: Path) -> None:
    assert [row["why"] for row in run(tmp_path, "a,b\n#N/A,2\n")[1]["bad"]] == ["error"]


def test_a_sheet_is_chosen_and_its_merged_header_is_filled(tmp_path: Path) -> None:
    made, out = openpyxl.Workbook(), io.BytesIO()
    made.active.append(["说明"])
    sheet = made.create_sheet("数据")
    for row in (["地点", None, "数"], ["市", "区", "件"], ["西安", "碑林", 1], [None, "莲湖", 2]):
        sheet.append(row)
    sheet.merge_cells("A1:B1")
    sheet.merge_cells("A3:A4")
    made.save(out)
    path = tmp_path / "in.xlsx"
    path.write_bytes(out.getvalue())
    cleaned = clean(path, "xlsx", Plan(sheet="数据", header_row=1, header_rows=2))

    assert cleaned.frame.columns == ["地点_市", "地点_区", "数_件"]
    assert cleaned.frame.rows() == [("西安", "碑林", "1"), ("西安", "莲湖", "2")]
    with pytest.raises(Refusal) as refused:
        clean(path, "xlsx", Plan(sheet="没有"))
    assert "数据" in refused.value.text(chinese=True)


def test_the_next_delivery_is_held_against_the_last(tmp_path: Path) -> None:
    step = {"do": "map", "column": "区", "values": {"碑林": "碑林区"}}
    _, same = run(tmp_path, "区,数\n碑林,1\n碑林区,2\n", step, columns=["区", "数"])
    _, other = run(tmp_path, "区,數,Ｎ\n雁塔,1,2\n雁塔,3,4\n", step, columns=["区", "数", "n "])

    assert not is_different(same["differences"])
    assert other["differences"]["unknown"] == [{"step": 0, "column": "区", "value": "雁塔", "rows": 2}]
    assert (other["differences"]["new"], other["differences"]["missing"]) == (["數", "Ｎ"], ["数", "n "])
    assert other["differences"]["alike"] == {"n ": "Ｎ"}


@pytest.mark.parametrize(
    "document",
    [
        [], {"steps": [{"do": "nothing"}]}, {"steps": [{"do": "trim", "column": "a"}]}, {"steps": [{"do": "map", "column": "a"}]},
        {"steps": [{"do": "dates", "columns": []}]}, {"steps": [{"do": "swap", "columns": ["a"]}]}, {"header_row": -1}, {"header_row": True},
        {"steps": [{"do": "case", "to": "wild"}]}, {"strange": 1}, {"version": 2}, {"steps": [{"do": "trim"}] * 101}, {"columns": [1]},
        {"steps": [{"do": "split", "column": "a", "by": "/", "into": ["x", "x"]}]}, {"steps": [{"do": "map", "column": "a", "values": {"a": 1}}]},
    ],
)  # fmt: skip
def test_a_wrong_plan_is_refused_here_and_by_the_schema(document: Any) -> None:
    with pytest.raises(PlanWrong):
        parse_plan(document)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema())


def test_the_published_schema_is_the_one_that_validates() -> None:
    published = json.loads((ROOT / "docs/reference/cleaning.schema.json").read_text("utf-8"))
    every = {
        "steps": [
            {"do": do} | {
                name: {"x": "y"} if kind == "pairs" else ["a", "b"] if kind in ("chosen", "lines", "two") else "x"
                for name, (kind, _) in fields.items() if kind not in ("choice", "columns", "free")
            }
            for do, fields in FIELDS.items()
        ]
    }  # fmt: skip

    assert published == schema()
    jsonschema.validate(every, published)
    assert parse_plan(parse_plan(every).as_json()) == parse_plan(every)
    jsonschema.validate(parse_plan(every).as_json(), published)


def test_steps_are_suggested_from_what_is_seen_and_none_twice(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    text = "编号,日期,数,邮编\n,日,人,个\nA1 ,2025.3.1,１２３４,007\nＡ2,45717,５,008\nA3,2025年3月2日,6,009\n合计,,12,\n注：略,,,\n"
    path.write_text(text, "utf-8")
    opened = open_file(path, "csv", Plan())
    plan = suggested(opened, Plan())

    assert plan.units_row == 2
    assert [(step.do, step.named) for step in plan.steps] == [
        ("drop_notes", ()), ("trim", ()), ("drop_totals", ()), ("width", ("编号",)), ("dates", ("日期",)), ("numbers", ("数",)),
    ]  # fmt: skip
    assert suggested(opened, plan) == plan
    cleaned = clean(path, "csv", plan)
    assert cleaned.bad == () and cleaned.frame.rows()[1] == ("A2", "2025-03-01", "5", "008")


IDS = "证件\n" + "".join(f"6101021990030{n:04}{'X' if n % 11 == 2 else n % 10}\n" for n in range(1000, 1030))


@pytest.mark.parametrize("text", ["a,b\n1,x\n2,y\n", "日期,数\n2025-03-01,1.5\n,\n", "编码\n45717\n45718\n", IDS])
def test_a_clean_table_needs_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "in.csv"
    path.write_text(text, "utf-8")

    assert suggested(open_file(path, "csv", Plan()), Plan()) == Plan()


def test_the_command_line_cleans_and_says_whether_somebody_should_look(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = {name: tmp_path / name for name in ("plan", "input", "output", "report")}
    names["plan"].write_text('{"steps": [{"do": "numbers", "columns": ["a"]}]}', "utf-8")
    arguments = [part for name, path in names.items() for part in (f"--{name}", str(path))] + ["--format", "csv"]

    names["input"].write_text("a,b\n１２,x\n", "utf-8")
    assert main(arguments) == 0
    assert names["output"].read_text("utf-8-sig") == "a,b\n12,x\n"
    names["input"].write_text("a,b\n多,x\n", "utf-8")
    assert main(arguments) == 1
    assert json.loads(names["report"].read_text("utf-8"))["bad"][0]["value"] == "多"
    names["input"].write_bytes(b"")
    assert main(arguments) == 2
    names["plan"].write_text('{"steps": [{"do": "fly"}]}', "utf-8")
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert "Traceback" not in said.err and "/steps/0/do" in said.err
