"""The check of a lab: sound labs pass, and every way in which a lab can be weak is named with what to do."""

from __future__ import annotations

import base64
import copy
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from labs.grader.engine.packs import attacks, damages, labs
from labs.grader.engine.packs.building import source_of
from tests.graders import GraderProcess, answer_cell, encode, graded_cell, make_cell, make_notebook, with_answers

pytestmark = pytest.mark.slow

HONEST = source_of(labs()["honest"])


def check(grader: GraderProcess, source: dict[str, Any], **more: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    files = {name: base64.b64encode(content).decode() for name, content in more.pop("files", {}).items()}
    wrong = {name: base64.b64encode(content).decode() for name, content in more.pop("wrong", {}).items()}
    packed = base64.b64encode(encode(source)).decode()
    limits = {"cpu_s": 20, "wall_s": 40, "memory_mb": 1024}
    request = {"op": "check", "source": packed, "files": files, "wrong": wrong, "limits": limits, "seconds": 300}
    events = grader.events(**request | more)
    assert events[-1]["event"] == "result", events[-1]
    return events[-1]["result"], events[:-1]


def named(report: dict[str, Any]) -> set[tuple[str, str]]:
    return {(problem["section"], problem["severity"]) for problem in report["problems"]}


def test_a_sound_lab_passes_every_part_with_progress(warm_grader: GraderProcess) -> None:
    wrong = encode(with_answers(HONEST, a2="highest = 0.5"))

    report, events = check(warm_grader, HONEST, wrong={"smallest.ipynb": wrong})

    assert report["ok"], report["problems"]
    assert report["complete"] and report["deterministic"]
    # A minute on a quiet machine of two processors; others may be at work on this one.
    assert report["seconds"] < 60 * max(1.0, os.getloadavg()[0] / 2)
    assert report["attacks"]["run"] == len([attack for attack in attacks() if attack.wide]) >= 40
    assert report["damages"]["run"] >= len([damage for damage in damages() if damage.wide]) - 2
    assert report["wrong"] == [{"name": "smallest.ipynb", "fails": True, "score": 2.0, "max_score": 5.0}]
    assert {section["name"] for section in report["sections"]} >= {"solution", "blank", "attacks", "damages", "leaks"}
    assert {event.get("stage") for event in events} >= {"attacks", "damages"}


def test_a_wrong_answer_with_full_marks_turns_the_report_red(warm_grader: GraderProcess) -> None:
    report, _ = check(warm_grader, HONEST, wrong={"same.ipynb": encode(HONEST)}, seconds=10)

    assert not report["ok"]
    assert ("wrong", "error") in named(report)


def test_secrets_in_files_beside_the_notebook_are_found(warm_grader: GraderProcess) -> None:
    source = make_notebook(
        answer_cell(
            "a1",
            "### BEGIN SOLUTION\nquiet = [row for row in rows if row['spaces'] > 10]\n"
            "names = sorted(row['name'].strip() for row in quiet)\n### END SOLUTION",
        ),
        make_cell("code", "setup", "rows = [{'name': 'a', 'spaces': 11}]", locked=True),
        graded_cell("q1", "### BEGIN HIDDEN TESTS\nassert names == ['station-square']\n### END HIDDEN TESTS"),
    )
    source["cells"].insert(0, source["cells"].pop(1))
    files = {
        "hints.md": b"Try:\nquiet = [row for row in rows if row['spaces'] > 10]\nnames = sorted(row['name'].strip() for row in quiet)\n",
        "old.py": b"x = 1\nassert names == ['station-square']\n",
    }

    report, _ = check(warm_grader, source, files=files, seconds=10)

    found = [problem["message"] for problem in report["problems"] if problem["section"] == "leaks"]
    assert len(found) == 2
    assert any("hints.md" in message and "参考答案" in message for message in found)
    assert any("old.py" in message and "隐藏测试" in message for message in found)


@pytest.mark.parametrize("is_early", [False, True])
def test_a_slow_library_is_asked_to_the_opening_cells(warm_grader: GraderProcess, is_early: bool) -> None:
    load, burn = "import wntr\n", "import time\nwhile time.process_time() < 1.5: pass\n"
    source = make_notebook(
        make_cell("code", "setup", load if is_early else "", locked=True),
        answer_cell("a1", f"{'' if is_early else load}{burn}import numpy\n### BEGIN SOLUTION\nx = 1\n### END SOLUTION"),
        graded_cell("q1", "import math\nassert x == 1"),
    )

    report, _ = check(warm_grader, source, seconds=10)

    told = [problem for problem in report["problems"] if "import" in problem["message"]]
    assert [(each["cell"], each["severity"], "wntr" in each["message"]) for each in told] == (
        [] if is_early else [(2, "warning", True)]
    )


def test_a_test_that_an_equal_object_fools_turns_the_report_red(warm_grader: GraderProcess) -> None:
    source = make_notebook(
        answer_cell(
            "a1",
            "### BEGIN SOLUTION\nclass Money:\n    def __init__(self, amount): self.amount = amount\n"
            "    def __add__(self, other): return Money(self.amount + other.amount)\n"
            "    def __eq__(self, other): return self.amount == other.amount\n### END SOLUTION",
        ),
        graded_cell("q1", "assert Money(2) + Money(3) == Money(5)"),
    )

    report, _ = check(warm_grader, source)

    problem = next(each for each in report["problems"] if each["section"] == "attacks")
    assert not report["ok"]
    assert problem["severity"] == "error" and "q1" in problem["message"]


def test_hollow_answers_that_pass_are_for_review(warm_grader: GraderProcess) -> None:
    source = make_notebook(
        make_cell("code", "setup", "import pandas as pd\nframe = pd.DataFrame({'a': [1, 9]})", locked=True),
        answer_cell(
            "a1",
            "### BEGIN SOLUTION\ndef large(frame):\n    return frame[frame['a'] > 5]['a'].tolist()\n### END SOLUTION",
        ),
        graded_cell("q1", "assert all(value > 5 for value in large(frame))"),
    )

    report, _ = check(warm_grader, source)

    assert ("attacks", "warning") in named(report)


def test_certifying_labs_may_not_test_in_the_trainees_process(warm_grader: GraderProcess) -> None:
    source = copy.deepcopy(HONEST)
    source["cells"][-1]["metadata"]["chengxue"] = {"in_kernel": True}

    allowed, _ = check(warm_grader, source, seconds=20)
    refused, _ = check(warm_grader, source, certification=True, seconds=10)

    assert allowed["ok"], allowed["problems"]
    assert not refused["ok"]
    assert any("in_kernel" in problem["message"] and problem["severity"] == "error" for problem in refused["problems"])


@pytest.fixture
def datasets() -> Iterator[Path]:
    """Yield data where the sandbox's own user can read it, which below tmp_path it cannot."""
    with tempfile.TemporaryDirectory(prefix="chengxue-variants-") as name:
        folder = Path(name, "parking", "1")
        folder.mkdir(parents=True)
        (folder / "data.csv").write_text("spaces\n" + "".join(f"{number}\n" for number in range(500)))
        for path in (Path(name), *Path(name).rglob("*")):
            path.chmod(0o755)
        yield Path(name)


def test_variants_are_tried_and_a_fixed_expectation_is_found(warm_grader: GraderProcess, datasets: Path) -> None:
    source = make_notebook(
        make_cell("code", "setup", "import pandas as pd\nspaces = pd.read_csv('own.csv')['spaces']", locked=True),
        answer_cell(
            "a1", "### BEGIN SOLUTION\nmost = int(spaces.max())\nmean = float(spaces.mean())\n### END SOLUTION"
        ),
        graded_cell("q1", "assert most == spaces.max()\nassert abs(mean - spaces.mean()) < 1e-9"),
    )
    source["metadata"]["chengxue"] = {"variant": {"files": {"own.csv": {"from": "parking/1/data.csv", "rows": 9}}}}
    fixed = copy.deepcopy(source)
    sample = warm_grader.grade(source, source, datasets=str(datasets), variant_seed="trial-1")
    fixed["cells"][-1]["source"] = "assert most > 400 and abs(mean - 250) < 3"

    sound, _ = check(warm_grader, source, datasets=str(datasets))
    weak, _ = check(warm_grader, fixed, datasets=str(datasets), seconds=10)
    other = warm_grader.grade(source, source, datasets=str(datasets), variant_seed="somebody")

    assert sample["score"] == other["score"] == 2
    assert sound["ok"], sound["problems"]
    assert "variants" in {section["name"] for section in sound["sections"]}
    assert not weak["ok"]


def test_replay_proves_a_result_and_names_what_differs(warm_grader: GraderProcess) -> None:
    request = {
        "source": base64.b64encode(encode(HONEST)).decode(),
        "submission": base64.b64encode(encode(HONEST)).decode(),
    }
    first = warm_grader.grade(HONEST, HONEST)
    forged = json.loads(json.dumps(first))
    forged["score"], forged["questions"][0]["verdict"] = 1.0, "failed"
    older = json.loads(json.dumps(first)) | {"digests": first["digests"] | {"grader": "0" * 64}}

    same, different, foreign = (
        warm_grader.events(op="replay", expected=expected, **request)[-1]["result"]
        for expected in (first, forged, older)
    )

    assert same["same"] and same["differences"] == [] and same["digests"] == {}
    assert not different["same"]
    assert {(each["question"], each["field"]) for each in different["differences"]} == {
        ("", "score"),
        ("q1", "verdict"),
    }
    assert not foreign["same"] and list(foreign["digests"]) == ["grader"]


def test_hashes_are_the_same_in_both_processes_and_after_a_restart(
    warm_grader: GraderProcess, lab_environment: Path, tmp_path: Path
) -> None:
    source = make_notebook(
        answer_cell("a1", "### BEGIN SOLUTION\nseen = hash('城市')\n### END SOLUTION"),
        graded_cell("q1", "assert seen == hash('城市')"),
    )
    told = with_answers(source, a1="raise ValueError(hash('城市'))")
    other = GraderProcess(lab_environment, tmp_path / "other.sock")
    other.start()
    try:
        first, second = warm_grader.grade(source, told), other.grade(source, told)
    finally:
        other.stop()

    assert warm_grader.grade(source, source)["score"] == 2
    assert first["questions"] == second["questions"]
    assert "ValueError：" in first["questions"][0]["message"]
