"""Where this engine is meant to score otherwise than stock nbgrader: one test for each row of the page about it."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.graders import GraderProcess, answer_cell, graded_cell, make_cell, make_notebook, with_answers

pytestmark = pytest.mark.slow

SOURCE = make_notebook(
    make_cell("code", "setup", "base = 10", grade=False, locked=True),
    answer_cell("a1", "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"),
    graded_cell("q1", "assert double(base) == 20\n### BEGIN HIDDEN TESTS\nassert double(3) == 6\n### END HIDDEN TESTS"),
    answer_cell("a2", "### BEGIN SOLUTION\ny = base + 1\n### END SOLUTION"),
    graded_cell("q2", "assert y == 11"),
)


def scores(result: dict[str, Any]) -> list[float]:
    return [question["score"] for question in result["questions"]]


def without(notebook: dict[str, Any], name: str) -> dict[str, Any]:
    changed = copy.deepcopy(notebook)
    changed["cells"] = [cell for cell in changed["cells"] if cell["id"] != name]
    return changed


@pytest.mark.parametrize("end", ["import os\nos._exit(0)", "import ctypes\nctypes.string_at(0)"], ids=["exit", "fault"])
def test_code_that_ends_its_process_costs_its_own_question(warm_grader: GraderProcess, end: str) -> None:
    """Stock: no grade at all, and the graded folder is removed."""
    result = warm_grader.grade(SOURCE, with_answers(SOURCE, a2=end))

    assert scores(result) == [2, 0]
    assert result["questions"][1]["verdict"] == "crashed"


def test_duplicated_cell_is_graded(warm_grader: GraderProcess) -> None:
    """Stock: the command stops, and everybody after this trainee stays ungraded."""
    twice = copy.deepcopy(SOURCE)
    twice["cells"].append(copy.deepcopy(twice["cells"][1]) | {"id": "copy"})
    twice["cells"].append(copy.deepcopy(twice["cells"][2]) | {"id": "copy2"})

    assert scores(warm_grader.grade(SOURCE, twice)) == [2, 2]


@pytest.mark.parametrize(
    ("change", "flag"),
    [
        ({"points": 100}, "test_cell_edited:q1"),
        ({"grade": False}, "test_cell_edited:q1"),
        ({"solution": True, "locked": False}, ""),
    ],
    ids=["points", "no-grade", "solution"],
)
def test_marks_of_a_test_cell_come_from_the_release(
    warm_grader: GraderProcess, change: dict[str, Any], flag: str
) -> None:
    """Stock: a changed mark means no grade at all."""
    changed = with_answers(SOURCE, a1="def double(x): return 5")
    changed["cells"][2]["metadata"]["nbgrader"] |= change

    result = warm_grader.grade(SOURCE, changed)

    assert scores(result) == [0, 2]
    assert result["max_score"] == 4
    assert not flag or flag in result["flags"]


def test_graded_cell_that_nobody_released_is_dropped(warm_grader: GraderProcess) -> None:
    """Stock: no grade at all."""
    greedy = copy.deepcopy(SOURCE)
    greedy["cells"].append(graded_cell("gift", "assert True", points=50))

    result = warm_grader.grade(SOURCE, greedy)

    assert (result["score"], result["max_score"], result["flags"]) == (4, 4, ["unknown_cell:gift"])


@pytest.mark.parametrize("name", ["q1", "setup"])
def test_deleted_cell_of_the_release_is_put_back(warm_grader: GraderProcess, name: str) -> None:
    """Stock: 0 for the deleted test; everything that needs the deleted locked cell fails."""
    result = warm_grader.grade(SOURCE, without(SOURCE, name))

    assert scores(result) == [2, 2]
    assert any(name in flag for flag in result["flags"])


@pytest.mark.parametrize(
    "noise", ["import warnings\n    warnings.warn('慢')", "import sys\n    print('!', file=sys.stderr)"]
)
def test_text_on_standard_error_costs_nothing(warm_grader: GraderProcess, noise: str) -> None:
    """Stock: any byte on standard error of a test cell is 0 points."""
    noisy = with_answers(SOURCE, a1=f"def double(x):\n    {noise}\n    return 2 * x")

    assert scores(warm_grader.grade(SOURCE, noisy)) == [2, 2]


def test_result_that_a_failing_test_showed_is_no_partial_credit(warm_grader: GraderProcess) -> None:
    """Stock: what a trainee's code shows before the assertion fails may count as the cell's points."""
    showing = with_answers(
        SOURCE,
        a1="from IPython.display import display\ndef double(x):\n    display(2.0)\n    get_ipython().displayhook(2.0)\n    return 5",
    )

    assert scores(warm_grader.grade(SOURCE, showing)) == [0, 2]


def test_what_a_test_defines_is_not_seen_by_the_cells_after_it(warm_grader: GraderProcess) -> None:
    """Stock: tests and answers share one namespace, so an answer can use what a test made."""
    source = with_answers(SOURCE, q1="made_by_test = 11\nassert double(base) == 20")

    result = warm_grader.grade(source, with_answers(source, a2="y = made_by_test"))

    assert scores(result) == [2, 0]
    assert result["questions"][1]["verdict"] == "error"


def test_signals_that_code_sends_itself_have_no_effect(warm_grader: GraderProcess) -> None:
    """Stock: the kernel dies and with it the grade."""
    answer = (
        "import os, signal\nfor number in (signal.SIGTERM, signal.SIGKILL):\n    os.kill(os.getpid(), number)\ny = 11"
    )

    assert scores(warm_grader.grade(SOURCE, with_answers(SOURCE, a2=answer))) == [2, 2]


def test_tests_read_what_the_task_asks_for_and_nothing_else(warm_grader: GraderProcess) -> None:
    """Stock: a rebound name of the author's own reaches the tests."""
    rebound = with_answers(SOURCE, a1="base = 0\ndef double(x): return 2 * x", a2="y = 11")

    result = warm_grader.grade(SOURCE, rebound)

    assert scores(result)[0] == 2
    assert result["questions"][0]["verdict"] == "passed"
