"""The shape of the house: small files and functions, no junk rooms, names of their own."""

from __future__ import annotations

import ast
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
