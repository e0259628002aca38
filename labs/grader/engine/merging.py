"""The notebook that is run: the trainee's answers put onto the instructor's source.

Tests, read-only cells, points and order come from the source, answers from the submission by grade id. What
trainees do to notebooks (split, duplicate, move, retype, delete cells) must not cost them points, and what
they do to test cells must not earn them any.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ..protocol import QuestionKind
from .notebooks import (
    Cell,
    Notebook,
    cell_id_of,
    grade_id_of,
    is_code,
    is_locked,
    is_manual,
    is_solution,
    is_tests,
    marks_of,
    text_of,
)

Role = Literal["own", "answer", "locked", "tests"]


@dataclass(frozen=True)
class Step:
    """One cell to run, in order."""

    key: str
    role: Role
    code: str
    unanswered: bool = False


@dataclass(frozen=True)
class Question:
    """One graded cell of the source."""

    id: str
    kind: QuestionKind
    unanswered: bool = False


@dataclass
class Merged:
    """What to run, which questions there are, and what was found changed."""

    steps: list[Step] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)


@dataclass
class _Taken:
    """The submission sorted by the source cell that each of its cells belongs to."""

    by_key: dict[str, list[Cell]] = field(default_factory=dict)
    own_after: dict[str, list[Cell]] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)


def merge(source: Notebook, release: Notebook, submission: Notebook) -> Merged:
    """Put the answers of a submission onto the source; `release` is the same notebook as trainees got it."""
    keys = [key_of(cell, position) for position, cell in enumerate(source["cells"])]
    released = {key: text_of(cell) for key, cell in zip(keys, release["cells"], strict=True)}
    taken = _take(submission, source, keys, released)
    merged = Merged(flags=[f"unknown_cell:{name}" for name in taken.unknown])
    _add_own(merged, taken, "")
    for key, cell in zip(keys, source["cells"], strict=True):
        _add(merged, key, cell, released[key], taken)
        _add_own(merged, taken, key)
    return merged


def key_of(cell: Cell, position: int) -> str:
    """Return the name of a cell that its copies in release and submission share."""
    name = grade_id_of(cell)
    if name:
        return f"grade:{name}"
    return f"cell:{cell_id_of(cell) or position}"


def _take(submission: Notebook, source: Notebook, keys: list[str], released: dict[str, str]) -> _Taken:
    taken = _Taken()
    anchor = ""
    by_id, by_text = _other_names(submission, source, keys, released)
    for cell in submission["cells"]:
        key = key_of(cell, -1)
        if key not in released and not grade_id_of(cell):
            key = by_id.get(cell_id_of(cell)) or by_text.get(_plain(text_of(cell)), key)
        if key in released and (key.startswith("grade:") or key not in taken.by_key):
            taken.by_key.setdefault(key, []).append(cell)
            anchor = key
        elif marks_of(cell).get("grade"):
            taken.unknown.append(grade_id_of(cell))
        elif is_code(cell):
            taken.own_after.setdefault(anchor, []).append(cell)
    return taken


def _other_names(
    submission: Notebook, source: Notebook, keys: list[str], released: dict[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Name cells that lost their marks: by cell id, and by text where some tool has renewed or dropped that too."""
    present = {key_of(cell, -1) for cell in submission["cells"]}
    lost = [(key, cell) for key, cell in zip(keys, source["cells"], strict=True) if key not in present]
    by_id = {cell_id_of(cell): key for key, cell in lost if cell_id_of(cell)}
    texts = [(_plain(released[key]), key) for key, cell in lost if not is_solution(cell)]
    return by_id, {text: key for text, key in texts if text}


def _add(merged: Merged, key: str, cell: Cell, released: str, taken: _Taken) -> None:
    name, submitted = grade_id_of(cell), taken.by_key.get(key, [])
    if is_solution(cell):
        answer = _answer(released, submitted)
        unanswered = _same(answer, released) or not (answer.strip() or taken.own_after)
        if is_code(cell):
            merged.steps.append(Step(key, "answer", answer, unanswered))
        if is_manual(cell):
            merged.questions.append(Question(name, QuestionKind.MANUAL, unanswered))
    elif is_manual(cell):
        merged.questions.append(Question(name, QuestionKind.MANUAL))
    elif is_locked(cell):
        _add_locked(merged, key, cell, released, submitted)
    elif is_code(cell):
        code = text_of(submitted[0]) if submitted and is_code(submitted[0]) else text_of(cell)
        merged.steps.append(Step(key, "own", code))


def _add_locked(merged: Merged, key: str, cell: Cell, released: str, submitted: list[Cell]) -> None:
    name = grade_id_of(cell)
    # An instructor's own copy, which still has its hidden tests, counts as unchanged too.
    kept = any(_same(text_of(other), text) for other in submitted for text in (released, text_of(cell)))
    marks = marks_of(cell)
    changed = any(marks_of(other).get(m) != marks.get(m) for other in submitted for m in ("grade", "points"))
    if is_tests(cell):
        if not kept or changed:
            merged.flags.append(f"test_cell_edited:{name}")
        merged.questions.append(Question(name, QuestionKind.TESTS))
        merged.steps.append(Step(key, "tests", text_of(cell)))
        return
    if not kept:
        merged.flags.append(f"locked_cell_edited:{name}")
    if is_code(cell):
        merged.steps.append(Step(key, "locked", text_of(cell)))


def _answer(released: str, submitted: list[Cell]) -> str:
    """Join the pieces of a split cell in order; of copies, the ones still as released say nothing."""
    texts = [text_of(cell) for cell in submitted]
    if not texts:
        # The answer may stand elsewhere: the stub of a cell that is gone would undo it.
        return ""
    written = [text for text in texts if not _same(text, released)]
    return "\n".join(dict.fromkeys(written)) if written else released


def _add_own(merged: Merged, taken: _Taken, anchor: str) -> None:
    cells = taken.own_after.get(anchor, [])
    merged.steps.extend(Step(f"own:{anchor}:{number}", "own", text_of(c)) for number, c in enumerate(cells))


def _same(left: str, right: str) -> bool:
    return _plain(left) == _plain(right)


def _plain(text: str) -> str:
    """Return a text without what editors do to the ends of its lines."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
