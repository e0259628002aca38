"""Honest answers put onto a lab's release, and the damage that is done to such notebooks."""

from __future__ import annotations

import ast
import copy
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

# The package has another name where it is installed.
from ..notebooks import (
    Cell,
    Notebook,
    grade_id_of,
    is_code,
    is_locked,
    is_manual,
    is_solution,
    is_tests,
    text_of,
)
from . import Damage
from .building import scratch

BOM = b"\xef\xbb\xbf"
MARKER = re.compile(r"^\s*#+\s*(BEGIN|END) SOLUTION\b.*\n?", re.MULTILINE)


class NotApplicable(Exception):
    """This lab has nothing that could be damaged so."""


@dataclass
class Damaged:
    """A notebook on its way to ruin."""

    notebook: Notebook
    released: dict[str, str]
    prefix: bytes = b""
    cells: list[Cell] = field(default_factory=list)

    def which(self, name: str) -> list[Cell]:
        """Return the cells of a kind. Raises NotApplicable when there is none."""
        found = [cell for cell in self.cells if KINDS[name](cell)]
        if not found:
            raise NotApplicable(name)
        return found[:1] if name == "answer" else found

    def place(self, cell: Cell) -> int:
        """Return where a cell stands."""
        return next(number for number, other in enumerate(self.cells) if other is cell)


KINDS: dict[str, Callable[[Cell], bool]] = {
    "answers": lambda cell: is_solution(cell) and is_code(cell),
    "answer": lambda cell: is_solution(cell) and is_code(cell),
    "tests": is_tests,
    "locked": lambda cell: is_locked(cell) and not is_tests(cell) and not is_manual(cell),
    "text": lambda cell: cell.get("cell_type") == "markdown" and not is_solution(cell) and not grade_id_of(cell),
}


def honest(source: Notebook, release: Notebook) -> Notebook:
    """Return the release as somebody hands it in who answers like the author."""
    notebook = copy.deepcopy(release)
    for cell, original in zip(notebook["cells"], source["cells"], strict=True):
        cell["source"] = MARKER.sub("", text_of(original)) if is_solution(original) else text_of(cell)
    return notebook


def damaged(source: Notebook, release: Notebook, damage: Damage) -> bytes:
    """Return an honest submission after the damage. Raises NotApplicable."""
    notebook = honest(source, release)
    released = {grade_id_of(cell): text_of(cell) for cell in release["cells"]}
    state = Damaged(notebook, released, cells=notebook["cells"])
    for step in damage.steps:
        options = {key: value for key, value in step.items() if key != "do"}
        STEPS[step["do"]](state, **options)
    return state.prefix + json.dumps(notebook, ensure_ascii=False).encode()


def _split(state: Damaged, *, marked: bool = True) -> None:
    for cell in state.which("answers"):
        try:
            body = ast.parse(text_of(cell)).body
        except SyntaxError:
            continue
        if len(body) < 2:
            continue
        lines, line = text_of(cell).split("\n"), body[1].lineno - 1
        line = min([line, *(node.lineno - 1 for node in getattr(body[1], "decorator_list", []))])
        second = copy.deepcopy(cell) | {"source": "\n".join(lines[line:]), "id": f"{cell.get('id')}-half"}
        if not marked:
            second["metadata"] = {}
        cell["source"] = "\n".join(lines[:line])
        state.cells.insert(state.place(cell) + 1, second)
        return
    raise NotApplicable("split")


def _merge_answers(state: Damaged) -> None:
    first, second = state.which("answers")[:2]
    first["source"] = f"{text_of(first)}\n{text_of(second)}"
    state.cells.remove(second)


def _merge_test(state: Damaged) -> None:
    for test in state.which("tests"):
        place = state.place(test)
        before = state.cells[place - 1] if place else {}
        if KINDS["answers"](before) and not text_of(before).startswith("%%"):
            before["source"] = f"{text_of(before)}\n{text_of(test)}"
            del state.cells[place]
            return
    raise NotApplicable("merge_test")


def _duplicate(state: Damaged, *, which: str) -> None:
    for cell in state.which(which):
        state.cells.insert(state.place(cell) + 1, copy.deepcopy(cell))


def _stub(state: Damaged) -> None:
    cell = state.which("answer")[0]
    state.cells.insert(state.place(cell) + 1, copy.deepcopy(cell) | {"source": state.released[grade_id_of(cell)]})


def _move(state: Damaged, *, which: str, to: str = "end") -> None:
    moved = state.which(which)
    rest = [cell for cell in state.cells if not any(cell is each for each in moved)]
    state.cells[:] = [*rest, *moved] if to == "end" else [*moved, *rest]


def _retype(state: Damaged, *, which: str, to: str) -> None:
    for cell in state.which(which):
        cell["cell_type"] = to
        cell.pop("outputs", None)
        cell.pop("execution_count", None)


def _delete(state: Damaged, *, which: str) -> None:
    gone = [cell for cell in state.cells if KINDS[which](cell)]
    state.cells[:] = [cell for cell in state.cells if not any(cell is each for each in gone)]


def _edit(state: Damaged, *, which: str, text: str) -> None:
    for cell in (cell for cell in state.cells if KINDS[which](cell)):
        cell["source"] = text if is_code(cell) else "# ?"


def _scratch(state: Damaged) -> None:
    after = state.place(state.which("answer")[0]) + 1
    state.cells.insert(after, scratch("print('试一试')\n1 / 0", "scratch-1"))
    state.cells.insert(0, scratch("%matplotlib inline\n!ls\n?print", "scratch-0"))
    state.cells.append(scratch("while True print('语法错误'", "scratch-2"))


def _copy_tests(state: Damaged) -> None:
    for number, test in enumerate(state.which("tests")):
        state.cells.insert(state.place(test), scratch(text_of(test), f"copied-{number}"))


def _magic(state: Damaged) -> None:
    for cell in state.which("answers"):
        if not text_of(cell).startswith("%%"):
            cell["source"] = f"%%time\n{text_of(cell)}"
            return
    raise NotApplicable("magic")


def _outputs(state: Damaged, *, megabytes: int) -> None:
    codes = [cell for cell in state.cells if is_code(cell)]
    each = (megabytes << 20) // len(codes)
    for cell in codes:
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "数据,1.5\n" * (each // 14)}]


def _rich_outputs(state: Damaged) -> None:
    picture = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "iVBORw0KGgo=" * 5000}}
    trace = {"output_type": "error", "ename": "NameError", "evalue": "x", "traceback": ["\u001b[0;31mNameError"] * 50}
    table = {
        "output_type": "execute_result",
        "execution_count": 7,
        "metadata": {},
        "data": {"text/html": "<table>" * 99},
    }
    for cell in state.cells:
        if is_code(cell):
            cell |= {"outputs": [picture, trace, table], "execution_count": 7}


def _lose_marks(state: Damaged, *, kept: str = "") -> None:
    for cell in state.cells:
        name = grade_id_of(cell)
        cell["metadata"] = {"nbgrader": {"grade_id": name}} if kept and name else {}


def _empty_marks(state: Damaged) -> None:
    state.cells.append(scratch("", "empty") | {"metadata": {"nbgrader": {}}})


def _ids(make: Callable[[int], str | None]) -> Callable[[Damaged], None]:
    def step(state: Damaged) -> None:
        for number, cell in enumerate(state.cells):
            cell.pop("id", None)
            if (name := make(number)) is not None:
                cell["id"] = name

    return step


def _texts(change: Callable[[str], Any]) -> Callable[[Damaged], None]:
    def step(state: Damaged) -> None:
        for cell in state.cells:
            cell["source"] = change(text_of(cell))

    return step


def _metadata(**parts: Any) -> Callable[[Damaged], None]:
    def step(state: Damaged) -> None:
        state.notebook["metadata"] = copy.deepcopy(parts)

    return step


def _cloud(state: Damaged) -> None:
    state.notebook["metadata"] = {"colab": {"provenance": [], "toc_visible": True}, "language_info": {"name": "python"}}
    for number, cell in enumerate(state.cells):
        cell["metadata"] |= {"id": f"c{number}Zq", "colab": {"base_uri": "https://localhost:8080/"}, "outputId": "7"}


def _desktop(state: Damaged) -> None:
    state.notebook["metadata"] |= {"orig_nbformat": 4, "vscode": {"interpreter": {"hash": "0" * 64}}}
    for cell in state.cells:
        cell["metadata"] |= {"vscode": {"languageId": "python"}, "collapsed": True, "tags": ["x"]}


def _set_minor(state: Damaged, *, to: int) -> None:
    state.notebook["nbformat_minor"] = to


def _set_kernel(state: Damaged, *, name: str) -> None:
    state.notebook["metadata"]["kernelspec"] = {"name": name, "display_name": name, "language": "python"}


def _mark_bytes(state: Damaged) -> None:
    state.prefix = BOM


STEPS: dict[str, Callable[..., None]] = {
    "split": _split,
    "merge_answers": _merge_answers,
    "merge_test": _merge_test,
    "duplicate": _duplicate,
    "stub": _stub,
    "move": _move,
    "reverse": lambda state: state.cells.reverse(),
    "retype": _retype,
    "delete": _delete,
    "edit": _edit,
    "scratch": _scratch,
    "copy_tests": _copy_tests,
    "magic": _magic,
    "outputs": _outputs,
    "rich_outputs": _rich_outputs,
    "lose_marks": _lose_marks,
    "empty_marks": _empty_marks,
    "renew_ids": _ids(lambda number: f"new-{number}"),
    "drop_ids": _ids(lambda _number: None),
    "repeat_ids": _ids(lambda _number: "same"),
    "lines": _texts(lambda text: text.splitlines(keepends=True)),
    "windows": _texts(lambda text: text.replace("\n", "\r\n")),
    "spaces": _texts(lambda text: "\n".join(f"{line}  " if line else line for line in text.split("\n")) + "\n\n"),
    "mark_bytes": _mark_bytes,
    "minor": _set_minor,
    "kernel": _set_kernel,
    "no_metadata": _metadata(),
    "cloud": _cloud,
    "desktop": _desktop,
}
