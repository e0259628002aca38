"""Which cells answer which question, and what a submission wrote in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labs.assignments.models import LabRelease
from labs.assignments.storing import read_stored
from labs.grader.engine.notebooks import grade_id_of, is_code, is_manual, is_solution, is_tests, text_of
from labs.grading.answers import plain
from labs.grading.models import Submission

LONGEST = 20_000


@dataclass(frozen=True)
class Place:
    """The answer cells of a question, by grade id in the order of the release."""

    grade_id: str
    cells: tuple[str, ...]
    is_code: bool


def places_of(release: LabRelease) -> dict[str, Place]:
    """Return the answer cells of every question of a release: those between it and the question before."""
    found: dict[str, Place] = {}
    since: list[str] = []
    for cell in cells_of(read_stored("releases", release.notebook_path)):
        name = grade_id_of(cell)
        if name and is_manual(cell):
            found[name] = Place(name, (name,), is_code(cell))
        elif name and is_solution(cell):
            since.append(name)
        elif name and is_tests(cell):
            # Two test cells in a row ask about the same answer.
            cells = tuple(since) or next((each.cells for each in reversed(found.values()) if each.is_code), ())
            found[name] = Place(name, cells, True)
            since = []
    return found


def handed_out(release: LabRelease) -> list[tuple[bool, str]]:
    """Every text that the release gave to everybody: (is code, text)."""
    return [(is_code(cell), text_of(cell)) for cell in cells_of(read_stored("releases", release.notebook_path))]


def cells_of(notebook: bytes) -> list[dict[str, Any]]:
    """Cells of a notebook, none for bytes that are no notebook."""
    try:
        cells = json.loads(notebook)["cells"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return []
    return [cell for cell in cells if isinstance(cell, dict)] if isinstance(cells, list) else []


def texts_in(submission: Submission) -> dict[str, str]:
    """Texts of the submission's marked cells by grade id; the first of a repeated one."""
    found: dict[str, str] = {}
    for cell in cells_of(read_stored("submissions", submission.path)):
        if name := grade_id_of(cell):
            found.setdefault(name, plain(text_of(cell)[:LONGEST]))
    return found


def answer_to(place: Place, texts: Mapping[str, str]) -> str:
    """Return what was written for a question, its cells one below the other."""
    return "\n\n".join(text for name in place.cells if (text := texts.get(name, "")).strip())
