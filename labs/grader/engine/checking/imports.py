"""Libraries that every submission loads anew, because the notebook imports them below its opening cells."""

from __future__ import annotations

import ast
import sys

from ..notebooks import Notebook, grade_id_of, is_code, is_solution, is_tests, text_of
from ..zygotes import LIBRARIES

LOADED = frozenset(name.partition(".")[0] for name in LIBRARIES)
"""Fork servers have these already."""


def late_imports(source: Notebook) -> dict[str, tuple[int, str]]:
    """Return number and name of the first cell that imports each such library."""
    early: set[str] = set()
    late: dict[str, tuple[int, str]] = {}
    is_opening = True
    for number, cell in enumerate(source["cells"], start=1):
        is_opening = is_opening and not is_solution(cell) and not is_tests(cell)
        if not is_code(cell):
            continue
        for library in sorted(_imported(text_of(cell)) - LOADED - sys.stdlib_module_names):
            if is_opening:
                early.add(library)
            elif library not in early:
                late.setdefault(library, (number, grade_id_of(cell)))
    return late


def _imported(code: str) -> set[str]:
    try:
        nodes = list(ast.walk(ast.parse(code)))
    except SyntaxError:
        return set()
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level]
    return {name.partition(".")[0] for name in names} - {""}
