"""Columns of text: what is blotted out of a cell beyond running words, and when a column is no text but a list of labels."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from labs.datasets.deidentification.detectors import redact
from labs.datasets.deidentification.findings import Finding, finding
from labs.datasets.deidentification.romanized import is_romanized_name
from labs.datasets.deidentification.shaped_names import is_name_shaped, is_surely_name
from labs.datasets.deidentification.subjects import Subject
from labs.datasets.deidentification.wrapped import unwrapped

TOKEN = re.compile(r"【[^】]*】")
# Values in JSON, and the parts of a path or address of a page: there a name stands alone, without a cue.
PIECE = re.compile(r'(?<=")[^"\\【】]{2,20}(?=")|(?<=[\\/])[^\\/.:?【】]{2,30}(?=[\\/.?]|\Z)')
MACHINE = re.compile(r"\s*(?:[{\[]|/|[A-Za-z]:\\|[a-z]+://)")
HAN = re.compile("[\u4e00-\u9fff]")
WORDS = re.compile(r"[A-Za-z]{2,}")
LEAST_HAN, LEAST_WORDS, LONGEST_NAME = 6, 4, 16
LONG_LATIN = 6
LEFT, FEWEST_LEFT = 0.1, 3


def blotted(value: str) -> str:
    """Return a cell without identifiers: also names that are the whole cell, a value of JSON or a folder of a path."""
    plain = unwrapped(value)
    if len(plain) <= LONGEST_NAME and is_surely_name(plain.strip()):
        return "【姓名1】"
    out = redact(value)
    if plain != value and (other := redact(plain)) != plain:
        out = other
    return PIECE.sub(lambda found: _piece(found[0], out), out)


def _piece(piece: str, whole: str) -> str:
    is_latin = len(piece) >= LONG_LATIN and is_romanized_name(piece)
    return f"【姓名{whole.count('【姓名') + 1}】" if is_latin or is_surely_name(piece.strip()) else piece


def is_running(labels: Sequence[str]) -> bool:
    """Return whether most values are words that somebody wrote: not labels, codes, paths or what a program wrote."""
    some = [label for label in labels if label]
    return 2 * sum(map(_is_written, some)) >= len(some)


def _is_written(value: str) -> bool:
    if MACHINE.match(value):
        return False
    bare = TOKEN.sub("", value)
    return len(HAN.findall(bare)) >= LEAST_HAN or len(WORDS.findall(bare)) >= LEAST_WORDS


def says_something(value: str) -> bool:
    """Return whether more than blotted places and signs are left."""
    return any(character.isalnum() for character in TOKEN.sub("", value))


def check_names_left(subject: Subject) -> list[Finding]:
    """Find columns that were blotted out and still hold names, which the program did not know as such."""
    out = []
    for name in subject.release.frame.columns:
        if subject.recipe.columns[name].treatment != "redact":
            continue
        codes, labels = subject.release.encoded(name)
        left = [place for place, label in enumerate(labels) if len(label) <= LONGEST_NAME and is_name_shaped(label)]
        filled = sum(bool(label) for label in labels)
        if len(left) >= FEWEST_LEFT and len(left) >= LEFT * filled:
            row = int(np.flatnonzero(codes == left[0])[0]) + 1
            out.append(
                finding("identifying_column", "stop", column=name, row=row, sentence="names_left", count=len(left))
            )
    return out
