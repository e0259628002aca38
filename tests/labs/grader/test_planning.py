"""Which names cross is decided by the instructor's notebook alone."""

from __future__ import annotations

import pytest

from labs.grader.engine.planning import Plan, plan_for
from tests.graders import answer_cell, graded_cell, make_cell, make_notebook


def plan(setup: str, answer: str, test: str, between: str = "pass") -> Plan:
    return plan_for(
        make_notebook(
            make_cell("code", "setup", setup, locked=True),
            answer_cell("a1", answer),
            make_cell("code", "between", between, locked=True),
            graded_cell("q1", test),
        )
    )


@pytest.mark.parametrize(
    ("setup", "answer", "test", "names"),
    [
        ("x = 1", "y = 2", "assert x + y", {"y"}),
        ("x = 1", "x = 2", "assert x", {"x"}),
        ("x = 1", "y = 2", "y = 3\nassert y", set()),
        ("x = 1", "y = 2", "y = y + 1", {"y"}),
        ("x = 1", "y = 2", "y += 1", {"y"}),
        ("x = []", "x.append(1)", "assert x", {"x"}),
        ("d = {}", "d['a'] = 1", "assert d", {"d"}),
        ("d = {}", "def f(d): d['a'] = 1", "f(d)", {"f"}),
        ("import numpy as np", "np.random.seed(1)\ny = 1", "np.abs(y)", {"y"}),
        ("pass", "import math\ny = math.pi", "math.isclose(y, 3)", {"y"}),
        ("pass", "def f(): pass", "[f() for _ in range(3)]", {"f"}),
        ("pass", "x = 1", "f = lambda x: x\nf(2)", set()),
        ("pass", "x = 1", "def g(): return x\ng()", {"x"}),
        ("pass", "class A: pass", "assert isinstance(A(), A)", {"A"}),
        ("pass", "abs = 5", "abs(-1)", {"abs"}),
        ("pass", "y = 5", "abs(-1)", set()),
        ("pass", "for i in range(3): t = i", "assert t == i", {"t", "i"}),
        ("pass", "def f():\n    global n\n    n = 1", "f()\nassert n", {"f", "n"}),
    ],
)
def test_names_that_cross(setup: str, answer: str, test: str, names: set[str]) -> None:
    assert plan(setup, answer, test).names["grade:q1"] == names


def test_release_cell_that_makes_nothing_for_a_test_does_not_run_in_the_checker() -> None:
    assert "grade:between" not in plan("pass", "def f(): pass", "f()", between="picture = f()\nprint(picture)").cells


def test_release_cell_that_a_test_needs_runs_in_the_checker() -> None:
    planned = plan("pass", "def f(): pass", "assert result", between="result = f()")

    assert planned.names["grade:between"] == {"f"}
    assert planned.names["grade:q1"] == frozenset()


def test_what_the_solution_imports_the_checker_imports_itself() -> None:
    assert plan("pass", "import math\nfrom json import dumps as d\nx = 1", "d(x)").cells["grade:a1"] == (
        "import math\nfrom json import dumps as d"
    )


def test_only_classes_that_the_task_asks_for_are_known() -> None:
    assert plan("class Given: pass", "class Asked: pass", "Asked()").classes == {"Asked"}
