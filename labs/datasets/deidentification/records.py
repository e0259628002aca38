"""What a delimited text shows before it is read: its header, its separator, and whether all records are as wide."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import numpy as np

from labs.datasets.deidentification.messages import Refusal

MOST_COLUMNS = 10_000
FULL_WIDTH_SEPARATOR = re.compile("[，；｜]")
TITLE_LINES, TITLE_SHARE = 50, 0.9


def header_of(path: Path, content: bytes) -> tuple[str, list[str]]:
    """Return separator and header of a text that ends with a line end, of which the beginning is enough. Raises Refusal."""
    separator = _separator(content)
    header = next(csv.reader(io.StringIO(first_record(content)), delimiter=separator), [""])
    check_header(path, header)
    if len(header) == 1 and FULL_WIDTH_SEPARATOR.search(header[0]):
        raise Refusal("separator_wide", path=path, separator=FULL_WIDTH_SEPARATOR.findall(header[0])[0])
    if len(header) == 1:
        _refuse_title(path, content)
    return separator, header


def first_record(content: bytes) -> str:
    """Return the header as it stands, line ends inside quotation marks included."""
    end = content.index(b"\n")
    while content.count(b'"', 0, end) % 2:
        following = content.find(b"\n", end + 1)
        if following < 0:
            break
        end = following
    return content[:end].decode("utf-8")


def check_header(path: Path, header: list[str]) -> None:
    """Raise Refusal for columns without a name, with the same name, and for too many."""
    if len(header) > MOST_COLUMNS:
        raise Refusal("columns_many", path=path, found=len(header), most=MOST_COLUMNS)
    seen: set[str] = set()
    for position, name in enumerate(header, start=1):
        if not name.strip():
            raise Refusal("column_unnamed", position=position)
        if name in seen:
            raise Refusal("column_twice", column=name)
        seen.add(name)


def _separator(content: bytes) -> str:
    head = re.sub(r'"[^"]*"', "", first_record(content))
    return max(",;\t|", key=head.count)


def _refuse_title(path: Path, content: bytes) -> None:
    """One column that nearly every line below divides in the same way: the first line is a title, not the header."""
    text = re.sub(r'"[^"]*"', "", content[:20_000].decode("utf-8", "ignore"))
    lines = [line for line in text.split("\n")[1:TITLE_LINES] if line.strip()]
    for mark in ";\t|":
        counts = [line.count(mark) for line in lines]
        usual = max(set(counts), key=counts.count, default=0)
        if usual and len(lines) > 2 and counts.count(usual) >= TITLE_SHARE * len(lines):
            raise Refusal("header_lone", path=path, separator=mark)


class Records:
    """Counts separators per record outside quotation marks, in arrays of a slice at a time instead of lines of Python."""

    def __init__(self, path: Path, separator: str, width: int) -> None:
        self.path, self.separator, self.width = path, separator, width
        self.count, self._cells_before, self._is_inside = 0, 0, False

    def take(self, content: bytes, start: int, length: int) -> int:
        """Look at the next slice; return where in it the last whole record ends, 0 when none does. Raises Refusal."""
        cells = np.frombuffer(content, np.uint8, length, start)
        ends, marks = cells == ord("\n"), cells == ord(self.separator)
        quotes = cells == ord('"')
        if self._is_inside or quotes.any():
            inside = np.logical_xor.accumulate(quotes) ^ self._is_inside
            self._is_inside = bool(inside[-1])
            ends &= ~inside
            marks &= ~inside
        places, line_ends = np.flatnonzero(marks), np.flatnonzero(ends)
        upto = np.searchsorted(places, line_ends)
        found = np.diff(upto, prepend=-self._cells_before) + 1
        wrong = np.flatnonzero(found != self.width)
        if len(wrong):
            row = int(wrong[0])
            raise Refusal(
                "ragged", path=self.path, row=self.count + row + 1, found=int(found[row]), expected=self.width
            )
        self.count += len(found)
        self._cells_before = len(places) - int(upto[-1]) if len(upto) else self._cells_before + len(places)
        return int(line_ends[-1]) + 1 if len(line_ends) else 0
