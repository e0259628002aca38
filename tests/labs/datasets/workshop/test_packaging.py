"""What a release's folder holds: the same bytes each time, tables typed, every file described and summed."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest

from labs.datasets.deidentification.messages import Refusal
from labs.datasets.workshop.description import About
from labs.datasets.workshop.packaging import write_package
from labs.datasets.workshop.plain import check_plain
from labs.datasets.workshop.tables import NamedTable, format_of, read_tables
from labs.datasets.workshop.typing import type_of

ABOUT = About(
    "city", "城市", "City", "说明", "Words", "某局", "https://example.org", "CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/",
    "某局 2026", "WGS-84", "no_persons",
)  # fmt: skip
FRAME = pl.DataFrame(
    {
        "code": ["007", "010", ""], "n": ["1", "-2", "NA"], "x": ["1.5", "", "2e3"], "day": ["2026-01-02", "", "2026-12-31"],
        "at": ["2026-01-02 03:04:05", "2026-01-02T03:04", ""], "text": ["a,b", '引"号', "NA"],
    }
)  # fmt: skip
WORDS = {"data/n": {"description": "数", "description_en": "number"}}
NETWORK = """[TITLE]
[JUNCTIONS]
;ID Elev Demand
 J1 10 1 p ; comment
 J2 20
[PIPES]
 P1 J1 J2 100 6 150 0 Open
[COORDINATES]
 J1 1.5 2.5
"""


def package(folder: Path, **more: Any) -> dict[str, bytes]:
    """Return a package of the frame, by name."""
    folder.mkdir()
    write_package(folder, ABOUT, [NamedTable("data", FRAME)], WORDS, {"k": None}, more.get("original"))
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    assert package(tmp_path / "a") == package(tmp_path / "b")


def test_every_file_is_summed_and_described(tmp_path: Path) -> None:
    original = tmp_path / "source.csv"
    original.write_bytes(b"code\n007\n")
    files = package(tmp_path / "a", original=original)
    sums = dict(reversed(line.split("  ")) for line in files["SHA256SUMS"].decode().splitlines())
    resources = {r["path"]: r for r in json.loads(files["datapackage.json"])["resources"]}
    croissant = json.loads(files["croissant.json"])
    dcat = json.loads(files["dcat.jsonld"])

    assert sums == {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items() if name != "SHA256SUMS"
    }
    assert set(resources) == {"data.csv", "data.parquet", "source.csv"}
    assert resources["data.csv"]["hash"] == f"sha256:{sums['data.csv']}"
    assert [f["type"] for f in resources["data.csv"]["schema"]["fields"]] == [
        "string", "integer", "number", "date", "datetime", "string",
    ]  # fmt: skip
    assert croissant["conformsTo"].endswith("croissant/1.0")
    assert {f["sha256"] for f in croissant["distribution"]} == {sums[name] for name in resources}
    assert croissant["recordSet"][0]["field"][1]["dataType"] == "sc:Integer"
    assert dcat["@type"] == "dcat:Dataset" and len(dcat["dcat:distribution"]) == 3
    assert "某局 2026" in files["LICENSE"].decode() and json.loads(files["RISK.json"]) == {"k": None}
    assert json.loads(files["dictionary.json"])["tables"][0]["columns"][1]["description"] == "数"


def test_tables_keep_every_value(tmp_path: Path) -> None:
    files = package(tmp_path / "a")
    rows = list(csv.reader(files["data.csv"].decode("utf-8-sig").splitlines()))
    typed = pq.read_table(tmp_path / "a" / "data.parquet").to_pydict()

    assert files["data.csv"].startswith(b"\xef\xbb\xbf")
    assert rows[1] == ["007", "1", "1.5", "2026-01-02", "2026-01-02 03:04:05", "a,b"] and rows[3][1] == "NA"
    assert typed["code"] == ["007", "010", None] and typed["n"] == [1, -2, None] and typed["x"] == [1.5, None, 2000.0]
    assert str(typed["day"][2]) == "2026-12-31" and typed["at"][1].minute == 4 and typed["text"][2] == "NA"


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "2"], "integer"), (["01", "2"], "text"), (["1", "2.5"], "number"), (["1e999"], "number"), (["", "NA"], "text"),
        (["2026-02-30"], "text"), (["2026-02-28"], "date"), (["2026-02-28 24:00"], "text"), (["[30, 40)"], "text"),
        (["9" * 19], "number"), (["-"], "text"), (["0.5", "-.5"], "number"), (["007.5"], "text"),
    ],
)  # fmt: skip
def test_types(values: list[str], kind: str) -> None:
    assert type_of(pl.Series("v", values, dtype=pl.String)) == kind


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.CSV", "csv"),
        ("a.csv.gz", "csv"),
        ("a.osm.pbf", "pbf"),
        ("a.geojson", "geojson"),
        ("a.tsv", "csv"),
        ("a.inp", "inp"),
    ],
)
def test_formats_by_name(name: str, form: str) -> None:
    assert format_of(name) == form


def read(tmp_path: Path, name: str, content: str) -> dict[str, list[tuple[Any, ...]]]:
    """Rows of every table of a file."""
    path = tmp_path / name
    path.write_text(content, "utf-8")
    return {table.name: table.frame.rows() for table in read_tables(path, format_of(name), "")}


def test_a_network_is_two_tables(tmp_path: Path) -> None:
    assert read(tmp_path, "net.inp", NETWORK) == {
        "junctions": [("J1", "10", "1", "p", "1.5", "2.5"), ("J2", "20", "", "", "", "")],
        "pipes": [("P1", "J1", "J2", "100", "6", "150", "0", "Open")],
    }


def test_json_and_geojson_are_tables(tmp_path: Path) -> None:
    listed = read(tmp_path, "a.json", '{"data": [{"a": 1, "b": null}, {"a": "x", "c": {"d": [1]}}], "count": 2}')
    points = (
        '{"type": "FeatureCollection", "features": [{"properties": {"n": "公厕"}, "geometry": {"type": "Point", '
        '"coordinates": [108.9, 34.2]}}, {"properties": {"n": "路"}, "geometry": {"type": "LineString", "coordinates": []}}]}'
    )

    assert listed == {"data": [("1", "", ""), ("x", "", '{"d": [1]}')]}
    assert read(tmp_path, "a.geojson", points)["data"][0][:3] == ("公厕", "108.9", "34.2")


def test_data_without_persons_is_looked_through() -> None:
    clean = check_plain([NamedTable("data", FRAME)])
    found = check_plain(
        [NamedTable("data", pl.DataFrame({"a": ["请拨 13800138000"], "身份证 61010219900307001X": ["x"]}))]
    )

    assert clean == [] and {finding.severity for finding in found} >= {"stop"}
    with pytest.raises(Refusal):
        check_plain([NamedTable("data", pl.DataFrame({"a": ["=cmd|x"]}))])
