"""Answers are found again, however a trainee has rearranged the notebook."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from labs.grader.engine.merging import Merged, merge
from tests.graders import answer_cell, graded_cell, make_cell, make_notebook, with_answers

STUB = "# 在此作答\nraise NotImplementedError()"
SOURCE = make_notebook(
    make_cell("code", "imports", "import pandas as pd"),
    make_cell("code", "setup", "limit = 3", locked=True),
    answer_cell("a1", "x = 1"),
    graded_cell("q1", "assert x == 1\n### BEGIN HIDDEN TESTS\nassert x < 2\n### END HIDDEN TESTS"),
    answer_cell("a2", "y = 2"),
    graded_cell("q2", "assert y == 2"),
    make_cell("markdown", "essay", "参考答案", grade=True, solution=True, points=5),
)
RELEASE = with_answers(SOURCE, a1=STUB, a2=STUB, q1="assert x == 1", essay="（在此作答）")
HONEST = with_answers(RELEASE, a1="x = 1", a2="y = 2", essay="我的回答")


def run_order(merged: Merged) -> list[str]:
    return [step.code for step in merged.steps]


def merged(submission: dict[str, Any]) -> Merged:
    return merge(SOURCE, RELEASE, submission)


EXPECTED = run_order(merged(HONEST))


def changed(*, drop: str = "", move: str = "") -> dict[str, Any]:
    notebook = copy.deepcopy(HONEST)
    kept = [cell for cell in notebook["cells"] if cell["id"] not in (drop, move)]
    kept += [cell for cell in notebook["cells"] if cell["id"] == move]
    return notebook | {"cells": kept}


def test_honest_submission_is_run_with_the_tests_of_the_source() -> None:
    result = merged(HONEST)

    assert run_order(result) == [
        "import pandas as pd",
        "limit = 3",
        "x = 1",
        SOURCE["cells"][3]["source"],
        "y = 2",
        "assert y == 2",
    ]
    assert result.flags == []
    assert [(q.id, q.kind, q.unanswered) for q in result.questions] == [
        ("q1", "tests", False),
        ("q2", "tests", False),
        ("essay", "manual", False),
    ]


@pytest.mark.parametrize("name", ["imports", "setup", "q1", "q2"])
def test_deleted_cell_that_is_not_an_answer_comes_back(name: str) -> None:
    assert run_order(merged(changed(drop=name))) == EXPECTED


@pytest.mark.parametrize("name", ["imports", "setup", "a1", "q1"])
def test_moved_cell_goes_back_to_its_place(name: str) -> None:
    assert run_order(merged(changed(move=name))) == EXPECTED


@pytest.mark.parametrize("edit", ["pass", "assert True", ""])
def test_edited_test_cell_is_restored_and_flagged(edit: str) -> None:
    result = merged(with_answers(HONEST, q1=edit))

    assert run_order(result) == EXPECTED
    assert result.flags == ["test_cell_edited:q1"]


def test_deleted_test_cell_is_flagged() -> None:
    assert merged(changed(drop="q2")).flags == ["test_cell_edited:q2"]


def test_changed_points_are_flagged_and_of_no_effect() -> None:
    greedy = copy.deepcopy(HONEST)
    greedy["cells"][3]["metadata"]["nbgrader"]["points"] = 1000

    assert merged(greedy).flags == ["test_cell_edited:q1"]


def test_split_answer_is_joined_in_order() -> None:
    split = copy.deepcopy(HONEST)
    split["cells"][2]["source"] = "x = 0"
    split["cells"].insert(3, answer_cell("a1", "x += 1"))

    assert run_order(merged(split))[2] == "x = 0\nx += 1"


def test_copy_left_as_released_does_not_undo_the_answer() -> None:
    doubled = copy.deepcopy(HONEST)
    doubled["cells"].insert(3, answer_cell("a1", STUB))

    assert run_order(merged(doubled)) == EXPECTED


def test_answer_retyped_as_text_still_counts() -> None:
    retyped = copy.deepcopy(HONEST)
    retyped["cells"][2]["cell_type"] = "markdown"

    assert run_order(merged(retyped)) == EXPECTED


@pytest.mark.parametrize("renewed", ["", "other"])
def test_cell_without_its_id_is_known_by_its_text(renewed: str) -> None:
    anonymous = copy.deepcopy(HONEST)
    for number, cell in enumerate(anonymous["cells"]):
        cell["id"] = renewed and f"{renewed}-{number}"

    assert run_order(merged(anonymous)) == EXPECTED


def test_own_cells_run_where_the_trainee_put_them() -> None:
    helped = copy.deepcopy(HONEST)
    helped["cells"].insert(2, make_cell("code", "mine", "helper = 1"))
    helped["cells"].insert(0, make_cell("code", "first", "early = 1"))

    codes = run_order(merged(helped))

    assert codes[0] == "early = 1"
    assert codes[3] == "helper = 1"


def test_unknown_graded_cell_is_dropped_and_flagged() -> None:
    fake = copy.deepcopy(HONEST)
    fake["cells"].append(graded_cell("q99", "assert True", points=1000))

    result = merged(fake)

    assert run_order(result) == EXPECTED
    assert result.flags == ["unknown_cell:q99"]
    assert [question.id for question in result.questions] == ["q1", "q2", "essay"]


def test_released_notebook_itself_is_unanswered() -> None:
    result = merged(copy.deepcopy(RELEASE))

    assert [step.unanswered for step in result.steps if step.role == "answer"] == [True, True]
    assert [question.unanswered for question in result.questions] == [False, False, True]
