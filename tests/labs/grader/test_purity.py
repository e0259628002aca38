"""The engine stands alone: no Django, no portal, nothing but the protocol and the lab environment's packages."""

from __future__ import annotations

import ast
import sys

import pytest

from tests.graders import ROOT

FOLDER = ROOT / "labs/grader/engine"
ALLOWED = {"nbformat", "nbconvert", "nbgrader", "IPython", "traitlets"}
# Expands nbgrader's own lines, in a process that has seen no submission.
AUTOTESTS = "inside/autotesting.py"
INSIDE = {"IPython", "traitlets", "numpy", "pandas", "pyarrow", "polars"}


@pytest.mark.parametrize("name", sorted(str(file.relative_to(FOLDER)) for file in FOLDER.rglob("*.py")))
def test_imports_only_itself_and_the_lab_environment(name: str) -> None:
    tree = ast.parse((FOLDER / name).read_text("utf-8"))
    absolute = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level == 0]
    absolute += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    relative = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level > 0]

    known = INSIDE if name.startswith("inside/") and name != AUTOTESTS else ALLOWED
    roots = {module.partition(".")[0] for module in absolute}

    assert roots <= known | set(sys.stdlib_module_names)
    for node in relative:
        package = (FOLDER / name).parents[node.level - 1]
        assert package.is_relative_to(FOLDER) or (package == FOLDER.parent and node.module == "protocol"), node.module


def test_the_protocol_needs_the_standard_library_alone() -> None:
    tree = ast.parse((FOLDER.parent / "protocol.py").read_text("utf-8"))
    absolute = [node.module or "." for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    absolute += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]

    assert {module.partition(".")[0] for module in absolute} <= set(sys.stdlib_module_names)


def test_what_enters_the_sandbox_unpickles_nothing() -> None:
    for file in (FOLDER / "inside").glob("*.py"):
        tree = ast.parse(file.read_text("utf-8"))
        names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        names |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert not names & {"pickle", "marshal", "shelve", "dill", "joblib", "read_pickle", "to_pickle"}, file
