"""What the scan finds in a file however it is wrapped, what passes at once, and what it says it cannot read."""

from __future__ import annotations

import base64
import bz2
import gzip
import hashlib
import io
import json
import lzma
import pickle
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from openpyxl import Workbook

from labs.outgoing.scanning.findings import Finding
from labs.outgoing.scanning.judging import LARGEST_TEXT, Known, judge
from labs.outgoing.scanning.opening import LARGEST_PICTURE
from labs.outgoing.scanning.rows import Fingerprints

KEY = b"k" * 32
ROWS = [
    [f"2016-10-{day:02d} {hour:02d}:59:42", f"BHM{(day * hour) % 17:02d}", "577", str((day * 37 + hour * 13) % 577)]
    for day in range(1, 29)
    for hour in range(8, 18)
]
COLUMNS = ["LastUpdated", "SystemCode", "Capacity", "Occupancy"]


def lines(rows: list[list[str]], mark: str = ",") -> bytes:
    return "\n".join(mark.join(row) for row in [COLUMNS, *rows]).encode()


KNOWN = Known("parking/1", frozenset([hashlib.sha256(lines(ROWS)).hexdigest()]), (Fingerprints.of(ROWS, KEY),))
SOME = lines(ROWS[:60])


def codes(content: bytes, *, needs_review: bool = False, name: str = "x") -> set[str]:
    return {each.code for each in found(content, needs_review=needs_review, name=name)}


def found(content: bytes, *, needs_review: bool = False, name: str = "x") -> list[Finding]:
    return judge(name, content, needs_review=needs_review, known=[KNOWN], key=KEY)


def notebook(source: str = "print(1)", outputs: list[Any] | None = None, **more: Any) -> bytes:
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": source, "outputs": outputs or []} | more
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def shown(**data: Any) -> list[Any]:
    return [{"output_type": "display_data", "metadata": {}, "data": {k.replace("_", "/"): v for k, v in data.items()}}]


def zipped(content: bytes, name: str = "a/b.txt") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def tarred(content: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        entry = tarfile.TarInfo("b.txt")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def workbook(rows: list[list[str]]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def framed(write: str, rows: list[list[str]]) -> bytes:
    out = io.BytesIO()
    getattr(pl.DataFrame(rows, schema=COLUMNS, orient="row"), write)(out)
    return out.getvalue()


def png(*chunks: tuple[bytes, bytes], behind: bytes = b"") -> bytes:
    """Return a picture of one point, with more chunks before its end and bytes behind it."""
    head = (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    body = (b"IDAT", zlib.compress(b"\0\0"))
    out = b"\x89PNG\r\n\x1a\n"
    for kind, content in (head, *chunks, body, (b"IEND", b"")):
        out += struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    return out + behind


def records(rows: list[list[str]]) -> list[dict[str, str]]:
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


WRAPPED: dict[str, Callable[[], bytes]] = {
    "plain": lambda: SOME,
    "another separator": lambda: lines(ROWS[:60], "\t"),
    "two columns, an index": lambda: "\n".join(f"{n};{row[3]};{row[0]}" for n, row in enumerate(ROWS[:60])).encode(),
    "another order": lambda: lines([row[::-1] for row in ROWS[:60]]),
    "quoted": lambda: "\n".join(",".join(f'"{cell}"' for cell in row) for row in ROWS[:60]).encode(),
    "zip": lambda: zipped(SOME),
    "zip in zip": lambda: zipped(zipped(SOME)),
    "gzip": lambda: gzip.compress(SOME),
    "bzip2": lambda: bz2.compress(SOME),
    "xz": lambda: lzma.compress(SOME),
    "zlib": lambda: zlib.compress(SOME),
    "tar": lambda: tarred(SOME),
    "base64": lambda: base64.b64encode(SOME),
    "base64 in lines": lambda: base64.encodebytes(SOME),
    "base64 of gzip": lambda: b"x = '" + base64.b64encode(gzip.compress(SOME)) + b"'",
    "hex": lambda: SOME.hex().encode(),
    "gb18030": lambda: "编号\n".encode("gb18030") + SOME,
    "utf-16": lambda: SOME.decode().encode("utf-16"),
    "json records": lambda: json.dumps(records(ROWS[:60])).encode(),
    "json columns": lambda: json.dumps(
        {name: {str(n): row[place] for n, row in enumerate(ROWS[:60])} for place, name in enumerate(COLUMNS)}
    ).encode(),
    "json lines": lambda: "\n".join(json.dumps(each) for each in records(ROWS[:60])).encode(),
    "workbook": lambda: workbook(ROWS[:60]),
    "parquet": lambda: framed("write_parquet", ROWS[:60]),
    "arrow": lambda: framed("write_ipc", ROWS[:60]),
    "in a cell": lambda: notebook(f"data = '''{SOME.decode()}'''"),
    "printed": lambda: notebook(outputs=[{"output_type": "stream", "name": "stdout", "text": SOME.decode()}]),
    "html": lambda: notebook(
        outputs=shown(
            text_html="<table>"
            + "".join("<tr>" + "".join(f"\n<td>{cell}</td>" for cell in row) + "</tr>" for row in ROWS[:60])
            + "</table>"
        )
    ),
    "metadata": lambda: notebook(metadata={"kept": SOME.decode()}),
    "attachment": lambda: notebook(attachments={"a": {"text/plain": base64.b64encode(SOME).decode()}}),
    "words of a picture": lambda: png((b"tEXt", b"Comment\0" + SOME)),
    "packed words": lambda: png((b"zTXt", b"Comment\0\0" + zlib.compress(SOME))),
}


@pytest.mark.parametrize("wrapped", WRAPPED)
def test_rows_of_a_granted_dataset_are_found(wrapped: str) -> None:
    rows = [each for each in found(WRAPPED[wrapped]()) if each.code == "rows"]

    assert rows and rows[0].version == "parking/1"
    # Where lines of an encoding are cut, one may be lost.
    assert rows[0].count >= 58


@pytest.mark.parametrize("wrap", [bytes, zipped, gzip.compress, tarred, base64.b64encode])
def test_a_released_file_itself_is_known_by_its_digest(wrap: Callable[[bytes], bytes]) -> None:
    assert "copy" in codes(wrap(lines(ROWS)))


PASSING: dict[str, bytes] = {
    "a notebook without outputs": notebook(),
    "a head of ten rows": notebook(outputs=[{"output_type": "stream", "text": lines(ROWS[:10]).decode()}]),
    "a plot": notebook(outputs=shown(image_png=base64.b64encode(png((b"tEXt", b"Software\0Matplotlib"))).decode())),
    "a picture": png(),
    "an aggregate": ("hour,mean\n" + "\n".join(f"{hour},{hour * 1.37:.3f}" for hour in range(24))).encode(),
    "a result": b'{"rmse": 12.4, "r2": 0.87, "n": 35717}',
    "own words": "本人姓名：王小明。停车场的数据来自伯明翰。".encode(),
    "another table": ("a,b,c\n" + "\n".join(f"{n},{n * n},{n % 7}" for n in range(300))).encode(),
}


@pytest.mark.parametrize("what", PASSING)
def test_own_work_passes_at_once(what: str) -> None:
    assert found(PASSING[what]) == []


@pytest.mark.parametrize("file", sorted((Path(__file__).parents[3] / "labs/assignments/demo").glob("*/*.ipynb")))
def test_the_notebooks_of_our_own_labs_pass(file: Path) -> None:
    assert found(file.read_bytes(), name=file.name) == []
    assert found(file.read_bytes(), name=file.name, needs_review=True) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("市民电话 13812345678", "mobile"),
        ("身份证 11010519491231002X", "id_card"),
        ("来电人：王小明，投诉人：李建国", "name"),
    ],
)
@pytest.mark.parametrize("wrap", [lambda text: text.encode(), lambda text: text.encode("gb18030"), notebook])
def test_people_stop_a_file(text: str, kind: str, wrap: Callable[[str], bytes]) -> None:
    assert ("identifier", kind) in {(each.code, each.kind) for each in found(wrap(text))}


def test_a_whole_column_of_names_or_hashes_stops_a_file() -> None:
    names = ["王小明", "李建国", "张伟", "刘洋", "陈静", "杨帆"]
    listed = "区,谁\n" + "\n".join(f"雁塔,{name}" for name in names)
    hashes = "a,b\n" + "\n".join(f"{n},{hashlib.md5(name.encode()).hexdigest()}" for n, name in enumerate(names))

    assert ("column", "name") in {(each.code, each.kind) for each in found(listed.encode())}
    assert ("column", "hash") in {(each.code, each.kind) for each in found(hashes.encode())}


def locked() -> bytes:
    content = bytearray(zipped(b"x"))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


UNREADABLE: dict[str, bytes] = {
    "pickle": pickle.dumps(ROWS),
    "noise": bytes((n * 7919 + n * n) % 251 for n in range(4000)),
    "encrypted zip": locked(),
    "broken zip": zipped(SOME)[:-40],
    "bytes inside a zip": zipped(b"x")[:50] + bytes(5000) + zipped(b"x")[50:],
    "bytes behind gzip": gzip.compress(b"x") + b"more",
    "bytes behind xz": lzma.compress(b"x") + b"more",
    "noise in base64": base64.b64encode(bytes((n * 7919 + n * n) % 251 for n in range(4000))),
    "too deep": zipped(zipped(zipped(zipped(zipped(b"x"))))),
    "pdf": b"%PDF-1.7\n\x00\x01\x02\x03\xff\xfe",
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_what_cannot_be_read_stops(what: str) -> None:
    assert "unreadable" in codes(UNREADABLE[what])


@pytest.mark.parametrize(
    "picture",
    [png(behind=b"more"), png((b"daTa", b"x")), png()[:-12], png((b"IDAT", bytes(LARGEST_PICTURE)))],
    ids=["bytes behind", "a chunk of its own", "without end", "large"],
)
def test_a_picture_that_carries_more_stops(picture: bytes) -> None:
    assert "picture" in codes(picture)
    assert "picture" in codes(notebook(outputs=shown(image_png=base64.b64encode(picture).decode())))


def test_sizes_stop_and_so_does_a_bomb() -> None:
    assert codes(b"a b\n" * (LARGEST_TEXT // 4 + 1)) == {"size"}
    assert codes(gzip.compress(bytes(60 << 20))) == {"size"}


def test_where_a_reviewer_is_asked_for_only_a_notebook_without_output_passes() -> None:
    assert codes(notebook(), needs_review=True) == set()
    assert codes(notebook(outputs=[{"output_type": "stream", "text": "1"}]), needs_review=True) == {"reviewed"}
    assert codes(b"1", needs_review=True) == {"reviewed"}
    assert codes(zipped(notebook()), needs_review=True) == {"reviewed"}


def test_the_fingerprints_hold_no_value_and_another_key_makes_others() -> None:
    ours, others = Fingerprints.of(ROWS, KEY), Fingerprints.of(ROWS, b"o" * 32)

    assert ours.rows == ours.sampled == len(ROWS)
    assert not set(ours.whole.tolist()) & set(others.whole.tolist())


def test_what_no_scan_finds_is_said_in_the_decision() -> None:
    """The limits that docs/decisions/0011 names: one column alone, rewritten values, few rows, other encodings."""
    one_column = "\n".join(row[3] for row in ROWS).encode()
    rewritten = lines([[row[0].replace("-", "年"), row[1][::-1], row[2] + "0", row[3] + "0"] for row in ROWS])
    few = lines(ROWS[:19])
    reversed_text = lines(ROWS)[::-1]

    for content in (one_column, rewritten, few, reversed_text):
        assert "rows" not in codes(content)
