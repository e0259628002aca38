"""A submitted notebook as an instructor reads it: every cell in its place, with its part, outputs, verdict and flags.

Nothing here trusts the bytes. What is handed on is escaped text or cleaned HTML, and belongs into the sandboxed frame.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString

from labs.grader.engine.notebooks import (
    grade_id_of,
    is_code,
    is_locked,
    is_manual,
    is_solution,
    is_tests,
    text_of,
)
from labs.grading.answers import plain

from .coloring import colored
from .prose import markdown_html, table_html

ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*\Z")
MOST_CELLS = 600
MOST_OUTPUTS = 12
LONGEST_CELL = 20_000
LONGEST_OUTPUT = 6_000
LARGEST_PICTURE = 2_000_000
LARGEST_IN_ALL = 8_000_000


@dataclass(frozen=True)
class Output:
    """What a cell showed when the trainee saved it: text, error, html or image."""

    kind: str
    text: str = ""
    html: SafeString | str = ""
    is_cut: bool = False


@dataclass(frozen=True)
class Shown:
    """One cell. `part` is task, answer, tests or own; `flag` is edited, unknown, repeated or missing."""

    part: str
    kind: str
    grade_id: str
    html: SafeString | str
    outputs: tuple[Output, ...] = ()
    number: int | None = None
    flag: str = ""

    @property
    def is_code(self) -> bool:
        """Whether the kernel runs it."""
        return self.kind == "code"

    @property
    def anchor(self) -> str:
        """Its name in the address of the page."""
        return f"q-{self.grade_id}" if self.grade_id else ""


@dataclass
class Paper:
    """The cells in order; `is_whole` is False where something was left out for its size."""

    cells: list[Shown] = field(default_factory=list)
    is_readable: bool = True
    is_whole: bool = True


@dataclass
class _Budget:
    left: int = LARGEST_IN_ALL

    def takes(self, size: int) -> bool:
        """Return whether there is still room; uses it up."""
        self.left -= size
        return self.left >= 0


def read_paper(submission: bytes, released: bytes) -> Paper:
    """Return the submission in the trainee's own order, compared with the notebook that was handed out."""
    try:
        cells = _cells(submission)
    except (ValueError, KeyError, TypeError, RecursionError):
        return Paper(is_readable=False)
    given = {grade_id_of(cell): cell for cell in _cells(released) if grade_id_of(cell)}
    paper, budget, seen = Paper(is_whole=len(cells) <= MOST_CELLS), _Budget(), set[str]()
    for cell in cells[:MOST_CELLS]:
        name = grade_id_of(cell)
        shown = _shown(cell, given, budget)
        paper.cells.append(replace(shown, grade_id="", flag="repeated") if name and name in seen else shown)
        seen.add(name)
    for name, cell in given.items():
        if name not in seen and (is_tests(cell) or is_solution(cell) or is_manual(cell)):
            paper.cells.append(_missing(cell, name))
    paper.is_whole = paper.is_whole and budget.left >= 0
    return paper


def _cells(content: bytes) -> list[dict[str, Any]]:
    cells = json.loads(content)["cells"]
    return [cell for cell in cells if isinstance(cell, dict)] if isinstance(cells, list) else []


def _shown(cell: dict[str, Any], given: Mapping[str, dict[str, Any]], budget: _Budget) -> Shown:
    name, text = grade_id_of(cell), plain(text_of(cell)[:LONGEST_CELL])
    released = given.get(name)
    flag = "unknown" if name and released is None else ""
    part = "own"
    if released is not None:
        part = _part(released)
        if part in ("tests", "task") and is_locked(released) and text_of(released).strip() != text_of(cell).strip():
            flag = "edited"
    kind = "code" if is_code(cell) else "markdown" if cell.get("cell_type") == "markdown" else "raw"
    number = cell.get("execution_count")
    return Shown(
        part=part,
        kind=kind,
        grade_id=name[:80],
        html=_html(kind, text, cell) if budget.takes(len(text)) else "",
        outputs=tuple(_outputs(cell, budget)) if kind == "code" else (),
        number=number if isinstance(number, int) else None,
        flag=flag,
    )


def _part(released: dict[str, Any]) -> str:
    if is_solution(released) or is_manual(released):
        return "answer"
    return "tests" if is_tests(released) else "task"


def _missing(cell: dict[str, Any], name: str) -> Shown:
    kind = "code" if is_code(cell) else "markdown"
    return Shown(_part(cell), kind, name[:80], _html(kind, plain(text_of(cell)[:LONGEST_CELL]), {}), flag="missing")


def _html(kind: str, text: str, cell: dict[str, Any]) -> SafeString | str:
    if kind == "code":
        return colored(text)
    return markdown_html(text, _attachments(cell)) if kind == "markdown" else escape(text)


def _attachments(cell: dict[str, Any]) -> dict[str, str]:
    attached = cell.get("attachments")
    found = {}
    for name, bundle in attached.items() if isinstance(attached, dict) else ():
        address = _picture(bundle) if isinstance(bundle, dict) else ""
        if address:
            found[str(name)] = address
    return found


def _picture(bundle: Mapping[str, Any]) -> str:
    """Return the data address of the first picture in a bundle of formats; empty without one that is sound."""
    for kind in PICTURES:
        data = _joined(bundle.get(kind))
        if data and len(data) <= LARGEST_PICTURE and BASE64.match(data):
            return f"data:{kind};base64,{''.join(data.split())}"
    return ""


def _outputs(cell: dict[str, Any], budget: _Budget) -> Iterator[Output]:
    outputs = cell.get("outputs")
    listed = [each for each in outputs if isinstance(each, dict)] if isinstance(outputs, list) else []
    for output in listed[:MOST_OUTPUTS]:
        found = _output(output)
        if found is not None and budget.takes(len(found.text) + len(found.html)):
            yield found
    if len(listed) > MOST_OUTPUTS:
        yield Output("text", "…", is_cut=True)


def _output(output: dict[str, Any]) -> Output | None:
    kind = output.get("output_type")
    if kind == "stream":
        return _text(_joined(output.get("text")))
    if kind == "error":
        lines = output.get("traceback")
        trace = "\n".join(str(line) for line in lines) if isinstance(lines, list) else ""
        return _text(trace or f"{output.get('ename', '')}: {output.get('evalue', '')}", kind="error")
    bundle = output.get("data")
    if kind not in ("display_data", "execute_result") or not isinstance(bundle, dict):
        return None
    if address := _picture(bundle):
        return Output("image", text=address)
    table = _joined(bundle.get("text/html"))
    if "<table" in table and len(table) <= LONGEST_CELL * 4:
        return Output("html", html=table_html(plain(table)))
    return _text(_joined(bundle.get("text/plain")))


def _text(text: str, kind: str = "text") -> Output | None:
    clean = plain(ANSI.sub("", text[: LONGEST_OUTPUT * 4]))
    return Output(kind, clean[:LONGEST_OUTPUT], is_cut=len(clean) > LONGEST_OUTPUT) if clean.strip() else None


def _joined(value: Any) -> str:
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""
