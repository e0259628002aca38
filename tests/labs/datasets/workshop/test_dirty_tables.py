"""Tables and geodata as offices deliver them: read right, refused with the place, or named as dirt. Never a traceback."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from labs.datasets.deidentification.building import build
from labs.datasets.deidentification.messages import Refusal
from labs.datasets.deidentification.profiling import profile
from labs.datasets.deidentification.recipe import parse_recipe
from labs.datasets.workshop.tables import NamedTable, as_engine_table, format_of, read_tables


def read(tmp_path: Path, name: str, content: bytes | str) -> NamedTable:
    """Return the first table of a file."""
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_tables(path, format_of(name), "00")[0]


def noted(table: NamedTable) -> dict[str, Any]:
    """Return the profile, which every JSON reader can read, and its notes by check."""
    found = json.loads(json.dumps(profile(as_engine_table(table, "00")), allow_nan=False))
    return found | {"by_check": {(note["check"], note["column"] or note["row"]): note for note in found["notes"]}}


def book(fill: Callable[[Any], None]) -> bytes:
    """Return a workbook that `fill` wrote into."""
    made, out = openpyxl.Workbook(), io.BytesIO()
    fill(made)
    made.save(out)
    return out.getvalue()


def test_line_ends_of_old_macs(tmp_path: Path) -> None:
    assert read(tmp_path, "a.csv", "甲,乙\r1,2\r3,4\r").frame.rows() == [("1", "2"), ("3", "4")]


def test_traditional_characters_in_big5(tmp_path: Path) -> None:
    table = read(tmp_path, "a.csv", "縣市,數量\n臺北市,3\n新竹,4\n".encode("big5"))

    assert table.frame.columns == ["縣市", "數量"] and table.frame["縣市"].to_list() == ["臺北市", "新竹"]


@pytest.mark.parametrize(
    ("content", "key", "said"),
    [
        ("甲,乙\n1,城关\n".encode() + "2,新城\n".encode("gb18030"), "encoding_mixed", "第 3 行"),
        ("姓名，数量\n甲，1\n", "separator_wide", "“，”"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_place(
    tmp_path: Path, content: bytes | str, key: str, said: str
) -> None:
    with pytest.raises(Refusal) as refused:
        read(tmp_path, "in.csv", content)

    assert refused.value.key == key and said in refused.value.text(chinese=True)
    assert str(tmp_path) not in refused.value.text(chinese=True) + refused.value.text(chinese=False)


def test_numbers_beyond_what_a_number_holds(tmp_path: Path) -> None:
    rows = "".join(f"6.10113E+17,{value}\n" for value in ("-inf", "NaN", "1e400", "2.5", "1.5"))
    found = noted(read(tmp_path, "a.csv", f"编码,值\n{rows}"))
    codes, values = found["columns"]

    assert codes["min"] == codes["max"] == 6.10113e17 and sum(codes["histogram"]["rows"]) == 5
    assert (values["min"], values["max"]) == (None, None) and sum(values["histogram"]["rows"]) == 2
    assert "5" in found["by_check"]["damaged", "编码"]["message_zh"]
    assert "2" in found["by_check"]["infinite", "值"]["message_zh"]


def test_spellings_that_nobody_tells_apart_are_named(tmp_path: Path) -> None:
    text = "性别,区,病\n男 ,碑林,感冒\n男,碑林区,骨折\n 男,莲湖区,ＣＴ\n女,莲湖区,ct\n"
    found = noted(read(tmp_path, "a.csv", text))["by_check"]

    assert set(found) == {("spellings", "性别"), ("spellings", "区"), ("spellings", "病")}
    assert "碑林区" in found["spellings", "区"]["message_en"]


def test_a_build_warns_of_dirt_that_counts(tmp_path: Path) -> None:
    rows = [f"{'碑林区' if n % 2 else '碑林 区'},{20 + n % 3}" for n in range(40)]
    table = read(tmp_path, "a.csv", "\n".join(["区,年龄", *rows, "合计,40", ""]))
    recipe = parse_recipe({"k": 2, "suppression_max": 0.2, "tier": "lab", "columns": {
        "区": {"role": "quasi", "hierarchy": "categorical"}, "年龄": {"role": "plain"}}})  # fmt: skip
    found = {one.check: one for one in build(as_engine_table(table, "00"), recipe, b"k" * 16).findings}

    assert (found["spellings"].column, found["spellings"].severity) == ("区", "warn")
    assert "第 41 行" in found["total_row"].text(chinese=True) and "41" in found["total_row"].text(chinese=False)


def test_different_values_are_no_spellings(tmp_path: Path) -> None:
    text = "区,码\n碑林,1.0\n雁塔,1\n城区,01\n县城,1.00\n"
    assert noted(read(tmp_path, "a.csv", text))["notes"] == []


def test_units_totals_and_notes_are_no_records(tmp_path: Path) -> None:
    text = "年份,人口,面积\n年,万人,平方公里\n2021,1316.3,10752\n小计,1,2\n2022,1299.6,10752\n合 计,2615.9,\n注：数据来源于公报,,\n"
    found = noted(read(tmp_path, "a.csv", text))["by_check"]

    assert set(found) == {("units_row", 1), ("total_row", 3), ("total_row", 5), ("note_row", 6)}
    assert "万人" in found["units_row", 1]["message_zh"]


def test_the_visible_sheet_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    def fill(made: Any) -> None:
        made.active.title, made.active.sheet_state = "原始", "hidden"
        made.active.append(["姓名"])
        for title, row in (("公开", ["长乐", 3]), ("附表", ["x", 1])):
            sheet = made.create_sheet(title)
            sheet.append(["社区", "户数"])
            sheet.append(row)

    table = read(tmp_path, "a.xlsx", book(fill))
    note = noted(table)["by_check"]["sheets", None]["message_zh"]

    assert table.frame.rows() == [("长乐", "3")]
    assert "公开" in note and "附表" in note and "原始" not in note


def test_merged_cells_are_filled_and_blank_rows_are_not_counted(tmp_path: Path) -> None:
    def fill(made: Any) -> None:
        for row in (["社区", "户数"], ["长乐", 3], [None, 4], [None, None], ["填表人：秦某某", None]):
            made.active.append(row)
        made.active.merge_cells("A2:A3")

    table = read(tmp_path, "a.xlsx", book(fill))

    assert table.frame.rows() == [("长乐", "3"), ("长乐", "4"), ("填表人：秦某某", "")]
    assert ("note_row", 3) in noted(table)["by_check"]


def test_a_long_number_of_a_spreadsheet_is_not_written_out_as_an_identifier(tmp_path: Path) -> None:
    def fill(made: Any) -> None:
        import datetime

        made.active.append(["日期", "大数", "整数"])
        made.active.append([datetime.datetime(2025, 3, 1), 610113199001011234.0, 12.0])

    table = read(tmp_path, "a.xlsx", book(fill))

    assert table.frame.rows() == [("2025-03-01", "6.10113199001011E+17", "12")]
    assert ("damaged", "大数") in noted(table)["by_check"]


def features(*rows: tuple[dict[str, Any], list[float]], **more: Any) -> str:
    """Return a GeoJSON file of points."""
    found = [{"properties": own, "geometry": {"type": "Point", "coordinates": place}} for own, place in rows]
    return json.dumps({"type": "FeatureCollection", "features": found, **more})


def test_nan_in_json_is_missing_and_infinity_is_named(tmp_path: Path) -> None:
    table = read(tmp_path, "a.json", '[{"a": NaN}, {"a": 1e400}, {"a": -1e400}, {"a": true}]')

    assert table.frame["a"].to_list() == ["", "inf", "-inf", "true"]
    assert ("infinite", "a") in noted(table)["by_check"]


def test_an_own_property_never_gives_way_to_a_coordinate(tmp_path: Path) -> None:
    text = features(({"名": "甲", "longitude": "东经108", "geometry": 1}, [108.94, 34.26]))
    table = read(tmp_path, "a.geojson", text)

    row = table.frame.row(0, named=True)
    assert (row["longitude"], row["latitude"], row["properties.longitude"]) == ("108.94", "34.26", "东经108")
    assert {("own_column", "longitude"), ("own_column", "geometry")} <= set(noted(table)["by_check"])


@pytest.mark.parametrize("places", [([34.2, 108.9], [34.3, 108.8]), ([43.8, 87.6], [43.7, 87.5])])
def test_swapped_axes_are_named_and_nothing_is_turned_round(tmp_path: Path, places: tuple[list[float], ...]) -> None:
    table = read(tmp_path, "a.geojson", features(*(({"n": "钟楼"}, place) for place in places)))

    assert float(table.frame["longitude"][0]) == places[0][0]
    assert ("axes", "longitude") in noted(table)["by_check"]


@pytest.mark.parametrize(
    ("crs", "is_named"),
    [
        ({"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4547"}}, True),
        ({"type": "name", "properties": {"name": "EPSG:4490"}}, True),
        ({"type": "EPSG", "properties": {"code": 2436}}, True),
        ({"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}, False),
        ({"type": "name", "properties": {"name": "EPSG:4326"}}, False),
        (None, False),
    ],
)
def test_another_reference_system_is_named(tmp_path: Path, crs: Any, is_named: bool) -> None:
    found = noted(read(tmp_path, "a.geojson", features(({"n": "钟楼"}, [108.9, 34.2]), crs=crs)))["by_check"]

    assert (("crs", None) in found) == is_named
    assert not any(check == "axes" for check, _ in found)
