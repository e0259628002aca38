"""A synthetic twin looks like its release and copies nobody."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from labs.datasets.deidentification.messages import Refusal
from labs.datasets.deidentification.twins import Twin, twin
from tests.labs.datasets.deidentification.tables import command, table


def release(rows: int = 3000) -> pl.DataFrame:
    """District fixes price; day is a date; note is long; token is unique; one row is an outlier."""
    draw = random.Random(5)
    districts = [draw.choice(["新城区", "碑林区", "长安区"]) for _ in range(rows)]
    level = {"新城区": 900, "碑林区": 500, "长安区": 100}
    return table(
        district=[*districts[:-1], "孤岛"],
        price=[*[f"{level[d] + draw.gauss(0, 30):.1f}" for d in districts[:-1]], "99999.9"],
        day=[f"2024-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}" for _ in range(rows)],
        token=[f"{draw.getrandbits(64):x}" for _ in range(rows)],
        note=[f"路灯不亮 {draw.getrandbits(60)} 号杆,请尽快维修" for _ in range(rows)],
        gap=[draw.choice(["", "有"]) for _ in range(rows)],
    ).frame


@pytest.fixture(scope="module")
def made() -> Twin:
    return twin(release())


def test_same_columns_and_rows_and_a_label(made: Twin) -> None:
    assert made.frame.columns == release().columns
    assert made.frame.height == 3000
    assert made.report["synthetic"] is True
    assert "合成数据" in made.report["label_zh"]


def test_shares_and_pairs_are_kept(made: Twin) -> None:
    means = {
        key: frame.group_by("district").agg(pl.col("price").cast(pl.Float64).median()).sort("district")
        for key, frame in (("real", release()), ("twin", made.frame))
    }
    both = means["real"].join(means["twin"], on="district")

    assert both.height == 3
    assert np.abs(both["price"].to_numpy() - both["price_right"].to_numpy()).max() < 25
    assert made.report["utility"]["score"] > 0.9
    assert {c["name"]: c["parent"] for c in made.report["columns"]}["price"] == "district"


def test_rare_values_extremes_tokens_and_texts_are_not_copied(made: Twin) -> None:
    real = release()

    assert "孤岛" not in made.frame["district"].to_list()
    assert max(map(float, made.frame["price"].to_list())) < 1100
    assert not set(real["token"]) & set(made.frame["token"])
    assert not set(real["note"]) & set(made.frame["note"])
    assert made.report["disclosure"]["equal_to_unique_rows"] < 0.01


def test_distance_to_the_closest_record_agrees_with_a_naive_one() -> None:
    real = table(
        a=[("甲", "乙", "丙")[i % 3] for i in range(60)], b=[("1", "2")[i * 7 % 5 % 2] for i in range(60)]
    ).frame
    made = twin(real)

    nearest = [
        min(sum(x != y for x, y in zip(row, other, strict=True)) / 2 for other in real.rows())
        for row in made.frame.rows()
    ]

    assert made.report["disclosure"]["distance_median"] == pytest.approx(float(np.median(nearest)))
    assert made.report["disclosure"]["equal_rows"] == pytest.approx(sum(d == 0 for d in nearest) / 60, abs=1e-4)


def test_same_release_and_key_give_the_same_twin() -> None:
    assert twin(release()).frame.equals(twin(release()).frame)
    assert not twin(release(), key=b"1" * 16).frame.equals(twin(release(), key=b"2" * 16).frame)
    assert twin(release(), rows=10).frame.height == 10


def test_too_small_a_release_is_refused() -> None:
    with pytest.raises(Refusal, match="at least 20"):
        twin(release(3).head(3))


def test_command_writes_both_files(capsysbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> None:
    release(200).write_csv(tmp_path / "in.csv")

    status, report, said = command(
        capsysbinary, "twin", "--input", tmp_path / "in.csv", "--output", tmp_path / "t.csv", "--report", tmp_path / "t.json"
    )  # fmt: skip

    assert status == 0
    assert report == json.loads((tmp_path / "t.json").read_text("utf-8"))
    assert pl.read_csv(tmp_path / "t.csv").height == 200
    assert said.startswith("Synthetic data")
