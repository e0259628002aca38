"""Large files are looked at in slices: what a slice cuts through is read as if it were whole, and little memory is held."""

from __future__ import annotations

import gzip
import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from labs.datasets.deidentification import encodings, large, reading
from labs.datasets.deidentification.groups import determined
from labs.datasets.deidentification.messages import Refusal
from labs.datasets.deidentification.profiling import FIXED, fixed_share, profile, profile_file
from portal.installation.paths import ROOT
from tests.labs.datasets.deidentification.tables import people

SIZE_MB = int(os.environ.get("CHENGXUE_LARGE_MB", "60"))
MEASURED = """
import resource, sys
from pathlib import Path
from labs.datasets.deidentification.reading import read_table
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
height = read_table(Path(sys.argv[1])).frame.height
print(height, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.parametrize("slice_", [1, 2, 3, 7, 64])
def test_rows_cut_by_slices_are_read_whole(slice_: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "SLICE", slice_)
    monkeypatch.setattr(encodings, "SLICE", slice_)
    path = tmp_path / "in.csv"
    path.write_text('姓,"多,行"\n王,"第一行\n第二,行"\n李,"引""号"\n\n'.rstrip("\n") + "\n", "utf-8")

    assert reading.read_table(path).frame.rows() == [("王", "第一行\n第二,行"), ("李", '引"号')]


@pytest.mark.parametrize("slice_", [1, 5, 33])
def test_ragged_row_is_named_whatever_the_slices(slice_: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "SLICE", slice_)
    path = tmp_path / "in.csv"
    draw = random.Random(slice_)
    for _ in range(10):
        rows = [f"{draw.randint(0, 10 ** draw.randint(1, 9))},b" for _ in range(12)]
        wrong = draw.randint(1, 11)
        path.write_text("\n".join(["x,y", *rows[:wrong], "1,2,3", *rows[wrong:]]) + "\n", "utf-8")

        with pytest.raises(Refusal) as refused:
            reading.read_table(path)

        assert (refused.value.values["row"], refused.value.values["found"]) == (wrong + 2, 3)


def test_open_quotation_mark_is_named_before_the_rows_that_it_tears(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text('a,b\n1,"2\n3,"4"\n5,6,7\n', "utf-8")

    with pytest.raises(Refusal) as refused:
        reading.read_table(path)

    assert refused.value.key == "quote_open"


def test_profile_says_how_far_it_is() -> None:
    told: list[tuple[str, float]] = []

    profile(people(), lambda stage, share: told.append((stage, share)))

    shares = [share for _, share in told]
    assert list(dict.fromkeys(stage for stage, _ in told)) == ["profile", "dependencies", "together"]
    assert len(told) >= 6
    assert shares == sorted(shares)
    assert shares[-1] < 1.0


TEXTS = {
    "plain": "工单,来电人,区县,日期,内容\n".encode()
    + "".join(
        f"{10**6 + n},{'王李张刘陈'[n % 5]}{'伟芳娜敏静丽'[n % 6]},6101{n % 4 + 2:02},2025-0{n % 9 + 1}-11,第{n // 3}次反映路灯不亮，希望有关部门尽快处理并回复\n"
        for n in range(700)
    ).encode(),
    "quoted": '姓,"多,行",数\n'.encode()
    + "".join(f'王,"第{n}行\n第二,行 ""引""",{n}\r\n' for n in range(90)).encode()
    + b"\r\n\r\n",
    "one column": b"a\n" + b"".join(b"%d\n" % (n % 7) for n in range(200)),
    "no end": b"\xef\xbb\xbfa;b\n1;2\n3;\n;4",
    "old ends": "甲,乙\r1,2\r合计,2\r注：来源,\r".encode(),
    "units": "面积,人口,latitude,longitude\n平方公里,万人,,\n" + "1.5,2,110.1,34.2\n" * 40,
}


@pytest.mark.parametrize("slice_", [64, 1000, 1 << 24])
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16", "gzip"])
def test_large_way_gives_the_profile_of_the_small_one(
    encoding: str, text: str, slice_: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "in.csv"
    content = TEXTS[text] if isinstance(TEXTS[text], bytes) else TEXTS[text].encode()
    path.write_bytes(gzip.compress(content, mtime=0) if encoding == "gzip" else content.decode().encode(encoding))
    expected = profile(reading.read_table(path))
    monkeypatch.setattr(large, "LARGE_BYTES", 0)
    monkeypatch.setattr(large, "SLICE", slice_)
    monkeypatch.setattr(encodings, "SLICE", slice_)
    told: list[tuple[str, float]] = []

    found = profile_file(path, progress=lambda stage, share: told.append((stage, share)), folder=tmp_path)

    assert found == expected
    assert list(dict.fromkeys(stage for stage, _ in told)) == ["read", "profile", "dependencies", "together"]
    assert [share for _, share in told] == sorted(share for _, share in told)
    assert os.listdir(tmp_path) == ["in.csv"]


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\n\n", b"a,b\n", b"a,a\n1,2\n", b"a,\n1,2\n", b'a,b\n1,"2\n', b"a,b\n1,2\n3\n", b"a,b\n1,\x00\n", b"t\n1;2\n3;4\n5;6\n",
        "甲，乙\n1，2\n".encode(), "甲,乙\n1,2\n".encode() + "丙,丁\n".encode("gb18030"), b"a,b\n1,\xff\n", b"\x1f\x8bno", gzip.compress(b"a,b\n1,2\n", mtime=0)[:-9],
        gzip.compress(b"0" * (70 << 20)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("slice_", [3, 1 << 24])
def test_large_way_refuses_what_the_small_one_refuses(
    slice_: int, content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(content)
    with pytest.raises(Refusal) as expected:
        reading.read_table(path)
    monkeypatch.setattr(large, "LARGE_BYTES", -1)
    monkeypatch.setattr(large, "SLICE", max(slice_, 1 << 20) if len(content) > 10_000 else slice_)
    monkeypatch.setattr(encodings, "SLICE", 1 << 20 if len(content) > 10_000 else slice_)

    with pytest.raises(Refusal) as refused:
        profile_file(path, folder=tmp_path)

    assert refused.value.text(chinese=False) == expected.value.text(chinese=False)
    assert os.listdir(tmp_path) == ["in.csv"]


def test_part_of_a_table_shows_only_rules_that_are_broken() -> None:
    draw = np.random.default_rng(7)
    left = draw.integers(0, 50, 400_000)
    for broken in (0.0, 0.004, 0.0099, 0.0101, 0.02, 0.3):
        right = np.where(draw.random(len(left)) < broken, draw.integers(100, 200, len(left)), left // 3)
        exact = determined(left, right)

        assert fixed_share(left, right) == (exact if exact >= FIXED else pytest.approx(exact, abs=1.0))
        assert (fixed_share(left, right) >= FIXED) == (exact >= FIXED)


def test_reading_holds_little_more_than_file_and_table(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    row = "610113,路灯不亮,希望有关部门尽快处理,2025-03-12,{}\n"
    rows = SIZE_MB * 1_000_000 // len(row.format(10**6).encode())
    with path.open("w", encoding="utf-8") as stream:
        stream.write("区,类,内容,日期,号\n")
        stream.writelines(row.format(10**6 + number) for number in range(rows))

    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(path)], cwd=ROOT, capture_output=True, text=True, check=True
    )

    height, held_mb = map(int, done.stdout.split())
    assert height == rows
    # The file itself, its table (16 bytes a cell and the longer words) and slices; 326 MB instead of 202 for 60 before it was sliced.
    assert held_mb <= 70 + 2.5 * SIZE_MB
