"""Honest notebooks, damaged as real trainees damage them, keep every point."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.graders import GraderProcess, answer_cell, graded_cell, make_cell, make_notebook, with_answers

pytestmark = pytest.mark.slow

SOURCE = make_notebook(
    make_cell("markdown", "intro", "# 实训", locked=True),
    make_cell("code", "setup", "import pandas as pd\nrates = pd.Series([0.5, 0.9])", locked=True),
    make_cell("markdown", "h1", "## 第 1 题"),
    answer_cell(
        "a1", "### BEGIN SOLUTION\ndef busy(rates, at):\n    return rates[rates >= at].tolist()\n### END SOLUTION"
    ),
    graded_cell(
        "q1",
        "assert busy(rates, 0.8) == [0.9]\n### BEGIN HIDDEN TESTS\nassert busy(rates, 1) == []\n### END HIDDEN TESTS",
    ),
    make_cell("markdown", "h2", "## 第 2 题"),
    answer_cell("a2", "### BEGIN SOLUTION\nhighest = max(busy(rates, 0))\n### END SOLUTION"),
    graded_cell("q2", "assert highest == 0.9", points=3),
)
A1 = "def busy(rates, at):\n    return rates[rates >= at].tolist()"
A2 = "highest = max(busy(rates, 0))"
Cells = list[dict[str, Any]]


def at(cells: Cells, name: str) -> int:
    return next(n for n, cell in enumerate(cells) if cell["id"] == name)


def split(cells: Cells) -> None:
    first, second = A1.split("\n")
    cells[at(cells, "a1")]["source"] = "import math"
    cells.insert(at(cells, "a1") + 1, answer_cell("a1", f"{first}\n{second}"))


def split_without_marks(cells: Cells) -> None:
    cells[at(cells, "a1")]["source"] = "limit = 0"
    cells.insert(at(cells, "a1") + 1, make_cell("code", "own", A1))


def merge(cells: Cells) -> None:
    cells[at(cells, "a1")]["source"] = f"{A1}\n{A2}"
    del cells[at(cells, "a2")]


def merge_test_into_answer(cells: Cells) -> None:
    cells[at(cells, "a1")]["source"] = A1 + "\n" + cells[at(cells, "q1")]["source"]
    del cells[at(cells, "q1")]


def duplicate_answer(cells: Cells) -> None:
    cells.insert(at(cells, "a1") + 1, copy.deepcopy(cells[at(cells, "a1")]))


def duplicate_test(cells: Cells) -> None:
    cells.append(copy.deepcopy(cells[at(cells, "q1")]))


def keep_copy_of_stub(cells: Cells) -> None:
    cells.insert(at(cells, "a1") + 1, answer_cell("a1", "# 在此作答\nraise NotImplementedError()"))


def move_answer_down(cells: Cells) -> None:
    cells.append(cells.pop(at(cells, "a1")))


def reverse(cells: Cells) -> None:
    cells.reverse()


def delete(*names: str) -> Callable[[Cells], None]:
    def change(cells: Cells) -> None:
        for name in names:
            del cells[at(cells, name)]

    return change


def retype(kind: str, name: str) -> Callable[[Cells], None]:
    def change(cells: Cells) -> None:
        cells[at(cells, name)]["cell_type"] = kind

    return change


def edit(name: str, text: str) -> Callable[[Cells], None]:
    def change(cells: Cells) -> None:
        cells[at(cells, name)]["source"] = text

    return change


def renew_ids(cells: Cells) -> None:
    for number, cell in enumerate(cells):
        cell["id"] = f"new-{number}"


def drop_ids(cells: Cells) -> None:
    for cell in cells:
        del cell["id"]


def lines_as_list(cells: Cells) -> None:
    for cell in cells:
        cell["source"] = cell["source"].splitlines(keepends=True)


def windows_lines(cells: Cells) -> None:
    for cell in cells:
        cell["source"] = cell["source"].replace("\n", "\r\n")


def add_scratch(cells: Cells) -> None:
    cells.insert(at(cells, "q1"), make_cell("code", "s1", "print(busy(rates, 0))\n1 / 0"))
    cells.insert(0, make_cell("code", "s0", "%matplotlib inline\n!ls\n?print"))
    cells.append(make_cell("code", "s2", "while True print('语法错误'"))


def add_outputs(cells: Cells) -> None:
    for cell in cells:
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * 10_000}]


def drop_all_metadata_but_ids(cells: Cells) -> None:
    for cell in cells:
        if "nbgrader" in cell["metadata"]:
            cell["metadata"] = {"nbgrader": {"grade_id": cell["metadata"]["nbgrader"]["grade_id"]}}


def empty_metadata(cells: Cells) -> None:
    cells.append(make_cell("code", "e", "") | {"metadata": {"nbgrader": {}}})


def time_magic(cells: Cells) -> None:
    cells[at(cells, "a2")]["source"] = f"%%time\n{A2}"


DAMAGES: dict[str, Callable[[Cells], None]] = {
    "split": split,
    "split-without-marks": split_without_marks,
    "merged-answers": merge,
    "test-merged-into-answer": merge_test_into_answer,
    "duplicated-answer": duplicate_answer,
    "duplicated-test": duplicate_test,
    "copy-of-the-stub": keep_copy_of_stub,
    "reversed": reverse,
    "deleted-test": delete("q1"),
    "deleted-setup": delete("setup"),
    "deleted-everything-else": delete("intro", "setup", "h1", "q1", "h2", "q2"),
    "retyped-answer": retype("raw", "a1"),
    "retyped-test": retype("markdown", "q1"),
    "edited-test": edit("q1", "assert True"),
    "edited-setup": edit("setup", "rates = None"),
    "emptied-test": edit("q2", ""),
    "renewed-ids": renew_ids,
    "dropped-ids": drop_ids,
    "lines-as-list": lines_as_list,
    "windows-lines": windows_lines,
    "scratch-cells": add_scratch,
    "outputs-kept": add_outputs,
    "marks-lost": drop_all_metadata_but_ids,
    "empty-marks": empty_metadata,
    "cell-magic": time_magic,
    "moved-answer": move_answer_down,
}


@pytest.mark.parametrize("name", DAMAGES)
def test_honest_work_keeps_its_points(warm_grader: GraderProcess, name: str) -> None:
    damaged = with_answers(warm_grader.release(SOURCE), a1=A1, a2=A2)
    for cell in damaged["cells"]:
        cell["source"] = "".join(cell["source"])
    DAMAGES[name](damaged["cells"])

    result = warm_grader.grade(SOURCE, json.loads(json.dumps(damaged)))

    assert result["score"] == 5, [(q["id"], q["verdict"], q["message"]) for q in result["questions"]]
