"""Lines of a law or an official document → its clauses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from search.numerals import PRINTED, printed_number

from .pieces import ENUMERATION, HEADING, ITEM, MAX_CLAUSE, RANKS, Clause

ARTICLE_LINE = re.compile(rf"(第([{PRINTED}]+)条(?:之[{PRINTED}]+)?)(?P<gap>[\s\u3000]*)(?P<rest>.*)", re.DOTALL)
GOES_ON = re.compile(r"(规定|所列|所称|第.{1,4}[款项]|[、，,和或至的中及以与]|之|关于|修改|（)")
"""How a sentence goes on that only begins with the number of another article."""
CONTENTS = re.compile(r"目\s*录")
ANNEX = re.compile(r"(附件\s*[0-9一二三四五六七八九十]*|附表|附录)[\s\u3000：:]*(.*)", re.DOTALL)

Line = tuple[int, str]


@dataclass(frozen=True)
class SourceProblem:
    """Something about one place of a file; `is_refusal`: nothing of the file is taken."""

    line: int
    code: str
    subject: str = ""
    is_refusal: bool = True


@dataclass
class Wording:
    """What was read: the words before the first clause, the clauses, what is wrong."""

    preamble: list[str] = field(default_factory=list)
    clauses: list[Clause] = field(default_factory=list)
    problems: list[SourceProblem] = field(default_factory=list)


@dataclass
class _Reading:
    wording: Wording = field(default_factory=Wording)
    above: list[tuple[int, str]] = field(default_factory=list)
    number: str = ""
    line: int = 0
    lines: list[str] = field(default_factory=list)
    last: int = 0
    seen: set[str] = field(default_factory=set)

    def begin(self, line: int, number: str, first: str) -> None:
        self.end()
        self.number, self.line, self.lines = number, line, [first] if first else []

    def end(self) -> None:
        if not self.number:
            return
        text = "\n".join(self.lines).strip()
        titles = tuple(title for _, title in self.above)
        if len(text) > MAX_CLAUSE:
            self.wording.problems.append(SourceProblem(self.line, "clause_too_long", self.number))
        elif not text:
            self.wording.problems.append(SourceProblem(self.line, "clause_empty", self.number))
        else:
            self.wording.clauses.append(Clause(self.number, titles, text, line=self.line))
        self.number, self.lines = "", []

    def enter(self, rank: int, title: str) -> None:
        self.end()
        while self.above and self.above[-1][0] >= rank:
            self.above.pop()
        self.above.append((rank, title))


def read_wording(lines: Iterable[Line]) -> Wording:
    """Return the clauses of a text: by its articles where it has any, else by 一、（一） as official documents number."""
    kept = [(number, text) for number, text in lines if text.strip()]
    has_articles = any(_article(text, 0) for _, text in kept)
    return _read_law(kept) if has_articles else _read_document(kept)


def _article(text: str, last: int) -> tuple[str, int, str] | None:
    """Return number, its value and the rest of a line that begins an article; None for a sentence about another one."""
    match = ARTICLE_LINE.match(text)
    if match is None:
        return None
    try:
        value = printed_number(match[2])
    except ValueError:
        return None
    is_spaced = bool(match["gap"]) or not match["rest"]
    if not is_spaced and (GOES_ON.match(match["rest"]) or (last and value != last + 1)):
        return None
    return match[1], value, match["rest"].strip()


def _read_law(lines: list[Line]) -> Wording:
    reading = _Reading()
    for number, raw in lines:
        text = raw.strip()
        heading = HEADING.fullmatch(text)
        article = _article(text, reading.last)
        if heading is not None and len(text) <= 80 and not text.endswith(("。", "；", "：")):
            reading.enter(RANKS[heading[2]][2], " ".join(text.split()))
        elif article is not None:
            _note_repeated(reading, article[0], number)
            reading.begin(number, article[0], article[2])
            reading.last = article[1]
        elif reading.number and (annex := ANNEX.fullmatch(text)) is not None:
            reading.above.clear()
            reading.begin(number, annex[1], annex[2])
        elif reading.number:
            reading.lines.append(text)
        elif not CONTENTS.fullmatch(text) and not reading.wording.clauses:
            reading.wording.preamble.append(text)
    reading.end()
    return reading.wording


def _note_repeated(reading: _Reading, number: str, line: int) -> None:
    if number in reading.seen:
        reading.wording.problems.append(SourceProblem(line, "number_repeated", number, is_refusal=False))
    reading.seen.add(number)


def _read_document(lines: list[Line]) -> Wording:
    reading = _Reading()
    is_numbered = any(ENUMERATION.match(text.strip()) or ITEM.match(text.strip()) for _, text in lines)
    for place, (number, raw) in enumerate(lines, start=1):
        text = raw.strip()
        entry, item = ENUMERATION.fullmatch(text), ITEM.match(text)
        if entry is not None and len(text) <= 60 and not text.endswith(("。", "；")):
            reading.enter(0, text)
        elif entry is not None:
            reading.end()
            reading.above.clear()
            reading.begin(number, f"{entry[1]}、", entry[2])
        elif item is not None:
            reading.begin(number, item[0], text[item.end() :].strip())
        elif reading.number:
            reading.lines.append(text)
        elif reading.above:
            reading.begin(number, "¶", text)
        elif is_numbered:
            reading.wording.preamble.append(text)
        else:
            reading.begin(number, f"段{place}", text)
            reading.end()
    reading.end()
    return reading.wording
