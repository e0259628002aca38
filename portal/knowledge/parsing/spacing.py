"""Blanks and line breaks: between Han characters there is none, whatever the file's layout says."""

from __future__ import annotations

import re

HAN = r"\u3007\u3400-\u9fff\uf900-\ufaff"
_SIGNS = "，。；：、！？（）《》〈〉“”‘’〔〕【】…—"
_SPACES = re.compile(r"[ \t\r\n\f]+")
_ENDS = re.compile(r"[。；：！？…!?;:.|][”’」』）)】》]*$|[”’」』】》]$")
_PAGE_NUMBER = re.compile(r"^[—–\-－―·\s]*(?:第?\s*\d{1,4}\s*页?(?:\s*[/／共]\s*\d{1,4}\s*页?)?)[—–\-－―·\s]*$")


def joined(first: str, second: str) -> str:
    """Return two lines as one: without a blank, except between two words of Latin script."""
    first, second = first.rstrip(), second.lstrip()
    is_latin = bool(re.search(r"[A-Za-z0-9]$", first)) and bool(re.match(r"[A-Za-z0-9]", second))
    return f"{first} {second}" if is_latin else first + second


def flowed(text: str) -> str:
    r"""Return the words of a block of HTML: breaks of its source are blanks, `\x1e` a line, `\x1f` the end of a cell."""
    rows = []
    for row in text.split("\x1e"):
        cells = [_SPACES.sub(" ", _unbroken(cell)).strip() for cell in row.split("\x1f")]
        while cells and not cells[-1]:
            cells.pop()
        rows.append("　".join(cells))
    return "\n".join(rows).strip("\n")


def _unbroken(text: str) -> str:
    """Take a break of the source out between Han characters; other blanks stay: they are the author's."""
    return re.sub(rf"(?<=[{HAN}{_SIGNS}])[ \t]*[\r\n][ \t\r\n]*(?=[{HAN}{_SIGNS}])", "", text)


def is_ended(line: str) -> bool:
    """Whether a line ends as a paragraph may."""
    return bool(_ENDS.search(line.rstrip()))


def is_page_number(line: str) -> bool:
    """Whether a line is the number of a page, such as — 1 —."""
    line = line.strip()
    return bool(_PAGE_NUMBER.match(line)) and not line.isdigit()
