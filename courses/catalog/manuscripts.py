"""Lessons and articles written as plain text, turned into the blocks of a page.

A manuscript begins with `name: value` lines up to an empty line. Then, separated by empty lines: `## heading` ·
running text, `- ` and `1. ` lists with **bold** and `code` · `> [note|title] text` and `> [warning|title] text` · tables of
`| cell | cell |` lines, the first of them the head · code between ``` lines · `!figure name | description | caption`
· `!lab` · `!lab <code of a lab of the demo>`.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "chengxue:manuscript")
BOLD = re.compile(r"\*\*(.+?)\*\*")
CODE = re.compile(r"`(.+?)`")
CALLOUT = re.compile(r"> \[(note|warning)\|(.*?)\] (.*)", re.DOTALL)
LIST_ITEM = re.compile(r"(?:- |\d+\. )")

Block = dict[str, Any]


@dataclass(frozen=True)
class Manuscript:
    """What a text says of itself, and its paragraphs."""

    head: dict[str, str]
    parts: tuple[str, ...]


def read_manuscript(text: str) -> Manuscript:
    """Return the head and the parts of a text; code keeps its empty lines."""
    head, _, body = text.partition("\n\n")
    fields = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
    return Manuscript(fields, tuple(_parts(body)))


def stream_of(manuscript: Manuscript, name: str, figures: Callable[[str], int], lab: uuid.UUID | None) -> list[Block]:
    """Return the blocks of a page. Ids follow from `name` and the place, so that the same text has the same anchors.

    `figures` gives the id of a picture by its name.
    """
    blocks = []
    for number, part in enumerate(manuscript.parts):
        kind, value = _block(part, figures, lab)
        blocks.append({"type": kind, "value": value, "id": str(uuid.uuid5(NAMESPACE, f"{name}:{number}"))})
    return blocks


def _parts(body: str) -> Iterator[str]:
    """Parts of a text: split at empty lines, but not inside code."""
    language = ""
    # Splitting at the fences gives text, language, code, nothing, text, …
    for number, piece in enumerate(re.split(r"^```(.*)$", body, flags=re.MULTILINE)):
        place = number % 4
        if place == 1:
            language = piece.strip()
        elif place == 2:
            yield f"```{language}\n" + piece.strip("\n")
        elif place == 0:
            for part in re.split(r"\n\s*\n", piece.strip()):
                yield from _without_heading(part.strip())


def _without_heading(part: str) -> Iterator[str]:
    if part.startswith("## "):
        heading, _, rest = part.partition("\n")
        yield heading
        part = rest.strip()
    if part:
        yield part


def _block(part: str, figures: Callable[[str], int], lab: uuid.UUID | None) -> tuple[str, Any]:
    if part.startswith("## "):
        return "heading", part[3:]
    if part.startswith("```"):
        language, _, code = part[3:].partition("\n")
        return "code", {"language": language or "text", "code": code}
    if part.startswith("!figure "):
        name, alt, caption = (piece.strip() for piece in part[8:].split(" | "))
        return "figure", {"image": figures(name), "alt": alt, "caption": caption}
    if part == "!lab":
        return "lab", {"lab": str(lab or "")}
    if part.startswith("!lab "):
        return "lab", {"lab": str(uuid.uuid5(uuid.NAMESPACE_URL, f"chengxue:lab:{part[5:].strip()}"))}
    if part.startswith("|"):
        return "table", _table(part)
    if (callout := CALLOUT.fullmatch(part)) is not None:
        return "callout", {"kind": callout[1], "title": callout[2], "text": f"<p>{_rich(callout[3])}</p>"}
    return "paragraph", _paragraph(part)


def _paragraph(part: str) -> str:
    lines = part.splitlines()
    if not all(LIST_ITEM.match(line) for line in lines):
        return f"<p>{_rich(''.join(lines) if _is_chinese(part) else ' '.join(lines))}</p>"
    tag = "ul" if lines[0].startswith("- ") else "ol"
    items = "".join(f"<li>{_rich(LIST_ITEM.sub('', line, count=1))}</li>" for line in lines)
    return f"<{tag}>{items}</{tag}>"


def _table(part: str) -> dict[str, Any]:
    head, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines())
    return {
        "columns": [{"type": "text", "heading": cell} for cell in head],
        "rows": [{"values": row} for row in rows],
        "caption": "",
    }


def _rich(text: str) -> str:
    return CODE.sub(r"<code>\1</code>", BOLD.sub(r"<b>\1</b>", escape(text)))


def _is_chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)
