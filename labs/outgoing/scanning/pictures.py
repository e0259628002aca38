"""A PNG is a plot when it is nothing but a picture: no bytes behind it, no chunks of its own, its words read."""

from __future__ import annotations

import struct
import zlib

HEAD = 8
PLAIN = frozenset(
    [b"IHDR", b"PLTE", b"IDAT", b"IEND", b"pHYs", b"sBIT", b"gAMA", b"cHRM", b"sRGB", b"tRNS", b"bKGD", b"tIME"]
)
WORDS = frozenset([b"tEXt", b"zTXt", b"iTXt"])
LONGEST_WORDS = 1 << 16


def words_of_picture(content: bytes) -> str | None:
    """Return the texts that a PNG carries beside its picture; None when it carries what a plot does not."""
    words, place = [], HEAD
    while place + 12 <= len(content):
        length, kind = struct.unpack(">I4s", content[place : place + 8])
        body = content[place + 8 : place + 8 + length]
        place += 12 + length
        if kind in WORDS:
            words.append(_words(kind, body))
        elif kind not in PLAIN:
            return None
        if kind == b"IEND":
            return "\n".join(words) if place == len(content) and not length else None
    return None


def _words(kind: bytes, body: bytes) -> str:
    _, _, rest = body.partition(b"\0")
    if kind == b"zTXt":
        rest = zlib.decompressobj().decompress(rest[1:], LONGEST_WORDS)
    elif kind == b"iTXt":
        is_packed = rest[:1] == b"\1"
        rest = rest[2:].split(b"\0", 2)[-1]
        rest = zlib.decompressobj().decompress(rest, LONGEST_WORDS) if is_packed else rest
    return rest.decode("utf-8", errors="replace")
