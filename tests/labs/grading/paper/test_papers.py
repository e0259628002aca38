"""The annotated notebook: what trainees wrote can do nothing, and every cell says what it is."""

from __future__ import annotations

import json
from typing import Any

from labs.grading.paper.papers import read_paper
from tests.graders import answer_cell, encode, graded_cell, make_cell, make_notebook

RELEASED = make_notebook(
    make_cell("markdown", "intro", "# 任务", locked=True),
    answer_cell("a1", "# 在此作答"),
    graded_cell("q1", "assert total == 3"),
)


def shown(*cells: dict[str, Any]) -> Any:
    return read_paper(encode(make_notebook(*cells)), encode(RELEASED))


def test_markup_of_trainees_stands_as_text_or_is_gone() -> None:
    evil = (
        "<script>alert(1)</script> <img src=x onerror=alert(1)> [地址](javascript:alert(1)) "
        "[外站](https://evil.example/) ![图](https://evil.example/a.png) **好**"
    )
    paper = shown(make_cell("markdown", "m", evil), make_cell("code", "c", "print('<b onclick=x>')"))
    markdown, code = (str(cell.html) for cell in paper.cells[:2])

    assert "<script" not in markdown
    assert "<img src=x" not in markdown and "&lt;img src=x" in markdown
    assert "href" not in markdown and "src" not in markdown.replace("&lt;img src=x", "")
    assert "<strong>好</strong>" in markdown
    assert "<b onclick" not in code and "&lt;b onclick=x&gt;" in code


def test_outputs_are_cleaned() -> None:
    cell = make_cell("code", "c", "1")
    table = "<style>*{}</style><table onclick=x><tr><td><a href='//evil'>甲</a><script>1</script></td></tr></table>"
    cell["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": ["\x1b[31m红\x1b[0m"]},
        {"output_type": "execute_result", "data": {"text/html": table, "text/plain": "x"}, "metadata": {}},
        {"output_type": "display_data", "data": {"image/png": "aGk=\n"}, "metadata": {}},
        {"output_type": "display_data", "data": {"image/png": '"><script>', "text/plain": "图"}, "metadata": {}},
        {"output_type": "error", "ename": "NameError", "evalue": "x", "traceback": ["\x1b[0;31mNameError\x1b[0m"]},
    ]
    text, html, image, broken, error = shown(cell).cells[0].outputs

    assert text.text == "红"
    assert "<table>" in str(html.html) and "甲" in str(html.html)
    assert not any(word in str(html.html) for word in ("script", "onclick", "style", "evil"))
    assert image.text == "data:image/png;base64,aGk="
    assert (broken.kind, broken.text) == ("text", "图")
    assert (error.kind, error.text) == ("error", "NameError")


def test_cells_say_what_they_are_and_what_happened_to_them() -> None:
    edited = graded_cell("q1", "pass")
    again = answer_cell("a1", "total = 4")
    foreign = graded_cell("q9", "assert True")
    paper = shown(answer_cell("a1", "total = 3"), again, edited, foreign, make_cell("code", "own", "x"))

    assert [(cell.part, cell.grade_id, cell.flag) for cell in paper.cells] == [
        ("answer", "a1", ""),
        ("answer", "", "repeated"),
        ("tests", "q1", "edited"),
        ("own", "q9", "unknown"),
        ("own", "", ""),
    ]


def test_a_deleted_answer_is_shown_as_missing() -> None:
    assert [(cell.grade_id, cell.flag) for cell in shown().cells] == [("a1", "missing"), ("q1", "missing")]


def test_bytes_that_are_no_notebook_give_an_empty_paper() -> None:
    for content in (b"\xff", b"[]", b"{}", b'{"cells": 1}', json.dumps({"cells": [1, None]}).encode()):
        read_paper(content, encode(RELEASED))

    assert not read_paper(b"no json", encode(RELEASED)).is_readable


def test_code_that_python_cannot_read_is_still_shown() -> None:
    paper = shown(
        make_cell("code", "c", "def f(:\n  '''<i>"), make_cell("code", "d", "x = '中' # 注\nfor i in y: pass")
    )

    assert "&lt;i&gt;" in str(paper.cells[0].html)
    assert '<span class="c-word">for</span>' in str(paper.cells[1].html)
    assert '<span class="c-note"># 注</span>' in str(paper.cells[1].html)
