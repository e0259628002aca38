"""Files that laws come in → lines of text and what their heads say. Scripts, styles and pictures stay outside."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePath

import docx
import nh3
from docx.table import Table
from docx.text.paragraph import Paragraph

from .wording import Line

SUFFIXES = (".md", ".markdown", ".txt", ".html", ".htm", ".docx")
MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 100 * 1024 * 1024
BLOCKS = {
    "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "tr", "table", "tbody", "thead", "br", "section",
    "article", "blockquote", "td", "th", "title", "center", "dl", "dt", "dd", "pre",
}  # fmt: skip
_BREAK = re.compile(rf"</?(?:{'|'.join(sorted(BLOCKS - {'td', 'th'}))})\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


class UnreadableFile(ValueError):
    """The file is not what its name says, or too large. `code` names the reason."""

    def __init__(self, code: str, subject: str = "") -> None:
        super().__init__(code)
        self.code, self.subject = code, subject


@dataclass
class Manuscript:
    """A file as lines (numbered from 1, the title taken out) and its head."""

    title: str = ""
    head: dict[str, str] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)


def read_file(name: str, content: bytes) -> Manuscript:
    """Return the lines of a Markdown, HTML or DOCX file. Raises UnreadableFile."""
    suffix = PurePath(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise UnreadableFile("suffix_unknown", suffix)
    if len(content) > MAX_BYTES:
        raise UnreadableFile("file_too_large", f"{len(content):,}")
    if suffix == ".docx":
        return _titled(enumerate(_docx_lines(content), start=1))
    text = _decoded(content)
    if suffix in (".html", ".htm"):
        return _titled(enumerate(_html_lines(text), start=1))
    return _markdown(text)


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile("not_text")


def clean(text: str) -> str:
    """Text without control characters and direction marks."""
    return _CONTROL.sub("", text.replace("\xa0", " ")).strip()


def _markdown(text: str) -> Manuscript:
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
    numbered = ((place, _bare(line)) for place, line in enumerate(lines[start:], start=start + 1))
    found = _titled(numbered)
    found.head = head
    return found


def _bare(line: str) -> str:
    """Return a line of Markdown as its reader sees it."""
    line = re.sub(r"^\s*#{1,6}\s*", "", line)
    line = re.sub(r"^\s*[-*+]\s+(?=\S)", "", line)
    line = re.sub(r"<!--.*?-->", "", line)
    return _TAG.sub("", line.replace("**", "").replace("__", ""))


def _titled(numbered: Iterator[Line] | enumerate[str]) -> Manuscript:
    found = Manuscript()
    for place, line in numbered:
        line = clean(line)
        if not line:
            continue
        if not found.title:
            found.title = line[:300]
        else:
            found.lines.append((place, line))
    return found


def _html_lines(text: str) -> Iterator[str]:
    # Before the tags go: what stands inside scripts and styles is no text.
    safe = nh3.clean(text, tags=BLOCKS, attributes={}, clean_content_tags={"script", "style", "noscript", "template"})
    safe = re.sub(r"<title>.*?</title>", "", safe, flags=re.DOTALL | re.IGNORECASE)
    safe = _TAG.sub("", _BREAK.sub("\n", safe.replace("\n", " ")))
    for line in safe.split("\n"):
        yield html.unescape(line)


def _docx_lines(content: bytes) -> Iterator[str]:
    if _unpacked_size(content) > MAX_UNPACKED:
        raise UnreadableFile("file_too_large")
    try:
        blocks = list(docx.Document(io.BytesIO(content)).iter_inner_content())
    except Exception as problem:  # what python-docx and its XML parser raise has no common ancestor
        raise UnreadableFile("docx_broken") from problem
    for block in blocks:
        if isinstance(block, Paragraph):
            yield from block.text.split("\n")
        elif isinstance(block, Table):
            for row in block.rows:
                yield "　".join(dict.fromkeys(cell.text.strip().replace("\n", " ") for cell in row.cells))


def _unpacked_size(content: bytes) -> int:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError) as problem:
        raise UnreadableFile("docx_broken") from problem
