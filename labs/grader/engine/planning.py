"""What crosses for which test, found in the source notebook alone before anything runs.

A name crosses when the task asks the trainee for it: some answer cell of the instructor's own solution binds or
changes it, and nothing of the release rebinds it before the test. Every other name is the checker's own.
"""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from .merging import key_of
from .notebooks import Notebook, is_code, is_solution, is_tests, runs_in_kernel, text_of

Owner = Literal["task", "own", "module"]


@dataclass(frozen=True)
class Cell:
    """What a cell reads, binds and changes at the notebook's top level."""

    reads: frozenset[str] = frozenset()
    binds: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()
    changes: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    import_lines: tuple[str, ...] = ()


@dataclass
class Plan:
    """Per cell of the source: the names to fetch, and what the checker runs of cells that are no tests."""

    names: dict[str, frozenset[str]] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)
    classes: frozenset[str] = frozenset()
    in_kernel: frozenset[str] = frozenset()


@dataclass
class _Walk:
    owners: dict[str, Owner] = field(default_factory=dict)
    reads: dict[str, frozenset[str]] = field(default_factory=dict)
    dependent: list[tuple[str, Cell]] = field(default_factory=list)


def plan_for(source: Notebook) -> Plan:
    """Plan the checker's part of a notebook."""
    plan, walk = Plan(), _Walk()
    cells = [(key_of(cell, position), cell) for position, cell in enumerate(source["cells"]) if is_code(cell)]
    for key, cell in cells:
        _step(plan, walk, key, cell)
    plan.in_kernel = frozenset(key for key, cell in cells if is_tests(cell) and runs_in_kernel(cell))
    plan.classes = frozenset().union(*(analyze(text_of(cell)).classes for _, cell in cells if is_solution(cell)))
    _drop_unneeded(plan, walk, [key for key, _ in cells])
    return plan


def _step(plan: Plan, walk: _Walk, key: str, cell: dict[str, Any]) -> None:
    code = text_of(cell)
    facts = analyze(code)
    if is_solution(cell):
        _answer(plan, walk, key, facts)
        return
    asked = frozenset(name for name in facts.reads if walk.owners.get(name) == "task")
    plan.names[key], walk.reads[key] = asked, facts.reads
    for name in facts.binds:
        walk.owners[name] = "module" if name in facts.imports else "own"
    if not is_tests(cell):
        plan.cells[key] = code
        if asked:
            walk.dependent.append((key, facts))


def _answer(plan: Plan, walk: _Walk, key: str, facts: Cell) -> None:
    """Note what an answer is asked for; what the solution imports, the checker imports by itself."""
    for name in facts.changes:
        if walk.owners.get(name) == "own":
            walk.owners[name] = "task"
    for name in facts.binds - facts.imports:
        walk.owners[name] = "task"
    for name in facts.imports:
        walk.owners[name] = "module"
    if facts.import_lines:
        plan.cells[key] = "\n".join(facts.import_lines)
        plan.names[key], walk.reads[key] = frozenset(), frozenset()


def _drop_unneeded(plan: Plan, walk: _Walk, order: Sequence[str]) -> None:
    """Leave out cells of the release that work on answers and make nothing that a test reads (pictures, mostly)."""
    dependent = dict(walk.dependent)
    needed: set[str] = set()
    for key in reversed(order):
        facts = dependent.get(key)
        if facts is not None and not facts.binds & needed:
            del plan.cells[key], plan.names[key]
        elif key in plan.names:
            needed |= walk.reads[key]


@lru_cache(maxsize=512)
def analyze(code: str) -> Cell:
    """Find out what a cell reads, binds and changes; an unreadable cell does nothing."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        tree = _parse_magic(code)
    reads: set[str] = set()
    binds: set[str] = set()
    for statement in tree.body:
        table = symtable.symtable(ast.unparse(statement), "cell", "exec")
        reads |= {name for name in _referenced(table) if name not in binds}
        if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
            reads.add(statement.target.id)
        binds |= set(_assigned(table))
    imports = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    return Cell(
        reads=frozenset(reads),
        binds=frozenset(binds),
        imports=frozenset(name for node in imports for name in _imported(node)),
        changes=frozenset(_changed(tree)) & reads,
        classes=frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)),
        import_lines=tuple(ast.unparse(node) for node in imports),
    )


def _parse_magic(code: str) -> ast.Module:
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        plain: str = TransformerManager().transform_cell(code)
        return ast.parse(plain)
    except SyntaxError:
        return ast.Module(body=[], type_ignores=[])


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    for alias in node.names:
        yield alias.asname or alias.name.partition(".")[0]


def _referenced(table: symtable.SymbolTable) -> Iterator[str]:
    is_top = table.get_type() == "module"
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (is_top or symbol.is_global()):
            yield symbol.get_name()
    for child in table.get_children():
        yield from _referenced(child)


def _assigned(table: symtable.SymbolTable) -> Iterator[str]:
    is_top = table.get_type() == "module"
    for symbol in table.get_symbols():
        if is_top and (symbol.is_assigned() or symbol.is_imported()):
            yield symbol.get_name()
        if not is_top and symbol.is_declared_global() and symbol.is_assigned():
            yield symbol.get_name()
    for child in table.get_children():
        yield from _assigned(child)


def _changed(tree: ast.Module) -> Iterator[str]:
    """Yield names whose objects a cell changes in place: items, attributes, and methods called for their effect."""
    for node in ast.walk(tree):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, (ast.AugAssign, ast.AnnAssign)):
            targets = [node.target]
        elif isinstance(node, ast.Delete):
            targets = node.targets
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            targets = [node.value.func]
        for target in targets:
            base = target
            while isinstance(base, (ast.Subscript, ast.Attribute)):
                base = base.value
            if isinstance(base, ast.Name) and base is not target:
                yield base.id
