"""Nothing slow is called where a transaction is open: on SQLite nobody else writes for as long."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SLOW = frozenset(
    {
        # a password is hashed on purpose slowly: 0.18 s
        *("make_password", "check_password", "set_password", "authenticate"),
        # workbooks and PDF pages
        *("table_workbook", "sheets_workbook", "write_workbook", "write_roster", "render_certificate", "write_pdf"),
        # pictures
        *("get_rendition", "get_renditions", "make_renditions", "make_image"),
        # bodies, other servers, other programs, waiting
        *("read_bounded", "urlopen", "sleep", "run_sandboxed", "Popen"),
    }
)
LOOPS = frozenset({"in_turns"})
"""Loops over people, which commit one by one."""
SOURCES = [
    path
    for folder in ("portal", "courses", "labs", "search")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "migrations" not in path.parts and path.name != "demo.py"
]


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Call):
        return _name(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _opens(node: ast.AST) -> bool:
    return _name(node) in ("atomic", "taken_back")


def _blocks(module: ast.Module) -> Iterator[tuple[str, list[ast.stmt]]]:
    """Yield what stands inside a transaction: bodies of functions and of `with` blocks."""
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef) and any(_opens(one) for one in node.decorator_list):
            yield node.name, node.body
        elif isinstance(node, ast.With) and any(_opens(item.context_expr) for item in node.items):
            yield f"line {node.lineno}", node.body


def _calls(body: list[ast.stmt], functions: dict[str, ast.FunctionDef], seen: frozenset[str]) -> Iterator[str]:
    """Names of everything that is called, also through functions of the same module; not what waits for the commit."""
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call) and _name(node) == "on_commit":
            continue
        if isinstance(node, ast.Call):
            name = _name(node)
            yield name
            if name in functions and name not in seen:
                yield from _calls(functions[name].body, functions, seen | {name})
        waiting.extend(ast.iter_child_nodes(node))


def _found(source: str) -> set[str]:
    module = ast.parse(source)
    functions = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
    return {
        f"{where}: {name}"
        for where, body in _blocks(module)
        for name in _calls(body, functions, frozenset())
        if name in SLOW | LOOPS
    }


def test_nothing_slow_happens_inside_a_transaction() -> None:
    found = {str(path.relative_to(ROOT)): _found(path.read_text(encoding="utf-8")) for path in SOURCES}

    assert {path: what for path, what in found.items() if what} == {}


@pytest.mark.parametrize(
    "source",
    [
        "@transaction.atomic\ndef act():\n    user.set_password(x)",
        "def act():\n    with transaction.atomic():\n        book = table_workbook(a, b)",
        "@transaction.atomic\ndef act():\n    _inner()\ndef _inner():\n    page.write_pdf()",
        "@transaction.atomic\ndef act():\n    for one in in_turns(people):\n        _do(one)",
    ],
)
def test_the_look_sees_what_it_looks_for(source: str) -> None:
    assert _found(source)


@pytest.mark.parametrize(
    "source",
    [
        "def act():\n    hashed = make_password(x)\n    with transaction.atomic():\n        save(hashed)",
        "@transaction.atomic\ndef act():\n    transaction.on_commit(lambda: make_renditions(page))",
    ],
)
def test_what_happens_before_or_after_is_none_of_it(source: str) -> None:
    assert not _found(source)
