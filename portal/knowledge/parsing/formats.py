"""Files that laws come in → lines of text and what their heads say. Scripts, styles and pictures stay outside."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from .heads import LOOSE, annex_head, article_lines
from .kinds import SUFFIXES, UnreadableFile, check_kind, decoded
from .parts import Opening, open_document, stands_alone
from .pieces import ENUMERATION, HEADING, ITEM
from .spacing import is_ended, is_page_number, joined
from .webpage import read_page
from .word import BrokenDocument, read_word
from .wording import Line, SourceProblem

__all__ = ["MAX_BYTES", "SUFFIXES", "Manuscript", "UnreadableFile", "clean", "read_file"]

MAX_BYTES = 20 * 1024 * 1024
_MARKUP = re.compile(
    r"</?(?:p|br|b|i|u|em|strong|span|div|sup|sub|center|font|table|thead|tbody|tr|td|th|ins|a|img|h[1-6]|ul|ol|li|hr|code|small|script|style)"
    r"(?:\s[^<>]*|/)?>",
    re.IGNORECASE,
)
_DELETED = re.compile(r"<(del|s|strike|script|style)\b[^<>]*>.*?</\1>|~~[^~]+~~|<!--.*?-->", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|nbsp|#\d{1,6});")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!<>|~])")
_RULE = re.compile(r"\|?\s*:?-{3,}:?\s*(\|\s*:?-{3,}:?\s*)*\|?")
_MARKED = re.compile(r"(?:\d{1,2}[.．、](?!\d)|[①-⑳]|[（(]?\d{1,2}[)）])")
WRAPPED = 16
"""Characters of a line that can have been broken by its length."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


@dataclass
class Manuscript:
    """A file as lines (numbered from 1, the title taken out) and what its first lines say."""

    title: str = ""
    head: dict[str, str] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    above: list[str] = field(default_factory=list)
    number: str = ""
    issuer: str = ""
    notes: list[SourceProblem] = field(default_factory=list)


def read_file(name: str, content: bytes) -> Manuscript:
    """Return the lines of a Markdown, HTML or DOCX file. Raises UnreadableFile."""
    if len(content) > MAX_BYTES:
        raise UnreadableFile("file_too_large", f"{len(content):,}")
    suffix = check_kind(name, content)
    if suffix == ".docx":
        try:
            word = read_word(content)
        except BrokenDocument as problem:
            raise UnreadableFile(str(problem)) from problem
        lines = _kept(word.lines)
        found = opened(_unwrapped(lines, only_commas=not _is_broken(lines)))
        found.notes = word.notes
        return found
    text = decoded(content)
    if suffix in (".html", ".htm"):
        page = read_page(text)
        lines = _kept(enumerate(page.lines, start=1))
        found = opened(_unwrapped(lines, only_commas=not _is_broken(lines)), page.title)
        found.head = page.head
        return found
    return _typed(text, is_markdown=suffix != ".txt")


def clean(text: str) -> str:
    """Text without control characters and direction marks."""
    return _CONTROL.sub("", text.replace("\xa0", " ")).strip()


def _typed(text: str, *, is_markdown: bool) -> Manuscript:
    head: dict[str, str] = {}
    lines = text.splitlines()
    start = 0
    if lines and lines[0].strip() == "---":
        end = next((place for place, line in enumerate(lines[1:200], start=1) if line.strip() == "---"), None)
        if end is None:
            raise UnreadableFile("head_without_end")
        for line in lines[1:end]:
            name, colon, value = line.replace("：", ":", 1).partition(":")
            if colon:
                head[name.strip()] = value.strip()
        start = end + 1
    bare = _bare if is_markdown else str
    numbered = [(place, clean(bare(line))) for place, line in enumerate(lines[start:], start=start + 1)]
    found = opened(_unwrapped(numbered), _marked(lines[start:]) if is_markdown else "")
    found.head = head
    return found


def _marked(lines: Iterable[str]) -> str:
    """Return the heading `# …` with which a Markdown file begins."""
    first = next((line for line in lines if line.strip()), "")
    return clean(_bare(first)) if re.match(r"\s*#\s", first) else ""


def _bare(line: str) -> str:
    """Return a line of Markdown as its reader sees it. `<`, `>` and `__` of a law are words, not marks."""
    if _RULE.fullmatch(line.strip()) and "|" in line:
        return ""
    line = re.sub(r"^\s*#{1,6}\s*", "", line)
    line = re.sub(r"^\s*[-*+]\s+(?=\S)", "", line)
    line = re.sub(r"^\s*>\s+(?=\S)", "", line)
    line = _MARKUP.sub("", _DELETED.sub("", line))
    line = re.sub(r"\*\*(?=\S)(.+?)(?<=\S)\*\*", r"\1", line)
    if line.strip().startswith("|") and line.strip().endswith("|"):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        # A row that names an article of another law keeps its bars: without them it would read as that article.
        line = f"| {' | '.join(cells)} |" if LOOSE.match(cells[0]) else "　".join(cells)
    return _ENTITY.sub(lambda match: html.unescape(match[0]), _ESCAPED.sub(r"\1", line))


def _unwrapped(numbered: Sequence[Line], *, only_commas: bool = False) -> Iterator[Line]:
    """Yield the paragraphs of a file whose lines were broken: one that stops in the middle of a sentence goes on in the next.

    Only below an article or a number, where a sentence is one; titles, signatures and annexes are lines of their own. The
    numbers of pages go. `only_commas`: the file has paragraphs, so only a line that ends in a comma goes on.
    """
    texts = [text for _, text in numbered]
    articles = article_lines(texts)
    begun, waiting = False, None
    for place, (number, text) in enumerate(numbered):
        if not text or (is_page_number(text) and not only_commas):
            if waiting is not None and not text:
                yield waiting
                waiting = None
            continue
        is_head = place in articles or _begins(text)
        begun = (begun or is_head) and annex_head(text) is None
        is_own = _is_own_line(texts, place)
        if waiting is not None and not is_head and not is_own:
            text, number = joined(waiting[1], text), waiting[0]
            is_head = True
        elif waiting is not None:
            yield waiting
        waiting = None
        is_sentence = begun and (is_head or len(text) >= WRAPPED) and not _is_title(text)
        if is_sentence and not is_own and (text.endswith(("，", "、")) or not (only_commas or is_ended(text))):
            waiting = (number, text)
        else:
            yield number, text
    if waiting is not None:
        yield waiting


def _is_title(text: str) -> bool:
    """Whether an unfinished line is a heading rather than a sentence: 第一章 …, 一、…, （一）… without a full stop in it."""
    is_numbered = ENUMERATION.match(text) or ITEM.match(text) or _MARKED.match(text)
    return HEADING.fullmatch(text) is not None or (bool(is_numbered) and "。" not in text and not text.endswith("，"))


def _kept(lines: Iterable[Line]) -> list[Line]:
    return [(place, text) for place, line in lines if (text := clean(line))]


def _is_broken(lines: Sequence[Line]) -> bool:
    """Whether the lines of a file with paragraphs are those of a printed page: many stop unfinished, all at one width."""
    widths = sorted(
        len(text) for _, text in lines if len(text) >= WRAPPED and not is_ended(text) and "　" not in text[8:]
    )
    if len(widths) < 4 or len(widths) * 4 < len(lines):
        return False
    return widths[len(widths) * 9 // 10] - widths[len(widths) // 10] <= 6


def _begins(text: str) -> bool:
    is_heading = HEADING.fullmatch(text) is not None and len(text) <= 40 and not is_ended(text)
    return is_heading or bool(ENUMERATION.match(text) or ITEM.match(text) or _MARKED.match(text))


def _is_own_line(texts: Sequence[str], place: int) -> bool:
    """Whether a line is no part of a paragraph: a title, a signature, a row of a table, the head of an annex."""
    text = texts[place]
    return "　" in text.strip()[8:] or annex_head(text) is not None or stands_alone(texts, place)


def opened(numbered: Iterable[Line], marked: str = "") -> Manuscript:
    """Return lines as a manuscript: title, number and what stands above them taken out."""
    lines = [(place, text) for place, line in numbered if (text := clean(line))]
    if marked and lines and lines[0][1] == marked:
        del lines[0]
    opening: Opening = open_document(lines, clean(marked))
    return Manuscript(
        title=opening.title,
        lines=opening.rest,
        above=[text for _, text in opening.above],
        number=opening.number,
        issuer=opening.issuer,
    )
