"""The real lab 停车诱导: its solution passes, a blank fails, and wrong ideas fail where they are wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.graders import ROOT, GraderProcess, encode, with_answers

pytestmark = pytest.mark.slow

FOLDER = ROOT / "labs/assignments/demo/parking_guidance"
SOURCE: dict[str, Any] = json.loads((FOLDER / "parking_guidance.ipynb").read_text("utf-8"))
TESTED = ["q1-load", "q2-quality", "q3-clean", "q4-hourly", "q5-full", "q6-guide", "q7-forecast", "q8-board"]
ESSAY = "还缺位置和路况数据；车牌明细不应接入，由企业本地统计后上报。"

DROPS_FULL_MOMENTS = """
def clean(table):
    kept = table.drop_duplicates()
    kept = kept[(kept["Occupancy"] >= 0) & (kept["Occupancy"] <= kept["Capacity"])]
    return kept.reset_index(drop=True)
"""
CHANGES_THE_ORIGINAL = """
def clean(table):
    table["Occupancy"] = table["Occupancy"].clip(upper=table["Capacity"])
    return table[table["Occupancy"] >= 0].drop_duplicates().reset_index(drop=True)
"""
AVERAGES_RATES = """
def hourly_rate(table):
    rate = table["Occupancy"] / table["Capacity"]
    return rate.groupby(table["LastUpdated"].dt.hour).mean()
"""
TRUSTS_EVERY_LOT = """
def guide(table, hour, max_rate=0.7, min_days=20, top=3):
    now = table[table["LastUpdated"].dt.hour == hour]
    now = now.assign(rate=now["Occupancy"] / now["Capacity"], free=now["Capacity"] - now["Occupancy"])
    lots = now.groupby("SystemCodeNumber")[["rate", "free"]].mean()
    lots = lots[lots["rate"] <= max_rate].sort_values("free", ascending=False).head(top)
    lots["free"] = lots["free"].astype(int)
    return lots.rename_axis("lot").reset_index()
"""
FORGETS_TO_PARSE = """
def load_parking(path):
    return pd.read_csv(path).sort_values(["SystemCodeNumber", "LastUpdated"], ignore_index=True)
"""


@pytest.fixture(scope="module")
def grader(
    lab_environment: Path, released_datasets: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[GraderProcess]:
    process = GraderProcess(lab_environment, tmp_path_factory.mktemp("lab") / "grader.sock", released_datasets)
    process.start()
    yield process
    process.stop()


def failing(result: dict[str, Any]) -> list[str]:
    return [q["id"] for q in result["questions"] if q["kind"] == "tests" and q["verdict"] != "passed"]


def test_instructors_notebook_is_sound(grader: GraderProcess) -> None:
    inspection = grader.inspect(SOURCE)

    assert inspection["problems"] == []
    assert [q["id"] for q in inspection["questions"]] == [*TESTED, "q9-reflection"]
    assert sum(q["max_score"] for q in inspection["questions"]) == 100
    assert all(q["title"].startswith("第 ") for q in inspection["questions"])


def test_right_solution_earns_every_point_but_the_teacher_s(grader: GraderProcess) -> None:
    solved = with_answers(grader.release(SOURCE), **answers(SOURCE), q9_reflection=ESSAY)

    result = grader.grade(SOURCE, solved)

    assert failing(result) == []
    assert result["score"] == 80
    assert result["questions"][-1]["verdict"] == "manual"
    assert result["flags"] == []


def test_blank_notebook_earns_nothing(grader: GraderProcess) -> None:
    result = grader.grade(SOURCE, grader.release(SOURCE))

    assert failing(result) == TESTED
    assert result["score"] == 0


@pytest.mark.parametrize(
    ("wrong", "fails"),
    [
        ({"q1_answer": FORGETS_TO_PARSE}, ["q1-load"]),
        ({"q3_answer": DROPS_FULL_MOMENTS}, ["q3-clean"]),
        ({"q3_answer": CHANGES_THE_ORIGINAL}, ["q3-clean"]),
        ({"q4_answer": AVERAGES_RATES, "q6_answer": TRUSTS_EVERY_LOT}, ["q4-hourly", "q6-guide"]),
    ],
    ids=["text-times", "drops-full-moments", "changes-the-original", "averages-and-trusts"],
)
def test_wrong_idea_fails_its_own_question_only(grader: GraderProcess, wrong: dict[str, str], fails: list[str]) -> None:
    solved = with_answers(grader.release(SOURCE), **(answers(SOURCE) | wrong))

    assert failing(grader.grade(SOURCE, solved)) == fails


def test_trainee_s_notebook_holds_no_solution_and_no_hidden_test(grader: GraderProcess) -> None:
    release = encode(grader.release(SOURCE)).decode()

    for secret in ("HIDDEN", "BEGIN SOLUTION", "nunique()\\n", "参考答案", "small_file", "sick", "trusted"):
        assert secret not in release


def test_lab_s_data_cannot_be_changed(grader: GraderProcess, released_datasets: Path) -> None:
    poison = answers(SOURCE)["q1_answer"] + "\nopen(DATA, 'a').write('x')"

    result = grader.grade(SOURCE, with_answers(SOURCE, q1_answer=poison, q2_answer="import os\nos.remove(DATA)"))

    assert (released_datasets / "birmingham-parking/1/parking.csv").read_bytes().endswith(b"16:30:35\n")
    assert failing(result) == ["q2-quality"]


def test_notebook_file_is_clean() -> None:
    metadata = SOURCE["metadata"]
    names = [cell["id"] for cell in SOURCE["cells"]]

    assert set(metadata) == {"kernelspec", "language_info"}
    assert len(set(names)) == len(names)
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in SOURCE["cells"])


def answers(source: dict[str, Any]) -> dict[str, str]:
    """Take the solution out of the source, by cell name."""
    return {
        cell["id"].replace("-", "_"): "".join(cell["source"])
        for cell in source["cells"]
        if cell["metadata"].get("nbgrader", {}).get("solution") and cell["cell_type"] == "code"
    }
