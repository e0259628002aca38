"""Instructor's notebook to trainee's notebook, by nbgrader's own preprocessors."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
)

from .errors import BadSource
from .notebooks import Notebook, read_source

# The order of nbgrader's generate_assignment, without what writes into its gradebook.
STEPS = (
    LockCells,
    ClearSolutions,
    ClearOutput,
    CheckCellMetadata,
    ComputeChecksums,
    ClearHiddenTests,
    ClearMarkScheme,
    ComputeChecksums,
    CheckCellMetadata,
)
STUBS = {
    "code_stub": {"python": "# 在此作答\nraise NotImplementedError()"},
    "text_stub": "（在此作答）",
}


def make_release(source: bytes) -> bytes:
    """Return what a trainee gets: no solution, no hidden test, no output. Raises BadSource."""
    read_source(source)
    try:
        notebook: Any = nbformat.reads(source.decode("utf-8"), as_version=4)  # type: ignore[no-untyped-call]  # partial types
        resources: Any = ResourcesDict(nbgrader={}, metadata={})
        for step in STEPS:
            options = STUBS if step is ClearSolutions else {}
            notebook, resources = step(**options)(notebook, resources)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.execution_count = None
        text: str = nbformat.writes(notebook)  # type: ignore[no-untyped-call]  # partial types
        return f"{text}\n".encode()
    # nbgrader and nbformat raise a dozen unrelated types for what is one thing here: a notebook with a mistake.
    except Exception as problem:
        raise BadSource(f"nbgrader 不能处理这个笔记本：{type(problem).__name__}: {problem}") from problem


@lru_cache(maxsize=16)
def cached_release(source: bytes) -> str:
    """Return the released notebook as JSON text; a class submits against the same source again and again."""
    return make_release(source).decode("utf-8")


def released_notebook(source: bytes) -> Notebook:
    """Return the released notebook as plain JSON. Raises BadSource."""
    notebook: Notebook = json.loads(cached_release(source))
    return notebook
