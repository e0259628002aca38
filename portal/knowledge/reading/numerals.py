"""Chinese numerals as laws print them."""

from __future__ import annotations

import re

DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "○": 0}
UNITS = {"十": 10, "百": 100, "千": 1000}
NUMERAL = "零〇○一二三四五六七八九十百千万两0-9０-９"
"""Characters of a numeral, for a character class."""
_WIDE = str.maketrans("０１２３４５６７８９", "0123456789")
_NAMES = "零一二三四五六七八九"


def read_numeral(text: str) -> int:
    """The value of 二十七, 一百零三, 一千二百六十, 二〇二五 or 27. Raises ValueError for anything else."""
    text = text.translate(_WIDE)
    if re.fullmatch(r"[0-9]{1,9}", text):
        return int(text)
    if not text or len(text) > 12 or any(c not in DIGITS and c not in UNITS and c != "万" for c in text):
        raise ValueError(text)
    if not any(character in UNITS or character == "万" for character in text):
        return int("".join(str(DIGITS[character]) for character in text))
    high, found, low = text.rpartition("万")
    return (_below_ten_thousand(high) * 10_000 if found else 0) + (_below_ten_thousand(low) if low else 0)


def _below_ten_thousand(text: str) -> int:
    total, digit = 0, None
    for character in text:
        if character in UNITS:
            total += (1 if digit is None else digit) * UNITS[character]
            digit = None
        else:
            digit = DIGITS[character] or None
    return total + (digit or 0)


def write_numeral(value: int) -> str:
    """The numeral of 1–9999 as laws print it: 27 → 二十七, 103 → 一百零三."""
    if not 0 < value < 10_000:
        raise ValueError(value)
    text, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, unit)
        if digit:
            text += ("零" if gap and text else "") + _NAMES[digit] + name
        gap = not digit
    return text.removeprefix("一") if text.startswith("一十") else text
