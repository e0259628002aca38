"""Several laws in one file: where the next one begins."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from .formats import Manuscript, opened
from .heads import CONTENTS, annex_head, article_lines, without_contents
from .parts import NAMES_A_POLICY, is_above
from .pieces import HEADING
from .spacing import is_ended
from .wording import Line

LOOK_BACK = 40
"""Lines above a 第一条 among which its law's title is looked for."""


class Several(ValueError):
    """There are several laws and one of them has no title of its own."""

    def __init__(self, line: int, subject: str) -> None:
        super().__init__(subject)
        self.line, self.subject = line, subject


def laws_of(manuscript: Manuscript) -> list[Manuscript]:
    """Return the laws of a file, nearly always one. Raises Several where they cannot be told apart."""
    lines = without_contents(manuscript.lines)
    texts = [text for _, text in lines]
    starts = _starts(lines, texts)
    if not starts:
        return [manuscript]
    first = replace(manuscript, lines=lines[: starts[0]])
    ends = [*starts[1:], len(lines)]
    return [first, *(opened(lines[start:end]) for start, end in zip(starts, ends, strict=True))]


def _starts(lines: Sequence[Line], texts: Sequence[str]) -> list[int]:
    """Return the places where another law begins: a 第一条 after articles, with a title above it. An annex is none."""
    found: list[int] = []
    before = 0
    last = 0
    for place, head in article_lines(texts).items():
        if head.value == 1 and not head.is_between and last > 1:
            title = _title_above(texts, before, place)
            if title is None and not _is_annexed(texts, before, place):
                raise Several(lines[place][0], texts[place][:40])
            if title is not None:
                found.append(_with_head(texts, before, title))
        before, last = place, head.value
    return found


def _title_above(texts: Sequence[str], before: int, place: int) -> int | None:
    """Return the place of the title above a 第一条; None where there is none, or where an annex has it."""
    if _is_annexed(texts, before, place):
        return None
    for at in range(place - 1, max(before, place - LOOK_BACK), -1):
        text = texts[at]
        if NAMES_A_POLICY.search(text) and len(text) <= 60 and not _is_between(text):
            return at
        if is_ended(text) and not text.startswith(("（", "(")):
            return None
    return None


def _is_between(text: str) -> bool:
    return HEADING.fullmatch(text) is not None or CONTENTS.fullmatch(text) is not None or text.startswith(("（", "("))


def _is_annexed(texts: Sequence[str], before: int, place: int) -> bool:
    return any(annex_head(text) is not None for text in texts[before + 1 : place])


def _with_head(texts: Sequence[str], before: int, title: int) -> int:
    """Return the place where the law's own head begins: its order or number may stand above the title."""
    at = first = title
    while at - 1 > before and title - at < 12:
        at -= 1
        if is_above(texts, at) or re.search(r"现予(?:公布|发布)", texts[at]):
            first = at
    return first
