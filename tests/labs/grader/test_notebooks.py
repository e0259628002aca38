"""Notebooks are read without trust."""

from __future__ import annotations

import json

import pytest

from labs.grader.engine.errors import BadSubmission
from labs.grader.engine.notebooks import hidden_lines, read_submission, title_before, titles_of, visible_part
from tests.graders import answer_cell, graded_cell, make_cell

TESTS = "assert a\n### BEGIN HIDDEN TESTS\nassert b\n### END HIDDEN TESTS\nassert c"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"not json",
        b"[]",
        b'{"nbformat": 3, "worksheets": []}',
        b'{"nbformat": 4}',
        b'{"nbformat": 4, "cells": [1]}',
        b"[" * 100_000,
        b'{"nbformat": ' + b"9" * 5000 + b"}",
        json.dumps({"nbformat": 4, "cells": [{}] * 2001}).encode(),
        b" " * (20 * 1024 * 1024 + 1),
    ],
    ids=["empty", "bytes", "text", "list", "old", "no-cells", "numbers", "deep", "digits", "many", "large"],
)
def test_unusable_file_is_refused(content: bytes) -> None:
    with pytest.raises(BadSubmission):
        read_submission(content)


def test_hidden_lines_are_those_between_the_markers() -> None:
    assert hidden_lines(TESTS) == {2, 3, 4}


def test_visible_part_keeps_line_numbers() -> None:
    assert visible_part(TESTS) == "assert a\n\n\n\nassert c"


def test_question_is_called_by_the_heading_above_it() -> None:
    cells = [
        make_cell("markdown", "m", "# 实训\n## 第 1 题\n说明"),
        answer_cell("a", "x = 1"),
        make_cell("markdown", "e", "### BEGIN SOLUTION\n答案", grade=True, solution=True),
    ]

    assert title_before(cells, 2) == "第 1 题"


def test_questions_below_one_heading_are_told_apart() -> None:
    cells = [
        make_cell("markdown", "m", "# 公交站点客流"),
        graded_cell("one", "assert a"),
        graded_cell("two", "assert b"),
        make_cell("markdown", "n", "## 第 3 题"),
        graded_cell("three", "assert c"),
    ]

    assert titles_of(cells, [1, 2, 4]) == ["公交站点客流 · 1", "公交站点客流 · 2", "第 3 题"]
