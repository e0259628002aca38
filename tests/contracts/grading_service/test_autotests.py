"""### AUTOTEST lines are expanded as nbgrader expands them, inside the sandbox, once per source."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.graders import GraderProcess, answer_cell, graded_cell, make_cell, make_notebook, with_answers

pytestmark = pytest.mark.slow

SOURCE = make_notebook(
    make_cell("code", "setup", "rates = [0.5, 0.9]", locked=True),
    answer_cell(
        "a1",
        "### BEGIN SOLUTION\ntotal = sum(rates)\nnames = {'b', 'a'}\n"
        "def busy(x):\n    return [r for r in rates if r > x]\n### END SOLUTION",
    ),
    graded_cell("q1", "### AUTOTEST total; names\n### HASHED AUTOTEST busy(0.8)"),
    graded_cell("q2", "assert total > 1\n### BEGIN HIDDEN TESTS\n### AUTOTEST busy(0.1)\n### END HIDDEN TESTS"),
)
TEMPLATES = b"""python3:
    dispatch: "type({{snippet}})"
    normalize: "str({{snippet}})"
    check: 'assert {{snippet}} == \"\"\"{{value}}\"\"\", \"\"\"{{message}}\"\"\"'
    templates:
        default:
            - test: "round({{snippet}}, 1)"
              fail: "own template for {{snippet}}"
"""


def test_right_and_wrong_answers_are_told_apart(warm_grader: GraderProcess) -> None:
    wrong = with_answers(SOURCE, a1="total = 9.0\nnames = set()\ndef busy(x):\n    return []")

    right, other = warm_grader.grade(SOURCE, SOURCE), warm_grader.grade(SOURCE, wrong)
    inspected = warm_grader.inspect(SOURCE)

    assert [problem for problem in inspected["problems"] if problem["severity"] == "error"] == []
    assert (right["score"], other["score"]) == (4, 0)
    assert "total" in other["questions"][0]["message"]
    assert right["digests"]["source"] == right["digests"]["submission"]


def test_trainees_get_the_expanded_tests_without_hidden_ones(warm_grader: GraderProcess) -> None:
    released = warm_grader.release(SOURCE)

    text = "\n".join("".join(cell["source"]) for cell in released["cells"])
    assert "AUTOTEST" not in text and "busy(0.1)" not in text
    assert "sha1(str(len(busy(0.8)))" in text
    assert "[0.9]" not in text


def test_the_authors_own_templates_are_used(warm_grader: GraderProcess) -> None:
    source = make_notebook(
        answer_cell("a1", "### BEGIN SOLUTION\nmean = 0.66\n### END SOLUTION"), graded_cell("q1", "### AUTOTEST mean")
    )
    files = {"autotests.yml": base64.b64encode(TEMPLATES).decode()}

    near = warm_grader.grade(source, with_answers(source, a1="mean = 0.7"), files=files)
    far = warm_grader.grade(source, with_answers(source, a1="mean = 0.9"), files=files)

    assert (near["score"], far["score"]) == (2, 0)
    assert "own template for mean" in far["questions"][0]["message"]


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ([graded_cell("q1", "### AUTOTEST nowhere")], "NameError"),
        ([make_cell("code", "c", "### AUTOTEST 1"), graded_cell("q1", "assert True")], "没有标记为测试单元格"),
    ],
)
def test_authors_are_told_why_tests_could_not_be_made(
    warm_grader: GraderProcess, cells: list[dict[str, Any]], says: str
) -> None:
    source = make_notebook(answer_cell("a1", "### BEGIN SOLUTION\nx = 1\n### END SOLUTION"), *cells)

    report = warm_grader.inspect(source)

    assert any(says in problem["message"] for problem in report["problems"] if problem["severity"] == "error")
