"""Which encoding a text is in: UTF-8, UTF-16, GB 18030 or Big5, and the place where a file changes it."""

from __future__ import annotations

import codecs
import re
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
    """Whether the content is UTF-8, looked at in slices: the text of a gigabyte would take two."""
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
    """The share of Chinese characters that stand among the usual ones of an encoding; 1 where there are none."""
    han = [character.encode(encoding, "ignore") for character in text[:SAMPLED] if HAN.match(character)]
    return sum(bool(code) and code[0] in leads for code in han) / len(han) if han else 1.0


def _from_big5(content: bytes) -> str | None:
    """The text when it is rather Big5: GB 18030 can decode nearly anything, into characters that nobody writes."""
    try:
        text = content.decode("big5hkscs")
    except UnicodeDecodeError:
        return None
    return text if _usual(text, "big5", USUAL_BIG5) >= MOSTLY_USUAL else None


def _mixed(path: Path, content: bytes, error: UnicodeDecodeError) -> Refusal:
    """Say where a file stops being in the encoding in which it begins."""
    for number, line in enumerate(content.split(b"\n"), start=1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            if number > 1 and not content[: content.index(line)].isascii():
                return Refusal("encoding_mixed", path=path, line=number)
            break
    return Refusal("encoding", path=path, offset=error.start)
