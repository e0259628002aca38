"""Values in a wrapping that a reader takes off without a thought: JSON's escapes, percent signs of addresses, base64."""

from __future__ import annotations

import base64
import binascii
import re
from decimal import Decimal
from urllib.parse import unquote

ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
PERCENT = re.compile(r"(?:%[0-9a-fA-F]{2}){2,}")
PACKED = re.compile(
    r"(?<![A-Za-z0-9+/=_-])(?:[A-Za-z0-9+/]{4}){2,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?(?![A-Za-z0-9+/=_-])"
)
# A spreadsheet writes a telephone as 13812345678.0 or 1.3812345678E+10: no digit is lost.
FLOAT = re.compile(r"(\d{7,18})\.0+\Z")
POWER = re.compile(r"\d\.(\d{1,17})[eE]\+?(\d\d)\Z")
UNSEEN = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]")
MOST_DIGITS = 17
READABLE = re.compile(r"[\u4e00-\u9fff]{2,}|\A[\x20-\x7e]*\d{8}[\x20-\x7e]*\Z")


def unwrapped(value: str) -> str:
    """Return the value as it reads without its wrapping; itself where there is none."""
    value = UNSEEN.sub("", value)
    if found := FLOAT.match(value):
        return found[1]
    if (found := POWER.match(value)) and len(found[1]) <= int(found[2]) <= min(MOST_DIGITS, len(found[1]) + 2):
        return f"{Decimal(value):.0f}"
    if "\\u" in value:
        value = ESCAPE.sub(lambda found: _character(found[1]), value)
    if "%" in value:
        value = PERCENT.sub(lambda found: unquote(found[0], errors="replace"), value)
    return PACKED.sub(_unpacked, value) if len(value) >= 8 else value


def _character(code: str) -> str:
    character = chr(int(code, 16))
    return "" if "\ud800" <= character <= "\udfff" else character


def _unpacked(found: re.Match[str]) -> str:
    try:
        text = base64.b64decode(found[0], validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return found[0]
    return text if READABLE.search(text) else found[0]
