"""Notebooks from the packs: the pack's own labs, and hostile answers put onto any lab's release."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# The package has another name where it is installed.
from ..notebooks import Cell, Notebook, is_code, is_solution, is_tests, marks_of
from . import Attack, Lab
from .bombs import build_bomb

PRELUDE = """
def give_function(function):
    for name in FUNCTIONS:
        globals()[name] = function
def give(make):
    give_function(lambda *a, **k: make())
    for name in VALUES:
        globals()[name] = make()
    kind = type(make())
    if kind.__module__ == '__main__' and type(kind) is type:
        parts = {key: each for key, each in vars(kind).items() if key not in ('__dict__', '__weakref__')}
        for name in CLASSES:
            globals()[name] = type(name, kind.__bases__, parts | {'__init__': lambda self, *a, **k: None})
"""
KINDS = {
    "answer": {"solution": True},
    "tests": {"grade": True, "locked": True},
    "locked": {"locked": True},
    "locked text": {"locked": True},
}
LONG_CELL = 3_000_000


@dataclass(frozen=True)
class Names:
    """What the answers of a lab bind, by kind."""

    functions: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()

    def prelude(self) -> str:
        """Return the lines that hostile code may rely on."""
        return f"FUNCTIONS, VALUES, CLASSES = {self.functions}, {self.values}, {self.classes}{PRELUDE}"


def source_of(lab: Lab) -> Notebook:
    """Return the instructor's notebook of one of the pack's labs."""
    kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
    cells = [make_cell(**each) for each in lab.cell]
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": cells}


def make_cell(*, id: str, kind: str, text: str, points: float = 0) -> Cell:
    """Make one cell of a pack's lab."""
    is_text = kind.endswith("text")
    cell: Cell = {"cell_type": "markdown" if is_text else "code", "id": id, "metadata": {}, "source": text.strip("\n")}
    if not is_text:
        cell |= {"outputs": [], "execution_count": None}
    if kind in KINDS:
        plain = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
        marks = plain | {"grade_id": id, "cell_type": cell["cell_type"]} | KINDS[kind]
        cell["metadata"]["nbgrader"] = marks | ({"points": points} if kind == "tests" else {})
    return cell


def attacked(release: Notebook, attack: Attack, names: Names, filled: Mapping[str, str], *, is_own: bool) -> bytes:
    """Return the submission of an attack: on a lab of the pack in its first answer, elsewhere in every answer.

    `filled` replaces the placeholders such as @PORT@.
    """
    if attack.bomb:
        return build_bomb(attack.bomb)
    notebook = copy.deepcopy(release)
    answers = [cell for cell in notebook["cells"] if is_solution(cell) and is_code(cell)]
    code = f"found = []\n{attack.code}\nraise RuntimeError(f'found: {{found}}')" if attack.found else attack.code
    for placeholder, value in filled.items():
        code = code.replace(placeholder, value)
    if attack.code:
        for cell in answers[:1] if is_own else answers:
            cell["source"] = f"{names.prelude()}{code}"
    if is_own and len(answers) > 1:
        answers[1]["source"] = attack.later or "y = 1"
    if attack.edit:
        EDITS[attack.edit](notebook["cells"])
    return json.dumps(notebook).encode()


def _tests(cells: list[Cell]) -> list[Cell]:
    return [cell for cell in cells if is_tests(cell)]


def _more_points(cells: list[Cell]) -> None:
    for cell in _tests(cells):
        cell["metadata"]["nbgrader"]["points"] = 1000


def _test_replaced(cells: list[Cell]) -> None:
    for cell in _tests(cells):
        cell["source"] = "assert True"


def _test_unmarked(cells: list[Cell]) -> None:
    for cell in _tests(cells):
        cell["source"] = "assert True"
        cell["metadata"]["nbgrader"] |= {"grade": False, "solution": True, "points": 1000, "locked": False}


def _test_deleted(cells: list[Cell]) -> None:
    cells[:] = [cell for cell in cells if not is_tests(cell)]


def _test_duplicated(cells: list[Cell]) -> None:
    copies = [copy.deepcopy(cell) for cell in _tests(cells) for _ in range(5)]
    for cell in copies:
        cell["source"] = "1000.0"
    cells += copies


def _bonus_question(cells: list[Cell]) -> None:
    for number, cell in enumerate(_tests(cells)):
        bonus = copy.deepcopy(cell) | {"source": "1000.0", "id": f"bonus-{number}"}
        bonus["metadata"]["nbgrader"] |= {"grade_id": f"bonus-{number}", "points": 1000}
        cells.append(bonus)


def _answer_marked_as_test(cells: list[Cell]) -> None:
    for cell in [each for each in cells if is_solution(each)]:
        cell["metadata"]["nbgrader"] |= {"grade": True, "solution": False, "points": 1000}
        cell["source"] = "1000.0"


def scratch(text: str, name: str) -> Cell:
    """Make a cell of a trainee's own."""
    return {"cell_type": "code", "id": name, "metadata": {}, "source": text, "outputs": [], "execution_count": None}


def _between(text: str) -> Any:
    def edit(cells: list[Cell]) -> None:
        place = next(number for number, cell in enumerate(cells) if is_solution(cell)) + 1
        cells[place:place] = [scratch("1", "small"), scratch(text, "long")]

    return edit


def _flagged(count: int, length: int) -> Any:
    def edit(cells: list[Cell]) -> None:
        for number in range(count):
            cell = scratch("1", f"flag-{number}")
            name = f"{number}\ud800\0<script>" + "x" * length
            cell["metadata"] = {"nbgrader": dict(marks_of(_tests(cells)[0])) | {"grade_id": name}}
            cells.append(cell)

    return edit


EDITS: dict[str, Any] = {
    "more_points": _more_points,
    "test_replaced": _test_replaced,
    "test_unmarked": _test_unmarked,
    "test_deleted": _test_deleted,
    "test_duplicated": _test_duplicated,
    "bonus_question": _bonus_question,
    "kernel_renamed": lambda cells: cells.append(scratch("%%bash\necho 1000", "bash")),
    "answer_marked_as_test": _answer_marked_as_test,
    "cells_between": _between("1"),
    "long_cells_between": _between("#" * LONG_CELL),
    "long_flags": _flagged(1, 1_000_000),
    "many_flags": _flagged(1500, 10),
}
