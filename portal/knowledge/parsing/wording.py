"""Lines of a law or an official document → its clauses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .heads import (
    BRACKET,
    CONTENTS,
    LOOSE,
    REFERS,
    ArticleHead,
    annex_head,
    article_head,
    article_lines,
    without_contents,
)
from .pieces import ENUMERATION, HEADING, ITEM, MAX_CLAUSE, RANKS, Clause

Line = tuple[int, str]
ANNEX_RANK = -1
DEEPEST = max(rank for _, _, rank in RANKS.values())


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
    last_number: str = ""
    seen: set[str] = field(default_factory=set)
    annex: str = ""

    @property
    def has_begun(self) -> bool:
        return bool(self.number or self.wording.clauses)

    def begin(self, line: int, number: str, first: str) -> None:
        self.end()
        if self.annex and not number.startswith("附") and not self.above:
            self.above.append((ANNEX_RANK, self.annex))
        self.number, self.line, self.lines = number, line, [first] if first else []

    def end(self) -> None:
        """Close the clause below the titles that stand now."""
        if not self.number:
            return
        text = "\n".join(self.lines).strip()
        if self.annex == self.number and text and len(self.lines[0]) <= 60:
            self.annex = f"{self.annex} {self.lines[0]}"
        titles = tuple(title for _, title in self.above)
        if len(text) > MAX_CLAUSE:
            self.wording.problems.append(SourceProblem(self.line, "clause_too_long", self.number))
        elif text:
            self.wording.clauses.append(Clause(self.number, titles, text, line=self.line))
        elif self.number.startswith("附"):
            self.wording.problems.append(SourceProblem(self.line, "annex_empty", self.number, is_refusal=False))
        else:
            self.wording.problems.append(SourceProblem(self.line, "clause_empty", self.number))
        self.number, self.lines = "", []

    def enter(self, rank: int, title: str) -> None:
        self.end()
        if self.annex and not self.above:
            self.above.append((ANNEX_RANK, self.annex))
        while self.above and self.above[-1][0] >= rank:
            self.above.pop()
        self.above.append((rank, title))

    def enter_annex(self, line: int, number: str, title: str) -> None:
        """Begin an annex: its words are one clause until something numbered comes, which then stands below its title."""
        self.end()
        self.above.clear()
        self.annex, self.last, self.last_number, self.seen = f"{number} {title}".strip(), 0, "", set()
        self.begin(line, number, title)

    def leave(self, rank: int) -> None:
        """Leave the headings of a rank and below, but not the annex."""
        self.above = [each for each in self.above if each[0] < rank]


def read_wording(lines: Iterable[Line]) -> Wording:
    """Return the clauses of a text: by its articles where it has any, else by 一、（一） as official documents number."""
    kept = without_contents([(number, text.strip()) for number, text in lines if text.strip()])
    articles = article_lines([text for _, text in kept])
    return _read_law(kept, articles) if articles else _read_document(kept)


def _read_law(lines: list[Line], articles: Mapping[int, ArticleHead]) -> Wording:
    reading = _Reading()
    for place, (number, text) in enumerate(lines):
        article, heading = articles.get(place), HEADING.fullmatch(text)
        if article is not None:
            _note_order(reading, article, number)
            reading.begin(number, article.number, article.rest)
            reading.last = article.value
        elif heading is not None and _is_heading(text):
            reading.enter(RANKS[heading[2]][2], _heading_as_read(text, heading[3]))
        elif reading.has_begun and (annex := annex_head(text)) is not None:
            reading.enter_annex(number, *annex)
        else:
            _add_words(reading, number, text)
    reading.end()
    return reading.wording


def _is_heading(text: str) -> bool:
    heading = HEADING.fullmatch(text)
    is_short = len(text) <= 80 and not text.endswith(("。", "；", "："))
    if heading is None or not is_short:
        return False
    is_spaced = heading[3] == "" or not text.endswith(heading[2] + heading[3])
    return is_spaced or REFERS.match(heading[3]) is None


def _heading_as_read(text: str, title: str) -> str:
    """Return a heading without the blanks that only spread it: 总　则 is 总则."""
    is_spread = re.fullmatch(r"[\u4e00-\u9fff](?:\s+[\u4e00-\u9fff])+\s*", title) is not None
    bare = "".join(title.split()) if is_spread else title
    return " ".join((text[: len(text) - len(title)] + bare).split())


def _add_words(reading: _Reading, number: int, text: str) -> None:
    """Put a line where it belongs: to the clause, to a heading without words, before the first clause or below a heading."""
    if reading.number:
        if len(reading.lines) == 1 and BRACKET.fullmatch(reading.lines[0]):
            reading.lines[0] += text  # 第一条（目的）: the article's own title is no paragraph
        else:
            reading.lines.append(text)
    elif reading.above and _is_bare(reading.above[-1][1]) and len(text) <= 40 and not text.endswith(("。", "；")):
        reading.above[-1] = (reading.above[-1][0], f"{reading.above[-1][1]} {text}")
    elif reading.has_begun:
        reading.begin(number, "¶", text)
    elif not CONTENTS.fullmatch(text):
        reading.wording.preamble.append(text)


def _is_bare(title: str) -> bool:
    match = HEADING.fullmatch(title)
    return match is not None and not match[3]


def _note_order(reading: _Reading, article: ArticleHead, line: int) -> None:
    """Note a number that comes twice, and a step that is no step: what lies between may have been lost."""
    found = reading.wording.problems
    if article.number in reading.seen:
        found.append(SourceProblem(line, "number_repeated", article.number, is_refusal=False))
    elif not article.is_between and reading.last and article.value != reading.last + 1:
        code = "numbers_missing" if article.value > reading.last else "number_out_of_order"
        found.append(SourceProblem(line, code, f"{reading.last_number} → {article.number}", is_refusal=False))
    elif not reading.seen and article.value != 1 and not article.is_between:
        found.append(SourceProblem(line, "numbers_missing", article.number, is_refusal=False))
    reading.seen.add(article.number)
    reading.last_number = article.number


def _read_document(lines: list[Line]) -> Wording:
    reading = _Reading()
    if loose := [(number, text) for number, text in lines if LOOSE.match(text) and not _is_reference(text)]:
        reading.wording.problems.append(SourceProblem(loose[0][0], "articles_unread", loose[0][1][:20]))
        return reading.wording
    headings = {place for place, (_, text) in enumerate(lines, start=1) if _is_heading(text)}
    headings = headings if len(headings) > 1 else set()
    is_numbered = bool(headings) or any(ENUMERATION.match(text) or ITEM.match(text) for _, text in lines)
    for place, (number, text) in enumerate(lines, start=1):
        if reading.has_begun and (annex := annex_head(text)) is not None:
            reading.enter_annex(number, *annex)
        elif place in headings and (heading := HEADING.fullmatch(text)) is not None:
            reading.enter(RANKS[heading[2]][2], _heading_as_read(text, heading[3]))
        elif _begin_entry(reading, number, text, DEEPEST + 1 if headings else 0):
            continue
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


def _begin_entry(reading: _Reading, number: int, text: str, rank: int) -> bool:
    """Begin what 一、 or （一） begins: a heading where it is short, else a clause. Returns whether the line is one."""
    entry, item = ENUMERATION.fullmatch(text), ITEM.match(text)
    if entry is not None and len(text) <= 60 and not text.endswith(("。", "；")):
        reading.enter(rank, text)
    elif entry is not None:
        reading.end()
        reading.leave(rank)
        reading.begin(number, f"{entry[1]}、", entry[2])
    elif item is not None:
        reading.begin(number, item[0], text[item.end() :].strip())
    return entry is not None or item is not None


def _is_reference(text: str) -> bool:
    head = article_head(text)
    return head is not None and head.refers
