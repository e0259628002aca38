"""Looks for hidden tests and solutions in everything that a trainee gets: the released notebook and the files beside it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..notebooks import BEGIN_HIDDEN, END_HIDDEN, Notebook, hidden_lines, is_solution, text_of

SHORTEST_SECRET = 12
SHORTEST_SOLUTION = 60
LARGEST_MEMBER = 8 << 20
MOST_MEMBERS = 200
BEGIN_SOLUTION, END_SOLUTION = "BEGIN SOLUTION", "END SOLUTION"


@dataclass(frozen=True)
class Leak:
    """A secret line that a trainee could read; `file` is empty for the notebook."""

    file: str
    line: str
    kind: str


def find_leaks(source: Notebook, release: str, files: Mapping[str, bytes]) -> list[Leak]:
    """Return the hidden lines, and the solutions, that reach a trainee."""
    text = release.replace("\\n", "\n").replace('\\"', '"').replace("\\\\", "\\")
    hidden, solutions = sorted(hidden_of(source)), list(solutions_of(source))
    lines = {line.strip().strip('",') for line in text.split("\n")}
    found = [Leak("", line, "hidden") for line in hidden if line in lines]
    found += [Leak("", marker, "hidden") for marker in (BEGIN_HIDDEN, END_HIDDEN) if marker in text]
    found += [Leak("", block[0], "solution") for block in solutions if all(line in lines for line in block)]
    for name, content in _texts(files):
        present = {line.strip() for line in content.split("\n")}
        found += [Leak(name, line, "hidden") for line in hidden if line in present or f'"{line}' in content]
        for block in solutions:
            shared = [line for line in block if line in present or line in content]
            if len(shared) * 2 > len(block):
                found.append(Leak(name, shared[0], "solution"))
    return list(dict.fromkeys(found))


def hidden_of(source: Notebook) -> set[str]:
    """Return the lines of hidden tests that are long enough to mean something and stand nowhere in the open."""
    hidden: set[str] = set()
    shown: set[str] = set()
    for cell in source["cells"]:
        lines, numbers = text_of(cell).split("\n"), hidden_lines(text_of(cell))
        for number, line in enumerate(lines, start=1):
            # What a solution shares with a test is a secret too, so only open text counts as shown.
            target = hidden if number in numbers else shown if not is_solution(cell) else set()
            target.add(line.strip())
    markers = (BEGIN_HIDDEN, END_HIDDEN)
    return {x for x in hidden - shown if len(x) >= SHORTEST_SECRET and not any(marker in x for marker in markers)}


def solutions_of(source: Notebook) -> Iterator[list[str]]:
    """Yield the telling lines of every solution between its markers, without imports."""
    for cell in source["cells"]:
        block: list[str] | None = None
        for line in text_of(cell).split("\n") if is_solution(cell) else ():
            if BEGIN_SOLUTION in line:
                block = []
            elif END_SOLUTION in line and block is not None:
                if sum(map(len, block)) >= SHORTEST_SOLUTION:
                    yield block
                block = None
            elif block is not None and _is_telling(line.strip()):
                block.append(line.strip())


def _is_telling(line: str) -> bool:
    return len(line) >= SHORTEST_SECRET and not line.startswith(("import ", "from ", "#", "raise NotImplementedError"))


def _texts(files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Yield what can be read as text, also inside of zip files and notebooks."""
    for name, content in files.items():
        if zipfile.is_zipfile(io.BytesIO(content)):
            yield from _members(name, content)
        else:
            yield name, content.decode("utf-8", "replace").replace("\\n", "\n").replace('\\"', '"')


def _members(name: str, content: bytes) -> Iterator[tuple[str, str]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist()[:MOST_MEMBERS]:
            if entry.is_dir() or entry.file_size > LARGEST_MEMBER or entry.flag_bits & 1:
                continue
            try:
                with archive.open(entry) as member:
                    text = member.read(LARGEST_MEMBER).decode("utf-8", "replace")
            except (OSError, ValueError, zipfile.BadZipFile):
                continue
            yield f"{name}/{entry.filename}", text.replace("\\n", "\n").replace('\\"', '"')
