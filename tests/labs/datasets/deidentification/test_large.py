"""Large files are looked at in slices: what a slice cuts through is read as if it were whole, and little memory is held."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from labs.datasets.deidentification import encodings, reading
from labs.datasets.deidentification.messages import Refusal
from labs.datasets.deidentification.profiling import profile
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
    assert [stage for stage, _ in told] == ["profile"] * 4 + ["dependencies", "together"]
    assert shares == sorted(shares)
    assert shares[-1] < 1.0


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
