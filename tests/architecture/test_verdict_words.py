"""The grader's verdicts are written down once, in `labs.grader.protocol.Verdict`; everything else names the enum."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

import pytest

from labs.grader.protocol import Verdict
from tests.architecture.test_shape import ROOT, sources

WORDS = frozenset(Verdict)
TELLING = frozenset({Verdict.PARTIAL, Verdict.CRASHED, Verdict.NOT_CHECKABLE})
"""Words that nothing else of the product uses; the others are errors, files, rooms in memory as well."""
HOME = "labs/grader/protocol.py"
ALONE = "labs/grader/engine/inside/"
"""Enters the sandbox without the protocol; what it says is no verdict yet."""


def names_verdict(node: ast.AST) -> bool:
    """Tell whether an expression is called a verdict."""
    if isinstance(node, ast.Name):
        return bool(re.search(r"verdicts?$", node.id, re.IGNORECASE))
    if isinstance(node, ast.Attribute):
        return bool(re.search(r"verdicts?$", node.attr, re.IGNORECASE))
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Constant) and node.slice.value == "verdict"
    if isinstance(node, ast.Call):
        return any(isinstance(each, ast.Constant) and each.value == "verdict" for each in node.args[:1])
    return False


def words_in(*nodes: ast.AST | None) -> Iterator[ast.Constant]:
    """Yield the words of verdicts in some expressions."""
    for node in nodes:
        for each in ast.walk(node) if node is not None else ():
            if isinstance(each, ast.Constant) and isinstance(each.value, str) and each.value in WORDS:
                yield each


def places_of_verdicts(trees: Mapping[str, ast.Module]) -> dict[str, int]:
    """Find at which place classes take their verdict."""
    places = {}
    for tree in trees.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                fields = [
                    one.target.id
                    for one in node.body
                    if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
                ]
                if "verdict" in fields:
                    places[node.name] = fields.index("verdict")
    return places


def meant(node: ast.AST, places: Mapping[str, int]) -> Iterator[ast.Constant]:
    """Yield the words in one piece of code that can only be meant as verdicts."""
    if isinstance(node, ast.Constant) and node.value in TELLING:
        yield node
    elif isinstance(node, ast.Compare) and any(map(names_verdict, [node.left, *node.comparators])):
        yield from words_in(*(each for each in [node.left, *node.comparators] if not names_verdict(each)))
    elif isinstance(node, ast.keyword) and (node.arg or "").partition("__")[0] == "verdict":
        yield from words_in(node.value)
    elif isinstance(node, ast.Dict):
        keys = [key for key in node.keys if key is not None]
        named = [
            value
            for key, value in zip(node.keys, node.values, strict=True)
            if isinstance(key, ast.Constant) and key.value == "verdict"
        ]
        yield from words_in(*named)
        yield from several(keys)
    elif isinstance(node, ast.Tuple | ast.List | ast.Set):
        yield from several(node.elts)
    elif isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(names_verdict(each) for target in targets for each in ast.walk(target)):
            yield from words_in(node.value)
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and re.search(r"verdict$", node.name):
        yield from words_in(*(each.value for each in ast.walk(node) if isinstance(each, ast.Return)))
    elif isinstance(node, ast.Call):
        called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        place = places.get(called)
        yield from words_in(*(node.args[place : place + 1] if place is not None else []))


def several(nodes: list[ast.expr]) -> list[ast.Constant]:
    """Return what can only be a list of verdicts: three of their words."""
    found = [each for each in nodes if isinstance(each, ast.Constant) and each.value in WORDS]
    return found if len(found) > 2 else []


def offenses(trees: Mapping[str, ast.Module]) -> list[str]:
    """Return the places where a verdict is spelled."""
    places = places_of_verdicts(trees)
    found = {
        (name, word.lineno, str(word.value))
        for name, tree in trees.items()
        for node in ast.walk(tree)
        for word in meant(node, places)
    }
    return [f"{name}:{line} {word}" for name, line, word in sorted(found)]


def test_no_verdict_is_spelled_outside_the_enum() -> None:
    trees = {
        name: ast.parse(file.read_text("utf-8"))
        for file in sources()
        if (name := str(file.relative_to(ROOT))) != HOME and not name.startswith(ALONE)
    }

    assert not offenses(trees)


TEMPLATE = re.compile(r"\{[%{][^%}]*verdict[^%}]*[\"'](?:" + "|".join(WORDS) + r")[\"']")


def test_no_page_spells_a_verdict() -> None:
    pages = [file for folder in ("portal", "courses", "labs") for file in sorted((ROOT / folder).rglob("*.html"))]
    spelled = [str(file.relative_to(ROOT)) for file in pages if TEMPLATE.search(file.read_text("utf-8"))]

    assert len(pages) > 100
    assert not spelled


@pytest.mark.parametrize(
    "code",
    [
        'x = "partial"',
        'result.verdict == "manual"',
        'result["verdict"] not in ("passed", "manual")',
        'found.get("verdict") == "error"',
        'rows.filter(verdict="manual")',
        'rows.exclude(verdict__in=["failed", "error"])',
        'row = {"verdict": "manual" if own else each.verdict}',
        'verdict, message = "failed", "x"',
        'verdict = "failed" if bad else "passed"',
        'signs = {"passed": 1, "failed": 2, "manual": 3}',
        'GOOD = ("passed", "manual", "output")',
        'def verdict(self):\n    return "passed" if self.ok else other',
        'class Outcome:\n    key: str\n    verdict: str\nOutcome("q1", "timeout")',
    ],
)
def test_it_finds_a_verdict_that_is_spelled(code: str) -> None:
    assert offenses({"x.py": ast.parse(code)})


@pytest.mark.parametrize(
    "code",
    [
        'answer = {"error": {"code": "forbidden"}, "passed": True}',
        'state == "failed"',
        'limits = {"memory": 5, "output": 2}',
        "result.verdict == Verdict.MANUAL",
        'step.role == "tests" and found.verdict == "told"',
        'class Outcome:\n    verdict: str\n    kind: str\nOutcome(Verdict.ERROR, "error")',
    ],
)
def test_it_leaves_other_words_alone(code: str) -> None:
    assert not offenses({"x.py": ast.parse(code)})


def test_pages_are_read_for_verdicts() -> None:
    assert TEMPLATE.search('{% if result.verdict == "passed" %}')
    assert not TEMPLATE.search('{% if found.verdict == "told" %}{% translate "passed" %}')
