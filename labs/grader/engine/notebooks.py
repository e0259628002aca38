"""Notebooks as plain JSON: reading without trust, and the nbgrader roles of cells."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Sequence
from typing import Any

from ..protocol import RefusalCode
from .errors import BadSource, BadSubmission, RequestRefused
from .limits import NOTEBOOK_BYTES, NOTEBOOK_CELLS, NOTEBOOK_ITEMS, NOTEBOOK_NODES

Cell = dict[str, Any]
Notebook = dict[str, Any]

BEGIN_HIDDEN = "BEGIN HIDDEN TESTS"
END_HIDDEN = "END HIDDEN TESTS"


def read_submission(content: bytes) -> Notebook:
    """Parse a trainee's notebook; raises BadSubmission."""
    return _read(content, BadSubmission)


def read_source(content: bytes) -> Notebook:
    """Parse an instructor's notebook; raises BadSource."""
    return _read(content, BadSource)


def _read(content: bytes, refusal: type[RequestRefused]) -> Notebook:
    if len(content) > NOTEBOOK_BYTES:
        raise refusal("笔记本文件超过 20 MB，请清除输出后再试。", RefusalCode.TOO_LARGE)
    # Twenty megabytes of brackets would take a gigabyte of objects.
    if content.count(b"{") + content.count(b"[") > NOTEBOOK_NODES or content.count(b",") > NOTEBOOK_ITEMS:
        raise refusal("笔记本的内容过于零碎，请清除输出后再试。", RefusalCode.TOO_LARGE)
    try:
        notebook = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise refusal("这个文件不是有效的笔记本（.ipynb）。") from None
    if not isinstance(notebook, dict) or notebook.get("nbformat") != 4:
        raise refusal("只支持 nbformat 4 的笔记本，请用当前版本的 JupyterLab 保存后再试。")
    cells = notebook.get("cells")
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise refusal("笔记本里没有单元格列表。")
    if len(cells) > NOTEBOOK_CELLS:
        raise refusal(f"笔记本超过 {NOTEBOOK_CELLS} 个单元格。", RefusalCode.TOO_LARGE)
    return notebook


def text_of(cell: Cell) -> str:
    """Return the cell's text, whichever of the two notations the file uses."""
    source = cell.get("source", "")
    if isinstance(source, list):
        return "".join(part for part in source if isinstance(part, str))
    return source if isinstance(source, str) else ""


def marks_of(cell: Cell) -> dict[str, Any]:
    """Return the cell's nbgrader metadata, empty when it has none."""
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return marks if isinstance(marks, dict) else {}


def grade_id_of(cell: Cell) -> str:
    """Return the cell's grade id, empty when it has none."""
    value = marks_of(cell).get("grade_id")
    return value if isinstance(value, str) else ""


def cell_id_of(cell: Cell) -> str:
    """Return the notebook format's own id of a cell, empty in files before nbformat 4.5."""
    value = cell.get("id")
    return value if isinstance(value, str) else ""


def is_code(cell: Cell) -> bool:
    """Tell whether the kernel runs this cell."""
    return cell.get("cell_type") == "code"


def is_tests(cell: Cell) -> bool:
    """Tell whether the cell holds an instructor's tests that earn points."""
    marks = marks_of(cell)
    return bool(marks.get("grade")) and not marks.get("solution")


def is_solution(cell: Cell) -> bool:
    """Tell whether the trainee answers in this cell."""
    return bool(marks_of(cell).get("solution"))


def is_manual(cell: Cell) -> bool:
    """Tell whether a person gives the points of this cell."""
    marks = marks_of(cell)
    return bool(marks.get("task")) or bool(marks.get("grade") and marks.get("solution"))


def is_locked(cell: Cell) -> bool:
    """Tell whether the trainee may not change this cell."""
    marks = marks_of(cell)
    return bool(marks.get("locked") or marks.get("grade")) and not marks.get("solution")


def runs_in_kernel(cell: Cell) -> bool:
    """Tell whether the author lets this test run in the trainee's own process: `metadata.chengxue.in_kernel`."""
    metadata = cell.get("metadata")
    own = metadata.get("chengxue") if isinstance(metadata, dict) else None
    return isinstance(own, dict) and own.get("in_kernel") is True


def points_of(cell: Cell) -> float:
    """Return the points of a graded cell."""
    value = marks_of(cell).get("points", 0)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return 0.0
    return max(float(value), 0.0)


def hidden_lines(source: str) -> frozenset[int]:
    """Return the numbers (from 1) of the lines between the hidden-test markers."""
    numbers: set[int] = set()
    inside = False
    for number, line in enumerate(source.split("\n"), start=1):
        if BEGIN_HIDDEN in line:
            inside = True
        if inside:
            numbers.add(number)
        if END_HIDDEN in line:
            inside = False
    return frozenset(numbers)


def visible_part(source: str) -> str:
    """Return a test cell without its hidden tests, line numbers kept."""
    hidden = hidden_lines(source)
    lines = source.split("\n")
    return "\n".join("" if number in hidden else line for number, line in enumerate(lines, start=1))


def has_statements(source: str) -> bool:
    """Tell whether anything would run; text that is no plain Python (magics) counts as something."""
    try:
        return bool(ast.parse(source).body)
    except SyntaxError:
        return True


def title_before(cells: list[Cell], index: int) -> str:
    """Return the nearest heading above a cell (in a task, its own), which is what people call the question."""
    for cell in reversed(cells[: index + 1]):
        if cell.get("cell_type") != "markdown" or is_solution(cell):
            continue
        for line in reversed(text_of(cell).split("\n")):
            heading = re.match(r"#{1,6}\s+(.*)", line)
            if heading:
                return heading[1].strip()
    return ""


def titles_of(cells: list[Cell], indices: Sequence[int]) -> list[str]:
    """Return what people call the questions in these cells; below one heading they are numbered, to be told apart."""
    titles = [title_before(cells, index) for index in indices]
    return [
        title if titles.count(title) == 1 else f"{title} · {titles[: place + 1].count(title)}".removeprefix(" · ")
        for place, title in enumerate(titles)
    ]
