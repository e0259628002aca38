"""The command line: exact shapes, exit codes, one sentence for bad input, nothing half-written."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from labs.datasets.deidentification.messages import REFUSALS
from labs.datasets.deidentification.metrics import measure
from portal.installation.paths import ROOT
from tests.labs.datasets.deidentification.naive import distance, metrics
from tests.labs.datasets.deidentification.tables import command, people, recipe

Capture = pytest.CaptureFixture[bytes]
CSV = "姓名,年龄\n张三,30\n李四,40\n"


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "en")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    people().frame.write_csv(tmp_path / "in.csv")
    (tmp_path / "recipe.json").write_text(json.dumps(recipe()), "utf-8")
    return tmp_path


def built(capsysbinary: Capture, folder: Path, *more: object) -> tuple[int, Any, str]:
    files = ["--recipe", folder / "recipe.json", "--input", folder / "in.csv", "--output", folder / "out.csv"]
    return command(capsysbinary, "build", *files, "--report", folder / "report.json", *more)


def test_build_writes_release_and_report(capsysbinary: Capture, folder: Path) -> None:
    status, report, _ = built(capsysbinary, folder)

    assert status == 0
    assert report == json.loads((folder / "report.json").read_text("utf-8"))
    wanted = {"findings", "k", "l", "t", "suppressed_rows", "levels", "ncp", "discernibility", "risk", "seconds"}
    assert wanted <= set(report)
    assert pl.read_csv(folder / "out.csv").columns == ["age", "district", "illness"]
    assert sorted(path.name for path in folder.iterdir()) == ["in.csv", "out.csv", "recipe.json", "report.json"]


def test_same_key_gives_the_same_bytes_and_another_key_another_order(capsysbinary: Capture, folder: Path) -> None:
    outputs = []
    for name in ("one", "one", "two"):
        (folder / "key").write_bytes(name.encode() * 10)
        built(capsysbinary, folder, "--key-file", folder / "key")
        outputs.append((folder / "out.csv").read_bytes())

    assert outputs[0] == outputs[1] != outputs[2]


def test_stopped_build_exits_1_and_writes_no_release(capsysbinary: Capture, folder: Path) -> None:
    (folder / "recipe.json").write_text(json.dumps(recipe(shuffle_rows=False)), "utf-8")

    status, report, said = built(capsysbinary, folder)

    assert status == 1
    assert report["findings"][0]["severity"] == "stop"
    assert said.startswith("stop: ")
    assert (folder / "report.json").is_file()
    assert not (folder / "out.csv").exists()


def test_demand_that_nothing_meets_exits_1(capsysbinary: Capture, folder: Path) -> None:
    fixed = {"age": {"role": "quasi", "treatment": "keep"}}
    (folder / "recipe.json").write_text(json.dumps(recipe(columns=fixed, suppression_max=0)), "utf-8")

    status, answer, said = built(capsysbinary, folder)

    assert status == 1
    assert answer["findings"][0]["check"] == "unreachable"
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"columns": {"illness": None}}, "The column illness has no role"),
        ({"columns": {"illness": {"treatment": "keep"}}}, "The column illness has no role"),
        ({"columns": {"salary": {"role": "plain"}}}, "there is no column salary"),
        ({"k": 61}, "k = 61 is larger than the table, which has 60 rows"),
        ({"k": "five"}, "wrong at /k"),
        ({"k": True}, "wrong at /k"),
        ({"surprise": 1}, "wrong at /surprise"),
        ({"tier": "moon"}, "wrong at /tier"),
        ({"t": {"age": 0.4}}, "wrong at /t/age"),
        ({"columns": {"age": {"role": "king"}}}, "wrong at /columns/age/role"),
        ({"columns": {"age": {"role": "direct", "treatment": "keep"}}}, "wrong at /columns/age/treatment"),
        ({"columns": {"age": {"role": "quasi", "hierarchy": "missing.csv"}}}, "The hierarchy file"),
        ({"columns": {"age": {"role": "quasi", "hierarchy": {"inline": [["20", "*"]]}}}}, "misses the value 21"),
        ({"columns": {"age": {"role": "quasi", "hierarchy": "age", "max_level": 9}}}, "outside its hierarchy"),
        ({"columns": {"number": {"role": "direct", "treatment": "pseudonym"}}}, "number needs a key"),
        (
            {"columns": {"age": {"role": "quasi", "hierarchy": {"builtin": "age", "widths": ["x"]}}}},
            "/hierarchy/widths",
        ),
        (
            {"columns": {"age": {"role": "time", "hierarchy": {"builtin": "date", "units": ["eon"]}}}},
            "/hierarchy/units",
        ),
    ],
)
def test_wrong_recipe_is_refused_in_one_sentence(
    capsysbinary: Capture, folder: Path, changes: dict[str, Any], sentence: str
) -> None:
    (folder / "recipe.json").write_text(json.dumps(recipe(**changes)), "utf-8")

    status, answer, said = built(capsysbinary, folder)

    assert (status, answer) == (2, None)
    assert sentence in said
    assert len(said.splitlines()) == 1
    assert sorted(path.name for path in folder.iterdir()) == ["in.csv", "recipe.json"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-be"])
def test_encodings_are_read_alike(capsysbinary: Capture, tmp_path: Path, encoding: str) -> None:
    content = ("\ufeff" if encoding == "utf-16-be" else "") + CSV
    (tmp_path / "in.csv").write_bytes(content.encode(encoding))

    status, answer, _ = command(capsysbinary, "measure", "--input", tmp_path / "in.csv", "--quasi", "姓名")

    assert status == 0
    assert (answer["rows"], answer["k"], answer["uniques"]) == (2, 1, 2)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"a,b\n1,2\n3\n", "row 3 has 1 columns; the header has 2"),
        (b"a,b\n1,2\n3,4,5\n", "row 3 has 3 columns; the header has 2"),
        (b'a,b\n"1\n,",2\n3\n', "row 3 has 1 columns"),
        (b'a,b\n"1,2\n', "quotation mark"),
        (b"a,b\n\xff\xff\x81,2\n", "neither UTF-8, UTF-16 nor GB 18030"),
        (b"a,a\n1,2\n", "The column a appears twice"),
        (b"a,\n1,2\n", "Column 2 has no name"),
        (b"a,b\n", "no data row"),
        (b"", "no header row"),
        (b"\x1f\x8bbroken", "cannot be read"),
        (b",".join(b"c%d" % index for index in range(10_001)) + b"\n", "10001 columns; the limit is 10000"),
    ],
)
def test_broken_table_is_refused(capsysbinary: Capture, tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "in.csv").write_bytes(content)

    status, answer, said = command(capsysbinary, "profile", "--input", tmp_path / "in.csv")

    assert (status, answer) == (2, None)
    assert sentence in said
    assert len(said.splitlines()) == 1


def test_formula_cell_is_named(capsysbinary: Capture, folder: Path) -> None:
    text = (folder / "in.csv").read_text("utf-8").replace("骨折", "=HYPERLINK(1)", 1)
    (folder / "in.csv").write_text(text, "utf-8")

    status, _, said = built(capsysbinary, folder)

    assert status == 2
    assert "column illness is a formula cell: =HYPERLINK(1)" in said


def test_column_without_values_is_named(capsysbinary: Capture, folder: Path) -> None:
    people().frame.with_columns(age=pl.lit("NaN")).write_csv(folder / "in.csv")

    status, _, said = built(capsysbinary, folder)

    assert status == 2
    assert "The column age holds no value" in said


def test_spreadsheet_and_parquet_and_gzip_are_read(capsysbinary: Capture, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in [("city", "n"), ("西安", 1), ("宝鸡", 2.5)]:
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    pl.DataFrame({"city": ["西安", "宝鸡"], "n": [1.0, 2.5]}).write_parquet(tmp_path / "a.parquet")
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(CSV.encode()))

    for name in ("a.xlsx", "a.parquet", "a.csv.gz"):
        status, answer, _ = command(capsysbinary, "profile", "--input", tmp_path / name)
        assert (status, answer["rows"]) == (0, 2)


def test_spreadsheet_bomb_is_refused(capsysbinary: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labs.datasets.deidentification.reading.MOST_SHEET_BYTES", 1 << 20)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (4 << 20))
    (tmp_path / "a.xlsx").write_bytes(buffer.getvalue())

    status, _, said = command(capsysbinary, "profile", "--input", tmp_path / "a.xlsx")

    assert status == 2
    assert "holds 4 MB unpacked" in said


def test_packed_bombs_are_refused(capsysbinary: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labs.datasets.deidentification.reading.HARMLESS_BYTES", 1 << 20)
    monkeypatch.setattr("labs.datasets.deidentification.reading.MOST_CELLS", 1 << 20)
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"a,b\n" + b"1,1\n" * 2_000_000))
    pl.DataFrame({"a": pl.zeros(2_000_000, pl.Int8, eager=True)}).write_parquet(tmp_path / "a.parquet")

    for name in ("a.csv.gz", "a.parquet"):
        status, answer, said = command(capsysbinary, "profile", "--input", tmp_path / name)
        assert (status, answer) == (2, None)
        assert "MB unpacked; the limit is" in said


def test_sheet_that_lies_about_its_size_is_read_as_it_is(capsysbinary: Capture, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in [("city", "n"), ("西安", 1)]:
        book.active.append(row)
    book.save(tmp_path / "honest.xlsx")
    with zipfile.ZipFile(tmp_path / "honest.xlsx") as honest, zipfile.ZipFile(tmp_path / "a.xlsx", "w") as liar:
        for member in honest.infolist():
            liar.writestr(member.filename, honest.read(member).replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"'))

    _, answer, _ = command(capsysbinary, "profile", "--input", tmp_path / "a.xlsx")

    assert (answer["rows"], len(answer["columns"])) == (1, 2)


def test_value_that_a_hierarchy_misses_is_named_with_its_row(capsysbinary: Capture, folder: Path) -> None:
    changes = {
        "age": {"role": "quasi", "hierarchy": {"inline": [[str(age), "*"] for age in range(20, 60) if age != 34]}}
    }
    (folder / "recipe.json").write_text(json.dumps(recipe(columns=changes)), "utf-8")

    status, _, said = built(capsysbinary, folder)

    row = people().frame["age"].to_list().index("34") + 1
    assert status == 2
    assert said.strip() == f"The hierarchy of age misses the value 34 (1 values in all), first in row {row}."


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("k: &a 5\ncolumns: {age: *a}\n", "YAML alias"),
        ("k: [\n", "not valid JSON"),
        ("k: !!python/object:os.system 5\n", "not valid JSON"),
        ("k: 2024-05-01\ncolumns: {a: {role: plain}}\n", "wrong at /k"),
    ],
)
def test_yaml_beyond_json_is_refused(capsysbinary: Capture, folder: Path, text: str, sentence: str) -> None:
    (folder / "recipe.yaml").write_text(text, "utf-8")

    status, answer, said = command(
        capsysbinary, "build", "--recipe", folder / "recipe.yaml", "--input", folder / "in.csv",
        "--output", folder / "out.csv", "--report", folder / "report.json",
    )  # fmt: skip

    assert (status, answer) == (2, None)
    assert sentence in said
    assert len(said.splitlines()) == 1


def test_profile_describes_columns_and_dependencies(capsysbinary: Capture, tmp_path: Path) -> None:
    rows = [f"{i + 1},{i % 12},{i % 12 // 3},2024-05-{i % 28 + 1:02},138{i:08},\n" for i in range(60)]
    (tmp_path / "in.csv").write_text("id,ward,district,day,phone,empty\n" + "".join(rows), "utf-8")

    _, answer, _ = command(capsysbinary, "profile", "--input", tmp_path / "in.csv")

    columns = {column["name"]: column for column in answer["columns"]}
    assert columns["id"]["is_row_number"]
    assert columns["id"]["is_near_unique"]
    assert columns["phone"]["identifiers"] == {"mobile": 60}
    assert columns["phone"]["suggested_role"] == "direct"
    assert columns["empty"]["is_empty"]
    assert columns["day"]["type"] == "date"
    assert {"from": "ward", "to": "district", "share": 1.0, "is_exact": True} in answer["dependencies"]
    assert not any(found["from"] == "district" for found in answer["dependencies"])
    assert answer["candidates"] == ["ward", "district", "day"]


def test_scan_gives_offsets(capsysbinary: Capture, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("a,b\n无,无\n电话13812345678,联系13912345678\n", "utf-8")

    _, both, _ = command(capsysbinary, "scan", "--input", tmp_path / "in.csv")
    _, one, _ = command(capsysbinary, "scan", "--input", tmp_path / "in.csv", "--columns", "b")

    assert both[0] == {"row": 2, "column": "a", "kind": "mobile", "start": 2, "end": 13}
    assert [hit["column"] for hit in both] == ["a", "b"]
    assert [hit["column"] for hit in one] == ["b"]


@pytest.mark.parametrize("ordered", [False, True])
def test_measure_agrees_with_a_naive_count(ordered: bool) -> None:
    frame = people(50).frame.with_columns(level=pl.Series([str(index * index % 7) for index in range(50)]))

    found = measure(frame, ["district"], ["level"], is_ordered=ordered)

    names = frame.columns
    naive = metrics(frame.rows(), [names.index("district")], names.index("level"))
    keys = ["k", "uniques", "l_distinct", "discernibility"]
    assert {key: found[key] for key in keys} == {key: naive[key] for key in keys}
    assert found["l_entropy"] == pytest.approx(naive["l_entropy"])
    assert found["risk"]["marketer"] == pytest.approx(naive["marketer"])
    assert found["risk"]["journalist"] == "not computed"
    values = frame["level"].to_list()
    classes = [frame.filter(pl.col("district") == one)["level"].to_list() for one in frame["district"].unique()]
    order = sorted(set(values), key=int) if ordered else None
    assert found["t"] == pytest.approx(max(distance(members, values, order) for members in classes))


def test_unknown_column_and_wrong_arguments_are_bad_input(capsysbinary: Capture, folder: Path) -> None:
    status, _, said = command(capsysbinary, "measure", "--input", folder / "in.csv", "--quasi", "sex")
    assert (status, "no column sex" in said) == (2, True)

    status, _, said = command(capsysbinary, "measure", "--input", folder / "none.csv", "--quasi", "sex")
    assert (status, "There is no file" in said) == (2, True)

    status, _, said = command(capsysbinary, "measure")
    assert (status, len(said.splitlines())) == (2, 1)


def test_folder_that_cannot_be_written_leaves_nothing(capsysbinary: Capture, folder: Path) -> None:
    status, _, said = command(
        capsysbinary, "build", "--recipe", folder / "recipe.json", "--input", folder / "in.csv",
        "--output", folder / "no" / "out.csv", "--report", folder / "report.json",
    )  # fmt: skip

    assert status == 2
    assert "Nothing half-written is left" in said
    assert not (folder / "report.json").exists()


def test_chinese_locale_gets_chinese(capsysbinary: Capture, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "zh_CN")

    _, _, said = command(capsysbinary, "measure", "--input", folder / "in.csv", "--quasi", "sex")

    assert said.startswith("表中没有列 sex")


def test_every_refusal_has_the_same_places_in_both_languages() -> None:
    for chinese, english in REFUSALS.values():
        assert chinese.count("{") == english.count("{")


def test_recipes_of_the_tests_follow_the_published_schema() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((ROOT / "docs" / "reference" / "recipe.schema.json").read_text("utf-8"))
    validator = jsonschema.Draft202012Validator(schema)

    validator.check_schema(schema)
    validator.validate(recipe())
    for wrong in (recipe(k="five"), recipe(surprise=1), recipe(columns={"age": {"treatment": "keep"}})):
        assert not validator.is_valid(wrong)


def test_ten_gigabytes_are_refused_without_reading_them(capsysbinary: Capture, folder: Path) -> None:
    with (folder / "in.csv").open("wb") as file:
        file.truncate(10 << 30)  # takes no place on the disk

    status, _, complaint = built(capsysbinary, folder)

    assert (status, "in.csv holds 10240 MB" in complaint) == (2, True)
    assert not (folder / "out.csv").exists()
