"""Nothing is kept that nobody uses: every function and class of a module is named somewhere besides its own definition."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("portal", "courses", "labs", "search", "hub_config")
WORD = re.compile(r"[A-Za-z_]\w*")
TEXTS = {".html", ".txt", ".toml", ".js"}
FOUND_BY_NAME = {
    # Others look for these names.
    "SearchBackend": "Wagtail, in the module that the settings name",
    "_jupyter_server_extension_points": "Jupyter Server",
    "_load_jupyter_server_extension": "Jupyter Server",
    # Used beside the product.
    "paired_difference": "the bench of the search",
    "has_sentence": "the test that every event has its sentence",
    "labelled": "the same test",
    "move_organization": "a write that has no page yet",
}


def _uses(tree: ast.Module) -> Iterator[str]:
    """Names that are read, attributes, and words in strings; neither imports nor `__all__` nor docstrings."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and any(ast.unparse(each) == "__all__" for each in node.targets):
            skipped |= {id(each) for each in ast.walk(node)}
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from WORD.findall(node.value)


def _is_registered(node: ast.FunctionDef | ast.ClassDef) -> bool:
    """Return whether a decorator hands it to somebody who calls it: a signal, a hook, a template."""
    return any(re.match(r"(receiver|hooks\.register|register)\b", ast.unparse(one)) for one in node.decorator_list)


def test_every_function_and_class_is_used() -> None:
    used: Counter[str] = Counter()
    defined: list[tuple[str, str]] = []
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in TEXTS and "node_modules" not in path.parts:
                used.update(WORD.findall(path.read_text(encoding="utf-8")))
            elif path.suffix == ".py":
                tree = ast.parse(path.read_text(encoding="utf-8"))
                used.update(_uses(tree))
                if "migrations" not in path.parts and path.name != "apps.py":
                    defined += [
                        (node.name, f"{path.relative_to(ROOT)}:{node.lineno}")
                        for node in tree.body
                        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not _is_registered(node)
                    ]

    assert [place for name, place in defined if not used[name] and name not in FOUND_BY_NAME] == []
    assert set(FOUND_BY_NAME) <= {name for name, _ in defined}
