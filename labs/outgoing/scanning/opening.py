"""Opens a file down to its texts: archives, packed files, tables, notebooks, and what was encoded to look like text.

The name says nothing; the first bytes do. What cannot be opened is said and never taken for harmless.
"""

from __future__ import annotations

import base64
import binascii
import bz2
import hashlib
import io
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .documents import NotANotebook, lines_of_json, lines_of_markup, parts_of_notebook
from .findings import PICTURE, SIZE, UNREADABLE, Finding
from .pictures import words_of_picture

DEEPEST = 4
MOST_MEMBERS = 200
LARGEST_UNPACKED = 40 << 20
LARGEST_PICTURE = 2 << 20
LARGEST_PICTURES = 6 << 20

SHORTEST_ENCODED = 400
_ENCODED = re.compile(r"(?:[A-Za-z0-9+/_-]{57,}={0,2}(?:\\n|\s)*)+[A-Za-z0-9+/_-]*={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2})+\Z")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
PNG = b"\x89PNG\r\n\x1a\n"


class TooMuch(Exception):
    """More comes out of the file than may be opened."""


@dataclass
class Opened:
    """What was found inside: texts by place, digests of everything that was a file, and what could not be read."""

    texts: list[tuple[str, str]] = field(default_factory=list)
    digests: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)
    is_bare_notebook: bool = False
    unpacked: int = 0
    pictures: int = 0

    @property
    def characters(self) -> int:
        """How much text there is."""
        return sum(len(text) for _, text in self.texts)


def opened(name: str, content: bytes) -> Opened:
    """Open everything."""
    out = Opened()
    try:
        _open(out, name, content, 0)
    except TooMuch:
        out.findings.append(Finding(SIZE, name))
    if out.pictures > LARGEST_PICTURES:
        out.findings.append(Finding(SIZE, name, "pictures"))
    return out


def _open(out: Opened, place: str, content: bytes, depth: int) -> None:
    out.unpacked += len(content)
    if out.unpacked > LARGEST_UNPACKED:
        raise TooMuch
    out.digests.add(hashlib.sha256(content).hexdigest())
    if depth > DEEPEST:
        out.findings.append(Finding(UNREADABLE, place))
        return
    opener = next((opener for mark, opener in _OPENERS if content.startswith(mark)), None)
    if opener is None and content[257:262] == b"ustar":
        opener = _tar
    try:
        if opener is not None:
            opener(out, place, content, depth)
        elif (text := _text_of(content)) is not None:
            _text(out, place, text, depth)
        else:
            out.findings.append(Finding(UNREADABLE, place))
    except TooMuch:
        raise
    # Whatever a library says of a broken file: it was not read.
    except Exception:
        out.findings.append(Finding(UNREADABLE, place))


def _text_of(content: bytes) -> str | None:
    codings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for coding in codings:
        try:
            text = content.decode(coding)
        except UnicodeDecodeError:
            continue
        return None if len(_CONTROL.findall(text)) * 200 > len(text) else text
    return None


def _text(out: Opened, place: str, text: str, depth: int) -> None:
    if text.lstrip()[:1] in ("{", "["):
        try:
            _notebook(out, place, text, depth)
        except NotANotebook:
            out.texts.append((place, lines_of_json(text)))
        else:
            return
    elif "<" in text:
        out.texts.append((place, lines_of_markup(text)))
        _encoded(out, place, text, depth)
        return
    else:
        out.texts.append((place, text))
    _encoded(out, place, text, depth)


def _notebook(out: Opened, place: str, text: str, depth: int) -> None:
    parts = parts_of_notebook(text)
    if depth == 0:
        out.is_bare_notebook = not parts.has_outputs
    for where, part in parts.texts:
        _text(out, f"{place} {where}", part, depth + 1)
    for where, part in parts.files:
        try:
            content = base64.b64decode(part, validate=False)
        except (binascii.Error, ValueError):
            out.findings.append(Finding(UNREADABLE, f"{place} {where}"))
        else:
            _open(out, f"{place} {where}", content, depth + 1)


def _encoded(out: Opened, place: str, text: str, depth: int) -> None:
    """Open what looks like bytes written as letters."""
    for match in _ENCODED.finditer(text):
        run = re.sub(r"\\n|\s", "", match[0])
        if len(run) < SHORTEST_ENCODED:
            continue
        if _HEX.match(run):
            content = bytes.fromhex(run)
        else:
            plain = run.replace("-", "+").replace("_", "/").rstrip("=")
            content = base64.b64decode(plain[: len(plain) // 4 * 4 or None] + "", validate=False)
        _open(out, f"{place} (base64)", content, depth + 1)


def _zip(out: Opened, place: str, content: bytes, depth: int) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if any(entry.filename == "xl/workbook.xml" for entry in entries):
            _workbook(out, place, content)
        if len(entries) > MOST_MEMBERS:
            raise TooMuch
        for entry in entries:
            if entry.flag_bits & 1:
                out.findings.append(Finding(UNREADABLE, f"{place} › {entry.filename}"))
                continue
            with archive.open(entry) as member:
                _open(out, f"{place} › {entry.filename}", _bounded(member.read), depth + 1)
        # Bytes between the members and a comment belong to no member and would leave unread.
        heads = sum(160 + 4 * len(entry.filename.encode()) for entry in archive.infolist())
        if len(content) - sum(entry.compress_size for entry in entries) > heads + 1024 or archive.comment:
            out.findings.append(Finding(UNREADABLE, place))


def _workbook(out: Opened, place: str, content: bytes) -> None:
    import openpyxl  # late: slow

    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    for sheet in book.worksheets:
        sheet.reset_dimensions()
        lines = ("\t".join("" if value is None else str(value) for value in row) for row in sheet.values)
        out.texts.append((f"{place} › {sheet.title}", "\n".join(lines)))


def _tar(out: Opened, place: str, content: bytes, depth: int) -> None:
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
        for number, member in enumerate(archive):
            if number >= MOST_MEMBERS:
                raise TooMuch
            if (file := archive.extractfile(member)) is not None:
                _open(out, f"{place} › {member.name}", _bounded(file.read), depth + 1)
        if content[archive.offset :].strip(b"\0"):
            out.findings.append(Finding(UNREADABLE, place))


def _packed(start: Callable[[], Any]) -> Callable[[Opened, str, bytes, int], None]:
    def open_packed(out: Opened, place: str, content: bytes, depth: int) -> None:
        unpacking = start()
        unpacked = _bounded(unpacking.decompress, content)
        if not unpacking.eof or unpacking.unused_data:
            # What stands behind the end would leave unread.
            out.findings.append(Finding(UNREADABLE, place))
        _open(out, place, unpacked, depth + 1)

    return open_packed


def _bounded(read: Callable[..., bytes], *first: bytes) -> bytes:
    content = read(*first, LARGEST_UNPACKED + 1)
    if len(content) > LARGEST_UNPACKED:
        raise TooMuch
    return content


def _frame(out: Opened, place: str, content: bytes, depth: int) -> None:
    """Write a table of a column format as text."""
    import polars as pl  # late: slow

    read = pl.read_parquet if content.startswith(b"PAR1") else pl.read_ipc
    frame = read(io.BytesIO(content))
    if frame.height * max(frame.width, 1) > 5_000_000:
        raise TooMuch
    out.texts.append((place, frame.cast(pl.String, strict=False).write_csv(separator="\t")))


def _picture(out: Opened, place: str, content: bytes, depth: int) -> None:
    out.pictures += len(content)
    words = words_of_picture(content)
    if words is None or len(content) > LARGEST_PICTURE:
        out.findings.append(Finding(PICTURE, place))
    elif words:
        _text(out, place, words, depth + 1)


_OPENERS: tuple[tuple[bytes, Callable[[Opened, str, bytes, int], None]], ...] = (
    (b"PK\x03\x04", _zip),
    (b"\x1f\x8b", _packed(lambda: zlib.decompressobj(31))),
    (b"BZh", _packed(bz2.BZ2Decompressor)),
    (b"\xfd7zXZ\x00", _packed(lzma.LZMADecompressor)),
    (b"\x78\x9c", _packed(zlib.decompressobj)),
    (b"\x78\xda", _packed(zlib.decompressobj)),
    (b"PAR1", _frame),
    (b"ARROW1", _frame),
    (PNG, _picture),
)
