"""A text as a tree: parts, chapters, sections, articles, paragraphs, items, each with its anchor."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from search.numerals import PRINTED, printed_number

MAX_CLAUSE = 100_000
"""Characters of one clause; the longest of 148,026 real ones has 3,846."""

ARTICLE = re.compile(rf"第([{PRINTED}廿卅]+)[条條](?:之([{PRINTED}]+))?")
HEADING = re.compile(rf"第[ \u3000]*([{PRINTED}]+)[ \u3000]*(分编|编|章|节)[\s\u3000]*(.*)", re.DOTALL)
ENUMERATION = re.compile(rf"([{PRINTED}]{{1,4}})、\s*(.*)", re.DOTALL)
ITEM = re.compile(rf"[（(]([{PRINTED}]{{1,4}})[）)]")
MARKS = (
    ITEM,
    re.compile(r"(\d{1,3})(?:[.．](?!\d)|、)"),
    re.compile(r"[（(](\d{1,3})[)）]"),
    re.compile(r"([①-⑳㉑-㊿])"),
    re.compile(r"(\d{1,3})[)）]"),
    re.compile(r"([A-Za-z])(?:[)）]|[.．](?![A-Za-z]))"),
)
"""How items are numbered: （一） 1. （1） ① 1) a). Which stands below which is told by their order in the text."""
RANKS = {
    "编": ("part", "part", 0),
    "分编": ("part", "sub", 1),
    "章": ("chapter", "chap", 2),
    "节": ("section", "sec", 3),
}
_SPACE = re.compile(r"\s+")


@dataclass
class Piece:
    """A node of the tree. `parent` is its index in the list of pieces."""

    kind: str
    eid: str
    number: str
    heading: str = ""
    path: str = ""
    text: str = ""
    parent: int | None = None
    is_clause: bool = False
    source_id: str = ""

    @property
    def text_sha256(self) -> str:
        """Hash of the words, however they are spaced."""
        return text_hash(self.text) if self.text else ""


@dataclass(frozen=True)
class Clause:
    """A clause as a reader of files finds it: its printed number, the titles above it, its lines."""

    number: str
    above: tuple[str, ...]
    text: str
    source_id: str = ""
    line: int = 0


def text_hash(text: str) -> str:
    """SHA-256 of the words without spaces and line ends, so that a new layout is no new text."""
    return hashlib.sha256(_SPACE.sub("", text).encode()).hexdigest()


def tree_hash(pieces: Iterable[Piece]) -> str:
    """SHA-256 of a whole text: every anchor with its words."""
    whole = hashlib.sha256()
    for piece in pieces:
        if piece.is_clause:
            whole.update(f"{piece.eid}\n{piece.text_sha256}\n".encode())
    return whole.hexdigest()


@dataclass
class TreeBuilder:
    """Puts clauses in order into a tree. Titles appear when a clause stands below them, so a table of contents
    leaves no trace."""

    pieces: list[Piece] = field(default_factory=list)
    _used: dict[str, int] = field(default_factory=dict)
    _open: list[tuple[str, int]] = field(default_factory=list)

    def add(self, clause: Clause) -> Piece:
        """Add a clause below its titles, with its paragraphs and items."""
        parent = self._enter(clause.above)
        kind, eid, number = _name(clause.number, self.pieces[parent].eid if parent is not None else "")
        piece = Piece(
            kind,
            self._unique(eid),
            number,
            path=" / ".join(clause.above)[:400],
            text=clause.text,
            parent=parent,
            is_clause=True,
            source_id=clause.source_id,
        )
        self.pieces.append(piece)
        self._divide(piece, len(self.pieces) - 1)
        return piece

    def _enter(self, above: Sequence[str]) -> int | None:
        kept = 0
        while kept < min(len(above), len(self._open)) and self._open[kept][0] == above[kept]:
            kept += 1
        del self._open[kept:]
        for depth in range(kept, len(above)):
            parent = self._open[-1][1] if self._open else None
            prefix = self.pieces[parent].eid if parent is not None else ""
            kind, eid, number, heading = _title(above[depth], prefix, depth)
            path = " / ".join(above[:depth])[:400]
            self.pieces.append(Piece(kind, self._unique(eid), number, heading[:300], path, parent=parent))
            self._open.append((above[depth], len(self.pieces) - 1))
        return self._open[-1][1] if self._open else None

    def _divide(self, clause: Piece, index: int) -> None:
        lines = [line for line in clause.text.split("\n") if line.strip()]
        if len(lines) < 2:
            return
        paragraph, count = index, 0
        below: list[tuple[int, int]] = []
        for line in lines:
            found = _mark(line)
            if found is None:
                count += 1
                eid = f"{clause.eid}-p{count}"
                paragraph, below = len(self.pieces), []
                self._leaf("paragraph", eid, "", line, index)
                continue
            style, mark = found
            while below and style in (each for each, _ in below):
                below.pop()
            parent = below[-1][1] if below else paragraph
            below.append((style, len(self.pieces)))
            self._leaf("item", f"{self.pieces[parent].eid}-i{_value(mark[1])}", mark[0], line, parent)

    def _leaf(self, kind: str, eid: str, number: str, line: str, parent: int) -> None:
        self.pieces.append(Piece(kind, self._unique(eid), number, text=line.strip(), parent=parent))

    def _unique(self, eid: str) -> str:
        count = self._used[eid] = self._used.get(eid, 0) + 1
        if count == 1:
            return eid
        again = f"{eid}~{count}"
        self._used[again] = self._used.get(again, 0) + 1
        return again


def build_tree(clauses: Iterable[Clause]) -> list[Piece]:
    """Return the tree of clauses in order."""
    builder = TreeBuilder()
    for clause in clauses:
        builder.add(clause)
    return builder.pieces


def article_eid(number: str) -> str | None:
    """`art-27` of 第二十七条, `art-120-1` of 第一百二十条之一; None where it is no article."""
    match = ARTICLE.fullmatch(number.strip())
    if match is None:
        return None
    return f"art-{_value(match[1])}" + (f"-{_value(match[2])}" if match[2] else "")


def clause_eid(leaf: str) -> str:
    """Return the clause of a paragraph or item: `art-27` of `art-27-p2-i1`."""
    return re.sub(r"(?:-p\d+)?(?:-i\d+(?:~\d+)?)*(?:~\d+)?$", "", leaf)


def _mark(line: str) -> tuple[int, re.Match[str]] | None:
    """Return the mark with which an item begins, and of which style it is. （1） and （一） are two styles."""
    for style, pattern in enumerate(MARKS):
        match = pattern.match(line)
        if match is not None and not (style == 0 and any(each.isdecimal() for each in match[1])):
            return style, match
    return None


def _value(numeral: str) -> int:
    if len(numeral) == 1 and ("①" <= numeral <= "⑳" or "㉑" <= numeral <= "㊿"):
        return int(unicodedata.numeric(numeral))
    if len(numeral) == 1 and numeral.isascii() and numeral.isalpha():
        return ord(numeral.lower()) - ord("a") + 1
    try:
        return printed_number(numeral.replace("廿", "二十").replace("卅", "三十"))
    except ValueError:
        return 0


def _name(number: str, above: str) -> tuple[str, str, str]:
    eid = article_eid(number)
    if eid is not None:
        return "article", eid, number.strip()
    if (part := re.fullmatch(r"段(\d+)", number)) is not None:
        return "paragraph", f"para-{part[1]}", ""
    if (item := ITEM.fullmatch(number.strip())) is not None:
        return "paragraph", f"{above + '-' if above else ''}i{_value(item[1])}", number.strip()
    if (entry := ENUMERATION.fullmatch(number.strip())) is not None:
        return "paragraph", f"sec-{_value(entry[1])}", number.strip()
    if number.strip().startswith("附"):
        return "paragraph", "annex", number.strip()[:40]
    return "paragraph", f"{above + '-' if above else ''}p", number.strip()[:40]


def _title(printed: str, above: str, depth: int) -> tuple[str, str, str, str]:
    match = HEADING.fullmatch(printed.strip())
    if match is not None:
        kind, short, _ = RANKS[match[2]]
        own = f"{short}-{_value(match[1])}"
        number = f"第{match[1]}{match[2]}"
        return kind, f"{above}-{own}" if above else own, number, match[3].strip()
    if (entry := ENUMERATION.fullmatch(printed.strip())) is not None:
        own = f"sec-{_value(entry[1])}"
        return "section", f"{above}-{own}" if above else own, f"{entry[1]}、", entry[2].strip()
    return ("chapter" if depth == 0 else "section"), f"{above}-head" if above else "head", "", printed.strip()
