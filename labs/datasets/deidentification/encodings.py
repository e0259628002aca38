"""Which encoding a text is in: UTF-8, UTF-16, GB 18030 or Big5, and the place where a file changes it."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from labs.datasets.deidentification.messages import Refusal

SAMPLED = 20_000
SLICE = 1 << 22
MOSTLY_USUAL = 0.8
# Lead bytes of the usual characters: level 1 of GB 2312, and the frequently used ones of Big5.
USUAL_GB = range(0xB0, 0xD8)
USUAL_BIG5 = range(0xA4, 0xC7)
# Characters for private use count too: GB 18030 maps bytes that stand for nothing there.
HAN = re.compile("[\u3400-\u9fff\ue000-\uf8ff]")


def to_utf8(path: Path, content: bytes) -> bytes:
    """Return the content as UTF-8 without a mark. Raises Refusal where it is in no known encoding, or in two."""
    if content.startswith(b"\xef\xbb\xbf"):
        content = content[3:]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decode(path, content, "utf-16")
    if not _is_utf8(content):
        return _decode(path, content, "gb18030")
    if b"\x00" in content:
        raise Refusal("encoding", path=path, offset=content.index(b"\x00"))
    return content


def _is_utf8(content: bytes) -> bool:
    """Return whether the content is UTF-8, looked at in slices: the text of a gigabyte would take two."""
    decoder, whole = codecs.getincrementaldecoder("utf-8")(), memoryview(content)
    try:
        for start in range(0, len(content), SLICE):
            decoder.decode(whole[start : start + SLICE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _decode(path: Path, content: bytes, encoding: str) -> bytes:
    try:
        text = content.decode(encoding)
        if encoding == "gb18030" and _usual(text, "gb2312", USUAL_GB) < MOSTLY_USUAL:
            text = _from_big5(content) or text
    except UnicodeDecodeError as error:
        big5 = _from_big5(content) if encoding == "gb18030" else None
        if big5 is None:
            raise _mixed(path, content, error) from error
        text = big5
    if "\x00" in text:
        raise Refusal("encoding", path=path, offset=text.index("\x00"))
    return text.encode("utf-8")


def _usual(text: str, encoding: str, leads: range) -> float:
    """Return the share of Chinese characters that stand among the usual ones of an encoding; 1 where there are none."""
    han = [character.encode(encoding, "ignore") for character in text[:SAMPLED] if HAN.match(character)]
    return sum(bool(code) and code[0] in leads for code in han) / len(han) if han else 1.0


def _from_big5(content: bytes) -> str | None:
    """Return the text when it is rather Big5: GB 18030 can decode nearly anything,
    into characters that nobody writes."""
    try:
        text = content.decode("big5hkscs")
    except UnicodeDecodeError:
        return None
    return text if _usual(text, "big5", USUAL_BIG5) >= MOSTLY_USUAL else None


def _mixed(path: Path, content: bytes, error: UnicodeDecodeError) -> Refusal:
    return _mixed_lines(path, io.BytesIO(content), error.start)


def _mixed_lines(path: Path, lines: Iterable[bytes], offset: int) -> Refusal:
    """Say where a file stops being in the encoding in which it begins."""
    is_ascii = True
    for number, line in enumerate(lines, start=1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            if not is_ascii:
                return Refusal("encoding_mixed", path=path, line=number)
            break
        is_ascii = is_ascii and line.isascii()
    return Refusal("encoding", path=path, offset=offset)


@dataclass(frozen=True)
class Survey:
    """What one look over a file on disk shows: where its text begins and ends, and what keeps a reader from it."""

    start: int
    end: int
    quotes: int
    is_utf8: bool = True
    has_old_ends: bool = False
    """Line ends of old Macs."""


def survey(path: Path, plain: Path) -> Survey:
    """Look at the plain file on disk, slice after slice; `path` is what it is called. Raises Refusal."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    start, nul = _mark(plain), -1
    end = size = start
    quotes = feeds = returns = 0
    for block in _blocks(plain, start):
        if not _decodes(decoder, block):
            return Survey(start, 0, 0, is_utf8=False)
        nul = size + block.index(b"\x00") if nul < 0 and b"\x00" in block else nul
        quotes, feeds, returns = quotes + block.count(b'"'), feeds + block.count(b"\n"), returns + block.count(b"\r")
        filled = len(block.rstrip(b"\r\n"))
        end = size + filled if filled else end
        size += len(block)
    if not _decodes(decoder, b"", final=True):
        return Survey(start, 0, 0, is_utf8=False)
    if nul >= 0:
        raise Refusal("encoding", path=path, offset=nul - start)
    return Survey(start, end, quotes, has_old_ends=bool(returns and not feeds))


def write_utf8(path: Path, plain: Path, target: Path) -> None:
    """Write the text of a file that is not UTF-8 as UTF-8, decided as `to_utf8` does. Raises Refusal."""
    with plain.open("rb") as stream:
        is_wide = stream.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    wrong = _recode(plain, target, "utf-16" if is_wide else "gb18030")
    if not is_wide and (wrong is not None or _usual(_beginning(target), "gb2312", USUAL_GB) < MOSTLY_USUAL):
        beside = target.with_name(f"{target.name}.big5")
        if (
            _recode(plain, beside, "big5hkscs") is None
            and _usual(_beginning(beside), "big5", USUAL_BIG5) >= MOSTLY_USUAL
        ):
            beside.replace(target)
            return
        beside.unlink()
    if wrong is not None:
        with plain.open("rb") as stream:
            stream.seek(_mark(plain))
            raise _mixed_lines(path, stream, wrong)


def write_line_feeds(plain: Path, target: Path) -> None:
    """Write a text whose lines end as on old Macs with line feeds."""
    with target.open("wb") as written:
        written.writelines(block.replace(b"\r", b"\n") for block in _blocks(plain, 0))


def _recode(source: Path, target: Path, encoding: str) -> int | None:
    """Write the text as UTF-8; return the place of the first byte that is not in the encoding."""
    decoder, done = codecs.getincrementaldecoder(encoding)(), 0
    with target.open("wb") as written:
        try:
            for block in _blocks(source, _mark(source)):
                held = len(decoder.getstate()[0])
                written.write(decoder.decode(block).encode("utf-8"))
                done += len(block)
            held = len(decoder.getstate()[0])
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            return done - held + error.start
    return None


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(block, final=final)
    except UnicodeDecodeError:
        return False
    return True


def _mark(path: Path) -> int:
    with path.open("rb") as stream:
        return 3 if stream.read(3) == codecs.BOM_UTF8 else 0


def _beginning(path: Path) -> str:
    with path.open("rb") as stream:
        return stream.read(4 * SAMPLED).decode("utf-8", "ignore")


def _blocks(path: Path, start: int) -> Iterator[bytes]:
    with path.open("rb") as stream:
        stream.seek(start)
        while block := stream.read(SLICE):
            yield block
