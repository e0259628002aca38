"""DOCX → lines: every run of text of the body ends in a line or in a note.

What is not known is walked through, so that a text run is lost only where this module says so: deleted and hidden text,
the old place of what was moved, the second copy of a drawing, the reading above a character.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import docx
from docx.oxml.ns import qn
from lxml import etree

from .numbering import Numbering
from .wording import Line, SourceProblem

MAX_UNPACKED = 100 * 1024 * 1024
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
PARAGRAPH, TABLE, RUN, TEXT = qn("w:p"), qn("w:tbl"), qn("w:r"), qn("w:t")
BOX = qn("w:txbxContent")
SIGNS = {
    qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-", qn("w:softHyphen"): "",
}  # fmt: skip
DELETED = {qn("w:del"), qn("w:moveFrom")}
SKIPPED = {
    qn("w:pPr"),
    qn("w:rPr"),
    qn("w:instrText"),
    qn("w:delText"),
    qn("w:delInstrText"),
    qn("w:rt"),
    MC + "Fallback",
}
NOTE_PARTS = {
    qn("w:footnoteReference"): ("footnotes", "w:footnote"),
    qn("w:endnoteReference"): ("endnotes", "w:endnote"),
}
FOOTNOTES_HEAD = "附注"
COMPUTED_FIELDS = ("AUTONUM", "LISTNUM")
SYMBOLS = {"F0A3": "□", "F06F": "□", "F052": "☑", "F0FE": "☒", "F0B7": "•", "F0D8": "➢", "F0FC": "✓"}
"""Signs of Wingdings that forms and lists are made of."""


class BrokenDocument(ValueError):
    """The file is no document, or too large: `code` says which."""


@dataclass
class WordText:
    """The lines of a document and what to say of them."""

    lines: list[Line] = field(default_factory=list)
    notes: list[SourceProblem] = field(default_factory=list)


def read_word(content: bytes) -> WordText:
    """Return the lines of a DOCX file as a reader sees it with all changes accepted. Raises BrokenDocument."""
    if _unpacked_size(content) > MAX_UNPACKED:
        raise BrokenDocument("file_too_large")
    try:
        document = docx.Document(io.BytesIO(content))
        body = document.element.body
        parts = {relation.reltype.rsplit("/", 1)[-1]: relation for relation in document.part.rels.values()}
        trees = {
            name: etree.fromstring(parts[name].target_part.blob, etree.XMLParser(resolve_entities=False))
            for name in ("numbering", "styles", "footnotes", "endnotes")
            if name in parts and not parts[name].is_external
        }
    except Exception as problem:  # what python-docx and its XML parser raise has no common ancestor
        raise BrokenDocument("docx_broken") from problem
    return _Walk(trees).read(body)


def _unpacked_size(content: bytes) -> int:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError) as problem:
        raise BrokenDocument("docx_broken") from problem


class _Walk:
    """One reading of a document."""

    def __init__(self, trees: dict[str, Any]) -> None:
        self.trees = trees
        self.numbering = Numbering(trees.get("numbering"), trees.get("styles"))
        self.hidden_styles = _hidden_styles(trees.get("styles"))
        self.carried = ""
        self.boxes: list[Any] = []
        self.footnotes: list[str] = []
        self.notes_by_key: dict[str, dict[Any, Any]] = {}
        self.found: set[str] = set()
        self.deleted: list[str] = []
        self.hidden: list[str] = []

    def read(self, body: Any) -> WordText:
        self._look_for_changes(body)
        lines = list(self._blocks(body))
        if self.carried:
            lines.append(self.carried)
        result = WordText(list(enumerate(lines, start=1)))
        if self.footnotes:
            result.lines += list(enumerate([FOOTNOTES_HEAD, *self.footnotes], start=len(lines) + 1))
        self._say(result)
        return result

    def _say(self, result: WordText) -> None:
        def note(code: str, subject: str) -> None:
            result.notes.append(SourceProblem(0, code, subject, is_refusal=False))

        if "changes" in self.found:
            note("changes_accepted", "、".join(self.deleted)[:80])
        if self.hidden:
            note("hidden_left_out", "、".join(self.hidden)[:80])
        if self.footnotes:
            note("footnotes_at_end", str(len(self.footnotes)))
        if "altChunk" in self.found:
            note("part_not_read", "")
        if unknown := sorted(self.numbering.unknown | (self.found & set(COMPUTED_FIELDS))):
            note("numbering_unknown", "、".join(unknown)[:80])

    def _look_for_changes(self, body: Any) -> None:
        for node in body.iter(*DELETED, qn("w:ins"), qn("w:moveTo"), qn("w:altChunk")):
            if node.tag == qn("w:altChunk"):
                self.found.add("altChunk")
                continue
            self.found.add("changes")
            gone = "".join(each.text or "" for each in node.iter(qn("w:delText")))
            if gone and node.tag in DELETED:
                self.deleted.append(gone)

    def _blocks(self, parent: Any) -> Iterator[str]:
        for node in parent:
            if not isinstance(node.tag, str) or node.tag in DELETED or node.tag in SKIPPED:
                continue
            if node.tag == PARAGRAPH:
                yield from self._paragraph(node)
            elif node.tag == TABLE:
                yield from self._table(node)
            elif node.tag in (RUN, TEXT):  # a run that stands where only paragraphs may
                yield from self._inline(node).split("\n")
            else:
                yield from self._blocks(node)

    def _paragraph(self, node: Any) -> Iterator[str]:
        mark = node.find(f"{qn('w:pPr')}/{qn('w:rPr')}")
        goes_on = mark is not None and any(mark.find(tag) is not None for tag in DELETED)
        outer, self.boxes = self.boxes, []
        text = self._inline(node)
        boxes, self.boxes = self.boxes, outer
        if goes_on:
            # The end of the paragraph was deleted: it is one with the next, which gives the number.
            self.carried += text
        else:
            text, self.carried = self.carried + text, ""
            number = self.numbering.printed(node)
            if text.strip() or number.rstrip().endswith(("条", "條", "章")):
                yield from (number + text.lstrip() if number else text).split("\n")
        for box in boxes:
            yield from self._blocks(box)

    def _inline(self, parent: Any) -> str:
        if parent.tag == RUN and self._is_hidden(parent):
            self.hidden.append("".join(each.text or "" for each in parent.iter(TEXT)))
            return ""
        if parent.tag in (TEXT, MATH_TEXT):
            return parent.text or ""
        said = ""
        for node in parent:
            if not isinstance(node.tag, str) or node.tag in DELETED or self._is_skipped(node):
                continue
            if node.tag in SIGNS:
                said += SIGNS[node.tag] if node.get(qn("w:type")) not in ("page", "column") else ""
            elif node.tag == qn("w:sym"):
                said += SYMBOLS.get((node.get(qn("w:char")) or "").upper(), "")
            elif node.tag in NOTE_PARTS:
                self._footnote(*NOTE_PARTS[node.tag], node.get(qn("w:id")))
            elif node.tag == BOX:
                self.boxes.append(node)
            else:
                said += self._inline(node)
        return said

    def _is_skipped(self, node: Any) -> bool:
        """Whether it stands outside the text. A drawing has two copies: the second is for old programs."""
        if node.tag == qn("w:instrText"):
            self.found |= {name for name in COMPUTED_FIELDS if name in (node.text or "").upper()}
        if node.tag == MC + "Fallback":
            return node.getparent().find(MC + "Choice") is not None
        return node.tag in SKIPPED

    def _is_hidden(self, run: Any) -> bool:
        properties = run.find(qn("w:rPr"))
        if properties is None:
            return False
        own = properties.find(qn("w:vanish"))
        if own is not None:
            return own.get(qn("w:val")) not in ("0", "false", "off")
        style = properties.find(qn("w:rStyle"))
        return style is not None and style.get(qn("w:val")) in self.hidden_styles

    def _footnote(self, part: str, name: str, key: str | None) -> None:
        if part in self.trees and part not in self.notes_by_key:
            self.notes_by_key[part] = {each.get(qn("w:id")): each for each in self.trees[part].iterfind(qn(name))}
        note = self.notes_by_key.get(part, {}).pop(key, None)
        if note is None:
            return
        text = " ".join(line.strip() for line in self._blocks(note) if line.strip())
        if text:
            self.footnotes.append(f"注{len(self.footnotes) + 1}　{text}")

    def _table(self, table: Any) -> Iterator[str]:
        above: dict[int, str] = {}
        for row in _children(table, qn("w:tr")):
            properties = row.find(qn("w:trPr"))
            if properties is not None and properties.find(qn("w:del")) is not None:
                continue
            cells = list(_children(row, qn("w:tc")))
            if len(cells) == 1 or any(_holds_articles(cell) for cell in cells):
                # A frame around text, no table: its paragraphs are lines.
                for cell in cells:
                    yield from self._blocks(cell)
                continue
            yield "　".join(self._cell(cell, place, above) for place, cell in _placed(cells))

    def _cell(self, cell: Any, place: int, above: dict[int, str]) -> str:
        text = " ".join(line.strip() for line in self._blocks(cell) if line.strip())
        merged = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
        if merged is not None and merged.get(qn("w:val")) != "restart":
            return text or above.get(place, "")
        above[place] = text
        return text


def _children(parent: Any, tag: str) -> Iterator[Any]:
    """Rows of a table or cells of a row, also inside content controls and inserted parts."""
    for node in parent:
        if node.tag == tag:
            yield node
        elif isinstance(node.tag, str) and node.tag not in DELETED and node.tag not in (PARAGRAPH, TABLE, qn("w:tcPr")):
            yield from _children(node, tag)


def _placed(cells: list[Any]) -> Iterator[tuple[int, Any]]:
    place = 0
    for cell in cells:
        yield place, cell
        span = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
        width = span.get(qn("w:val"), "1") if span is not None else "1"
        place += int(width) if width.isdigit() else 1


def _holds_articles(cell: Any) -> bool:
    texts = (
        "".join(each.text or "" for each in paragraph.iter(TEXT)).strip() for paragraph in cell.iterfind(PARAGRAPH)
    )
    return sum(text.startswith("第") and ("条" in text[:10] or "條" in text[:10]) for text in texts) > 1


def _hidden_styles(styles: Any | None) -> set[str]:
    if styles is None:
        return set()
    found = set()
    for style in styles.iterfind(qn("w:style")):
        own = style.find(f"{qn('w:rPr')}/{qn('w:vanish')}")
        if own is not None and own.get(qn("w:val")) not in ("0", "false", "off"):
            found.add(style.get(qn("w:styleId"), ""))
    return found
