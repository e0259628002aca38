"""Samples of released data: the same for the same seed, different between trainees, never a broken record."""

from __future__ import annotations

from pathlib import Path

import pytest

from labs.grader.engine.errors import BadSource
from labs.grader.engine.variants import (
    declaration_of,
    files_with_variant,
    samples_in,
    seed_of,
    trial_seeds,
    variant_files,
)
from tests.graders import encode, make_cell, make_notebook

DECLARED = {"files": {"parking.csv": {"from": "parking/1/data.csv", "rows": 20}}}


def notebook(declared: object) -> bytes:
    source = make_notebook(make_cell("code", "a", "x = 1"))
    source["metadata"]["chengxue"] = {"variant": declared}
    return encode(source)


@pytest.fixture
def datasets(tmp_path: Path) -> Path:
    folder = tmp_path / "parking" / "1"
    folder.mkdir(parents=True)
    rows = "".join(f'{number},"two\nlines, {number}"\n' for number in range(100))
    (folder / "data.csv").write_text(f"id,note\n{rows}")
    return tmp_path


def test_same_seed_gives_the_same_rows_in_their_order_and_another_seed_others(datasets: Path) -> None:
    samples = samples_in(DECLARED)

    first, again, other = (variant_files(samples, seed, datasets)["parking.csv"] for seed in ("a", "a", "b"))

    ids = [int(line.split(b",")[0]) for line in first.split(b"\n")[1:-1:2]]
    assert first == again != other
    assert first.startswith(b"id,note\n")
    assert ids == sorted(ids) and len(set(ids)) == 20
    assert first.count(b'"') == 40


def test_a_table_with_fewer_rows_is_taken_whole(datasets: Path) -> None:
    samples = samples_in({"files": {"parking.csv": {"from": "parking/1/data.csv", "rows": 500}}})

    whole = variant_files(samples, "a", datasets)["parking.csv"]

    assert whole == (datasets / "parking/1/data.csv").read_bytes()


def test_files_of_the_variant_lie_beside_those_of_the_release(datasets: Path) -> None:
    files = files_with_variant(notebook(DECLARED), {"helper.py": b"x"}, "a", datasets)

    assert sorted(files) == ["helper.py", "parking.csv"]
    assert declaration_of(notebook(DECLARED)) == DECLARED
    assert len(trial_seeds(notebook(DECLARED))) == 3


def test_a_lab_without_variants_stays_as_it_is() -> None:
    plain = encode(make_notebook(make_cell("code", "a", "x = 1")))

    assert declaration_of(plain) is None
    assert trial_seeds(plain) == [""]
    assert files_with_variant(plain, {"a": b"1"}, "seed", None) == {"a": b"1"}


@pytest.mark.parametrize(
    "declared",
    [
        {},
        {"files": {}},
        {"files": {"a.csv": {"from": "x.csv"}}},
        {"files": {"a.csv": {"from": "x.csv", "rows": 0}}},
        {"files": {"a.csv": {"from": "x.csv", "rows": True}}},
        {"files": {"../a.csv": {"from": "x.csv", "rows": 5}}},
        {"files": {"a.csv": {"from": "/etc/passwd", "rows": 5}}},
        {"files": {"a.csv": {"from": "../../secrets.csv", "rows": 5}}},
        {"files": {"a.py": {"from": "x.csv", "rows": 5}}},
    ],
)
def test_declarations_that_mean_nothing_or_lead_elsewhere_are_refused(declared: object) -> None:
    with pytest.raises(BadSource):
        declaration_of(notebook(declared))


def test_missing_data_is_said_and_never_replaced_by_nothing(tmp_path: Path) -> None:
    with pytest.raises(BadSource, match=r"parking/1/data\.csv"):
        variant_files(samples_in(DECLARED), "a", tmp_path)


def test_seed_depends_on_every_part() -> None:
    assert seed_of("a", 1) == seed_of("a", 1) != seed_of("a", 2)
    assert len(seed_of("a", 1)) <= 32
