"""What is wrong with an instructor's notebook, cell by cell, before trainees meet it.

A problem of severity `error` forbids a release; a `warning` asks for a second look. Cells are numbered from 1, as
people count them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ..protocol import Inspection, NotebookProblem, Outline, QuestionKind, Severity, Verdict
from . import explanations
from .autotests import with_autotests
from .errors import RequestRefused
from .grading import Result, grade, grade_closely
from .notebooks import (
    BEGIN_HIDDEN,
    END_HIDDEN,
    Cell,
    Notebook,
    grade_id_of,
    has_statements,
    is_code,
    is_manual,
    is_solution,
    is_tests,
    marks_of,
    points_of,
    read_source,
    runs_in_kernel,
    text_of,
    titles_of,
)
from .release import make_release
from .running import Job, Outcome
from .variants import declaration_of
from .zygotes import Zygotes

BEGIN_SOLUTION = "BEGIN SOLUTION"
END_SOLUTION = "END SOLUTION"
OLDEST_SCHEMA = 3
VALID_ID = re.compile(r"^[A-Za-z0-9_-]+$")


async def inspect_source(job: Job, zygotes: Zygotes) -> Inspection:
    """Check an instructor's notebook and, when it is sound, run its own solution and a blank answer."""
    inspection = Inspection()
    try:
        notebook = read_source(job.source)
    except RequestRefused as refusal:
        inspection.problems.append(
            NotebookProblem(None, refusal.message, "This file is no readable nbformat 4 notebook.")
        )
        return inspection
    inspection.questions = outline(notebook)
    try:
        job = await with_autotests(job, zygotes)
    except RequestRefused as refusal:
        inspection.problems.append(
            NotebookProblem(None, refusal.message, f"Automatic tests were not made ({refusal.code}).")
        )
        return inspection
    notebook = read_source(job.source)
    inspection.problems = [*_notebook_problems(notebook), *_cell_problems(notebook)]
    if not inspection.is_sound:
        return inspection
    try:
        inspection.variant = declaration_of(job.source)
        blank = make_release(job.source)
        result, outcomes = await grade_closely(job, zygotes)
        inspection.problems += _solution_problems(result, outcomes, notebook)
        inspection.problems += _blank_problems(await grade(replace(job, submission=blank), zygotes), notebook)
    except RequestRefused as refusal:
        inspection.problems.append(NotebookProblem(None, refusal.message, f"Could not be tried out ({refusal.code})."))
    return inspection


def outline(notebook: Notebook) -> list[Outline]:
    """List the graded cells with their points and the heading above each, numbered where one heading has several."""
    cells = notebook["cells"]
    graded = [index for index, cell in enumerate(cells) if is_tests(cell) or is_manual(cell)]
    return [
        Outline(
            grade_id_of(cells[index]),
            QuestionKind.TESTS if is_tests(cells[index]) else QuestionKind.MANUAL,
            points_of(cells[index]),
            title,
        )
        for index, title in zip(graded, titles_of(cells, graded), strict=True)
    ]


def _notebook_problems(notebook: Notebook) -> Iterator[NotebookProblem]:
    metadata = notebook.get("metadata")
    kernel = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    language = kernel.get("language", "python") if isinstance(kernel, dict) else "python"
    if language != "python":
        yield NotebookProblem(
            None,
            f"只支持 Python 笔记本，这个笔记本的语言是 {language}。",
            "Only Python is supported.",
        )
    cells = notebook["cells"]
    if not any(is_tests(cell) or is_manual(cell) for cell in cells):
        yield NotebookProblem(None, "没有任何计分的单元格。", "No cell is graded.")
    if not any(is_solution(cell) for cell in cells):
        yield NotebookProblem(None, "没有任何作答单元格（solution）。", "No cell is a solution cell.")


def _cell_problems(notebook: Notebook) -> Iterator[NotebookProblem]:
    seen: dict[str, int] = {}
    for number, cell in enumerate(notebook["cells"], start=1):
        if marks_of(cell):
            yield from _mark_problems(number, cell, seen)
        yield from _marker_problems(number, cell)


def _mark_problems(number: int, cell: Cell, seen: dict[str, int]) -> Iterator[NotebookProblem]:
    marks, name = marks_of(cell), grade_id_of(cell)
    version = marks.get("schema_version", 0)
    if not isinstance(version, int) or version < OLDEST_SCHEMA:
        yield NotebookProblem(
            number,
            f"第 {number} 个单元格使用旧版 nbgrader 元数据（版本 {version}），请先用 nbgrader update 升级。",
            f"Cell {number} has nbgrader metadata of version {version}; run nbgrader update first.",
        )
    if not name or not VALID_ID.match(name):
        yield NotebookProblem(
            number,
            f"第 {number} 个单元格的 grade_id 缺失或含有不允许的字符（只能用字母、数字、- 和 _）。",
            f"Cell {number} has no valid grade_id (letters, digits, - and _ only).",
        )
    elif name in seen:
        yield NotebookProblem(
            number,
            f"第 {number} 个单元格的 grade_id“{name}”与第 {seen[name]} 个单元格重复。",
            f"Cell {number} repeats the grade_id “{name}” of cell {seen[name]}.",
        )
    seen.setdefault(name, number)
    if is_tests(cell) or is_manual(cell):
        yield from _points_problems(number, cell)
    if is_tests(cell) and (not is_code(cell) or not has_statements(text_of(cell))):
        yield NotebookProblem(
            number,
            f"第 {number} 个单元格计分，但没有测试代码。",
            f"Cell {number} is graded but holds no test.",
        )


def _points_problems(number: int, cell: Cell) -> Iterator[NotebookProblem]:
    points: Any = marks_of(cell).get("points")
    if isinstance(points, bool) or not isinstance(points, (int, float)) or points < 0:
        yield NotebookProblem(
            number,
            f"第 {number} 个单元格计分，但没有填写分值。",
            f"Cell {number} is graded but has no points.",
        )
    elif points == 0:
        yield NotebookProblem(
            number,
            f"第 {number} 个单元格的分值为 0。",
            f"Cell {number} is worth 0 points.",
            severity=Severity.WARNING,
        )


def _marker_problems(number: int, cell: Cell) -> Iterator[NotebookProblem]:
    source = text_of(cell)
    if not _paired(source, BEGIN_SOLUTION, END_SOLUTION):
        yield NotebookProblem(
            number,
            f"第 {number} 个单元格的 BEGIN SOLUTION / END SOLUTION 没有成对。",
            f"BEGIN SOLUTION / END SOLUTION of cell {number} do not pair.",
        )
    if not _paired(source, BEGIN_HIDDEN, END_HIDDEN):
        yield NotebookProblem(
            number,
            f"第 {number} 个单元格的 BEGIN HIDDEN TESTS / END HIDDEN TESTS 没有成对，隐藏测试会泄露。",
            f"BEGIN HIDDEN TESTS / END HIDDEN TESTS of cell {number} do not pair; hidden tests would leak.",
        )
    if BEGIN_SOLUTION in source and not is_solution(cell):
        yield NotebookProblem(
            number,
            f"第 {number} 个单元格含有答案，但没有标记为作答单元格，答案会泄露。",
            f"Cell {number} holds a solution but is no solution cell; it would leak.",
        )
    if BEGIN_HIDDEN in source and not is_tests(cell):
        yield NotebookProblem(
            number,
            f"第 {number} 个单元格含有隐藏测试，但没有标记为测试单元格。",
            f"Cell {number} holds hidden tests but is no test cell.",
        )
    if is_solution(cell) and is_code(cell) and BEGIN_SOLUTION not in source:
        yield NotebookProblem(
            number,
            f"第 {number} 个作答单元格没有 BEGIN SOLUTION 标记，发布时整个单元格都会被清空。",
            f"Solution cell {number} has no BEGIN SOLUTION marker; the whole cell will be emptied.",
            severity=Severity.WARNING,
        )
    if is_tests(cell):
        yield from _test_problems(number, cell, source)


def _test_problems(number: int, cell: Cell, source: str) -> Iterator[NotebookProblem]:
    if runs_in_kernel(cell):
        yield NotebookProblem(
            number,
            f"第 {number} 个单元格的测试在学员自己的进程里运行（in_kernel），不能防止作弊，认证实训不能使用。",
            f"The test of cell {number} runs in the trainee's own process (in_kernel); it cannot stop cheating.",
            severity=Severity.WARNING,
        )


def _paired(source: str, begin: str, end: str) -> bool:
    is_open = False
    for line in source.split("\n"):
        if begin in line:
            if is_open:
                return False
            is_open = True
        elif end in line:
            if not is_open:
                return False
            is_open = False
    return not is_open


def _solution_problems(result: Result, outcomes: dict[str, Outcome], notebook: Notebook) -> Iterator[NotebookProblem]:
    for question in result.questions:
        if question.kind != QuestionKind.TESTS or question.verdict == Verdict.PASSED:
            continue
        number, kind = _number_of(notebook, question.id), outcomes[f"grade:{question.id}"].kind
        if kind:
            why = explanations.GUARDED.get(kind, f"它读取的值属于类型 {kind}，不能交给测试进程")
            yield NotebookProblem(
                number,
                f"测试“{question.id}”不能隔离检查：{why}。"
                "请改为检查普通的值，或者在单元格元数据里写 chengxue.in_kernel。",
                f"“{question.id}” cannot be checked in isolation: it reads a value of type {kind}, which does not cross; "
                "test plain values instead, or set chengxue.in_kernel in the cell's metadata.",
            )
        else:
            yield NotebookProblem(
                number,
                f"参考答案没有通过自己的测试“{question.id}”：{question.message}",
                f"The solution does not pass its own test “{question.id}” ({question.verdict}).",
            )


def _blank_problems(result: Result, notebook: Notebook) -> Iterator[NotebookProblem]:
    for question in result.questions:
        if question.kind == QuestionKind.TESTS and question.score > 0:
            number = _number_of(notebook, question.id)
            yield NotebookProblem(
                number,
                f"空白答卷也能在测试“{question.id}”上得分，请加强测试。",
                f"A blank answer earns points on the test “{question.id}”.",
                severity=Severity.WARNING,
            )


def _number_of(notebook: Notebook, name: str) -> int:
    return next(n for n, cell in enumerate(notebook["cells"], start=1) if grade_id_of(cell) == name)
