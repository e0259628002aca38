"""Chinese numerals as they stand in laws: 二十七 and 27 are one number. Pure."""

from __future__ import annotations

from itertools import pairwise

DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
UNITS = {"十": 10, "百": 100, "千": 1000}
CHINESE = "零〇一二两三四五六七八九十百千"
"""Characters of a numeral as people type it, for a character class."""
PRINTED = f"{CHINESE}○万0-9０-９"
"""The same as laws print it."""
LARGEST = 9999
_WIDE = str.maketrans("０１２３４５６７８９", "0123456789")


def read_numeral(text: str) -> int | None:
    """Return the number that a numeral of either script names, up to 9999;
    None for anything else, also out of order."""
    if text.isascii() and text.isdigit():
        return int(text) if len(text) <= 4 else None
    if not text or any(character not in CHINESE for character in text):
        return None
    if not any(character in UNITS for character in text):
        return _digit_by_digit(text) if len(text) <= 4 else None
    units = [UNITS[character] for character in text if character in UNITS]
    return _with_units(text) if all(later < earlier for earlier, later in pairwise(units)) else None


def printed_number(text: str) -> int:
    """Return the value of 二十七, 一百零三, 一万二千, 二〇二五 or ２７, as a law prints it. Raises ValueError for anything else."""
    text = text.translate(_WIDE)
    if text.isascii() and text.isdigit() and len(text) <= 9:
        return int(text)
    high, _, low = text.rpartition("万")
    if not text or len(text) > 12 or any(each not in DIGITS and each not in UNITS for each in high + low):
        raise ValueError(text)
    if not any(character in UNITS or character == "万" for character in text):
        return _digit_by_digit(text)
    return _with_units(high) * 10_000 + _with_units(low)


def _digit_by_digit(text: str) -> int:
    """Return the value of 二〇二五."""
    return int("".join(str(DIGITS[character]) for character in text))


def _with_units(text: str) -> int:
    """Return the value of 一百零三, below ten thousand; 0 for nothing."""
    total = digit = 0
    for character in text:
        if character in UNITS:
            total, digit = total + (digit or 1) * UNITS[character], 0
        else:
            digit = DIGITS[character]
    return total + digit


def write_numeral(number: int) -> str:
    """Return the numeral as laws print it: 10 十, 27 二十七, 101 一百零一. Raises ValueError outside 0 to 9999."""
    if not 0 <= number <= LARGEST:
        raise ValueError(f"{number} is not between 0 and {LARGEST}")
    if number == 0:
        return "零"
    written, gap = "", False
    for name, unit in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit, number = divmod(number, unit)
        if digit:
            written += ("零" if gap else "") + "零一二三四五六七八九"[digit] + name
            gap = False
        elif written and number:
            gap = True
    return written.removeprefix("一") if written.startswith("一十") else written
