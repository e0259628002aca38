"""Instructors learn what is wrong with a notebook before trainees do."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.graders import GraderProcess, answer_cell, graded_cell, make_cell, make_notebook, with_answers

pytestmark = pytest.mark.slow

SOURCE = make_notebook(
    make_cell("markdown", "m", "## 第 1 题 加倍"),
    answer_cell("a1", "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"),
    graded_cell("q1", "assert double(2) == 4\n### BEGIN HIDDEN TESTS\nassert double(0) == 0\n### END HIDDEN TESTS"),
)


def with_marks(position: int, **marks: Any) -> dict[str, Any]:
    changed = copy.deepcopy(SOURCE)
    changed["cells"][position]["metadata"]["nbgrader"].update(marks)
    return changed


def test_sound_notebook_has_no_problem(warm_grader: GraderProcess) -> None:
    assert warm_grader.inspect(SOURCE) == {
        "questions": [{"id": "q1", "kind": "tests", "max_score": 2.0, "title": "第 1 题 加倍"}],
        "problems": [],
        "variant": None,
    }


@pytest.mark.parametrize(
    ("source", "cell", "chinese", "english"),
    [
        (with_marks(2, points=None), 3, "没有填写分值", "has no points"),
        (with_marks(2, grade_id="a1"), 3, "重复", "repeats the grade_id"),
        (with_marks(2, grade_id="第一题"), 3, "grade_id 缺失", "no valid grade_id"),
        (with_marks(2, schema_version=1), 3, "旧版", "nbgrader update"),
        (with_marks(1, solution=False), 2, "答案会泄露", "would leak"),
        (with_marks(2, grade=False), 3, "没有标记为测试单元格", "no test cell"),
        (with_answers(SOURCE, q1="assert double(2) == 4\n### BEGIN HIDDEN TESTS\n1"), 3, "没有成对", "do not pair"),
        (with_answers(SOURCE, a1="### END SOLUTION"), 2, "没有成对", "do not pair"),
        (with_answers(SOURCE, q1="# 稍后补充"), 3, "没有测试代码", "holds no test"),
        (with_answers(SOURCE, q1="assert double(2) == 5"), 3, "参考答案没有通过", "does not pass its own test"),
        (make_notebook(make_cell("markdown", "m", "空")), None, "没有任何计分", "No cell is graded"),
        ({"nbformat": 3}, None, "nbformat 4", "nbformat 4"),
    ],
)
def test_mistake_is_named_by_cell_in_both_languages(
    warm_grader: GraderProcess, source: dict[str, Any], cell: int | None, chinese: str, english: str
) -> None:
    problems = warm_grader.inspect(source)["problems"]

    found = [p for p in problems if chinese in p["message"] and english in p["message_en"]]
    assert [(problem["cell"], problem["severity"]) for problem in found] == [(cell, "error")]


def test_test_that_blank_answers_pass_is_a_warning(warm_grader: GraderProcess) -> None:
    problems = warm_grader.inspect(with_answers(SOURCE, q1="assert callable(double)"))["problems"]

    assert [(problem["cell"], problem["severity"]) for problem in problems] == [(3, "warning")]
