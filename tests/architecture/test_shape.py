"""The shape of the house: small files and functions, no junk rooms, names of their own."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("portal", "courses", "labs", "search", "hub_config")
JUNK = {"utils", "helpers", "common", "core", "misc", "shared", "lib"}


def sources() -> list[Path]:
    """Python files of the product, without migrations."""
    return [
        file
        for folder in FOLDERS
        for file in sorted((ROOT / folder).rglob("*.py"))
        if "migrations" not in file.parts and "node_modules" not in file.parts
    ]


def test_no_file_holds_two_jobs() -> None:
    long = {
        str(file.relative_to(ROOT)): n for file in sources() if (n := len(file.read_text("utf-8").splitlines())) > 400
    }

    assert not long


def test_every_function_fits_a_screen() -> None:
    long = []
    for file in sources():
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > 60:
                    long.append(f"{file.relative_to(ROOT)}:{node.lineno} {node.name} {lines}")

    assert not long


def module_of(file: Path) -> str:
    """Return the name under which a file is imported."""
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imported(file: Path, known: set[str]) -> set[str]:
    """Return our modules that a file imports at any depth, those for types alone included."""
    package = module_of(file).split(".")
    package = package if file.name == "__init__.py" else package[:-1]
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) + 1 - node.level] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            found |= {name if (name := f"{base}.{alias.name}") in known else base for alias in node.names}
    return (found & known) - {module_of(file)}


def test_no_two_files_know_each_other() -> None:
    known = {module_of(file) for file in sources()}
    graph = {module_of(file): imported(file, known) for file in sources()}

    assert sum(map(len, graph.values())) > 2000
    TopologicalSorter(graph).prepare()  # raises CycleError with the files that go round


def test_no_junk_rooms() -> None:
    junk = [
        str(file.relative_to(ROOT))
        for file in sources()
        if {part.removesuffix(".py") for part in file.relative_to(ROOT).parts} & JUNK
    ]

    assert not junk


def test_public_modules_say_what_they_are() -> None:
    silent = [
        str(file.relative_to(ROOT))
        for file in sources()
        if file.name != "__init__.py" and not ast.get_docstring(ast.parse(file.read_text("utf-8")))
    ]

    assert not silent
