"""Who may mark is asked in one place: whatever writes marks of a person goes through `labs/grading/permissions.py`."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GRADING = ROOT / "labs" / "grading"
GATES = frozenset({"require_marker", "require_teacher", "others_work"})
"""What lets a person mark; `require_teacher` where a whole class is meant and no single submission."""
WRITTEN = frozenset(
    {
        *("ManualMark", "MarkDraft", "MarkRubric", "Feedback", "FlagReview", "Grade", "ScoreAdjustment"),
        *("AdjustmentDecision", "AppealAnswer", "RegradeBatch", "SimilarityReport"),
    }
)
"""Rows that hold a person's judgment of somebody's work, and the grades that follow."""
WRITES = frozenset({"create", "bulk_create", "get_or_create", "update_or_create", "save"})
NOBODYS = {
    "store_grade": "the grade that follows from a mark or a run; whoever calls it has asked",
    "recount": "grades counted anew after the terms of an assignment changed; changing them asked",
    "record_result": "what the grader found",
    "propose": "a lower result of a regrade that was asked for, laid before a person",
    "work_on_run": "the worker's way to what the grader found",
}
"""Writes that follow by themselves: no person marks in them."""


def _modules() -> Iterable[ast.Module]:
    for path in sorted(GRADING.rglob("*.py")):
        if not {"migrations", "engine", "demo", "management"} & set(path.parts) and path.name != "demo.py":
            yield ast.parse(path.read_text(encoding="utf-8"))


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Call):
        return _name(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


@dataclass(frozen=True)
class Function:
    """A function of a module, by the name under which it is found: private ones within their module alone."""

    module: int
    node: ast.FunctionDef

    def known_as(self, name: str) -> str:
        return f"{self.module}{name}" if name.startswith("_") else name

    @property
    def name(self) -> str:
        return self.known_as(self.node.name)

    @property
    def calls(self) -> set[str]:
        return {self.known_as(_name(node)) for node in ast.walk(self.node) if isinstance(node, ast.Call)}

    @property
    def writes(self) -> bool:
        """Whether the function itself writes such a row: `Model.objects.create(…)` and its like."""
        return any(
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in WRITES
            and bool({each.id for each in ast.walk(node.func.value) if isinstance(each, ast.Name)} & WRITTEN)
            for node in ast.walk(self.node)
        )


def _functions(modules: Iterable[ast.Module]) -> list[Function]:
    return [
        Function(number, node)
        for number, module in enumerate(modules)
        for node in module.body
        if isinstance(node, ast.FunctionDef)
    ]


def _ungated(modules: Iterable[ast.Module]) -> set[str]:
    """Public functions that write a person's judgment and ask nobody whether the person may."""
    # What follows by itself is looked at neither for writing nor for asking.
    functions = [each for each in _functions(modules) if each.name not in NOBODYS]
    writing, asking = {each.name for each in functions if each.writes}, set(GATES)
    for found in (writing, asking):
        while more := {each.name for each in functions if each.name not in found and each.calls & found}:
            found |= more
    return {name for name in writing - asking if not name.lstrip("0123456789").startswith("_")}


def test_every_way_of_marking_asks_who_may_mark() -> None:
    assert _ungated(_modules()) == set()


def test_the_ways_that_are_known_are_seen() -> None:
    functions = _functions(_modules())

    assert set(NOBODYS) <= {each.name for each in functions}
    assert {each.name for each in functions if "require_marker" in each.calls} >= {
        "mark_question", "answer_appeal", "adjust_score", "decide_adjustment", "request_regrade",
    }  # fmt: skip


@pytest.mark.parametrize(
    "source",
    [
        "def give(*, by):\n    ManualMark.objects.create(score=1)",
        "def give(*, by):\n    _write()\ndef _write():\n    Feedback.objects.update_or_create(text='x')",
        "def give(*, by):\n    note(by)\n    AppealAnswer(text='x').save()",
    ],
)
def test_a_way_that_asks_nobody_is_found(source: str) -> None:
    assert _ungated([ast.parse(source)]) == {"give"}


def test_own_work_and_the_run_are_compared_nowhere_else() -> None:
    """A rule that stands twice is forgotten once."""
    found = []
    for folder in ("grading", "assignments"):
        for path in sorted((ROOT / "labs" / folder).rglob("*.py")):
            if path.name == "permissions.py" or {"migrations", "engine"} & set(path.parts):
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if _compares_person(node) or _asks_of_run(node):
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno}")  # type: ignore[attr-defined]

    assert found == []


def _compares_person(node: ast.AST) -> bool:
    """`submission.user_id == by.pk`, or its contrary."""
    if not isinstance(node, ast.Compare) or not isinstance(node.ops[0], ast.Eq | ast.NotEq):
        return False
    sides = [_name(node.left), _name(node.comparators[0])]
    return "user_id" in sides and "pk" in sides


def _asks_of_run(node: ast.AST) -> bool:
    """`access_runs_for(…).filter(pk=…).exists()`, also by way of a variable named `runs`."""
    if not isinstance(node, ast.Call) or _name(node) != "exists" or not isinstance(node.func, ast.Attribute):
        return False
    filtered = node.func.value
    if not isinstance(filtered, ast.Call) or _name(filtered) != "filter":
        return False
    names = {_name(each) for each in ast.walk(filtered) if isinstance(each, ast.Call | ast.Name)}
    return bool(names & {"access_runs_for", "runs"}) and any(each.arg == "pk" for each in filtered.keywords)
