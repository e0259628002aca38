"""Numbers in a query, written the other ways that people and laws write them: 5000元 and 五千元, 30% and 百分之三十. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from search.numerals import CHINESE, DIGITS, LARGEST, read_numeral, write_numeral

SHARES = {"%": "百分之", "‰": "千分之"}
_SIGNS = {words: sign for sign, words in SHARES.items()}
_GROUPS = {"万": 10**4, "亿": 10**8, "万亿": 10**12}
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千")
"""Numerals of bills, which nobody can alter."""
_MOST = 10**13
_HAN = f"{CHINESE}○万亿壹贰叁肆伍陆柒捌玖拾佰仟"
_NUMBER = re.compile(
    rf"(?P<words>百分之|千分之)(?:(?P<share>[{_HAN}]+(?:点[{_HAN}]+)?)|(?P<plain>\d+(?:\.\d+)?))"
    r"|(?<![a-z0-9.+#/-])(?P<digits>\d{1,3}(?:,\d{3})+|\d{1,13})(?P<rest>\.\d{1,4})?"
    r"(?:(?P<sign>[%‰])|(?P<group>万亿|万|亿))?(?![a-z0-9.+#/-])"
    rf"|(?P<han>[{_HAN}]{{2,}})"
)
_YEAR = re.compile(r"(?:19|20)\d\d$")
_SPELLED = re.compile(r"[〇零○一二三四五六七八九]{3,}")
_PLAN = re.compile(r"[一二两三四五六七八九]{2}")
"""Two digits beside each other: 十三五 is no number."""


def other_scripts(text: str) -> list[str]:
    """Return the text with its numbers in Chinese, in digits, and in digits with 万 or 亿, as far as that differs from it;
    without numbers, nothing."""
    ways = [
        _NUMBER.sub(lambda match, write=write: _written(match, write), text)  # type: ignore[misc]  # bound on purpose
        for write in (_in_chinese, _in_digits, _in_groups)
    ]
    return [way for way in dict.fromkeys(ways) if way != text]


Write = Callable[[Decimal, str], str]


def _written(match: re.Match[str], write: Write) -> str:
    """Return a number in another script; what is none, or a year, a telephone number, a name, stays."""
    if words := match["words"]:
        held = match["share"] or match["plain"]
        value = _value_of(held)
        return match.group() if value is None else write(value, _SIGNS[words])
    if match["han"]:
        value = _value_of(match["han"])
        # A year spelled digit by digit is not written as two thousand and so many.
        is_kept = value is None or (write is not _in_digits and _SPELLED.fullmatch(match["han"]))
        return match.group() if value is None or is_kept else write(value, "")
    value = Decimal(match["digits"].replace(",", "") + (match["rest"] or ""))
    if match["sign"]:
        return write(value, match["sign"])
    if match["group"]:
        return write(value * _GROUPS[match["group"]], "")
    after = match.string[match.end() : match.end() + 1]
    is_counted = len(match["digits"]) <= 3 or (after > "\x7f" and after not in "年号" and not match["rest"])
    if not is_counted or match["rest"] or (_YEAR.match(match["digits"]) and after in "年-〔[("):
        return match.group()
    return write(value, "")


def _value_of(text: str) -> Decimal | None:
    """Return the value of a numeral of either script, also with 万, 亿 and decimals; None for words such as 千万."""
    if text[:1].isdigit() and text[:1] not in DIGITS:
        return Decimal(text)
    whole, _, decimals = text.translate(_FORMAL).partition("点")
    if not whole or (whole[0] not in DIGITS and whole[0] != "十"):
        return None
    value = _whole(whole.replace("○", "〇"))
    if value is None or any(digit not in DIGITS for digit in decimals):
        return None
    return Decimal(f"{value}.{''.join(str(DIGITS[digit]) for digit in decimals)}") if decimals else Decimal(value)


def _whole(text: str) -> int | None:
    for name, group in (("亿", 10**8), ("万", 10**4)):
        high, found, low = text.partition(name)
        if found:
            above = _whole(high) if high else None
            below = _whole(low.removeprefix("零")) if low else 0
            return None if above is None or below is None or below >= group else above * group + below
    has_units = any(character not in DIGITS for character in text)
    return None if has_units and _PLAN.search(text) else read_numeral(text)


def _in_chinese(value: Decimal, sign: str) -> str:
    whole, _, decimals = format(value.normalize(), "f").partition(".")
    if int(whole) >= _MOST:
        return f"{whole}{sign}"
    written = _grouped(int(whole))
    if decimals:
        written += "点" + "".join("零一二三四五六七八九"[int(digit)] for digit in decimals)
    return SHARES.get(sign, "") + written


def _grouped(number: int) -> str:
    if number <= LARGEST:
        return write_numeral(number)
    name, group = ("亿", 10**8) if number >= 10**8 else ("万", 10**4)
    high, low = divmod(number, group)
    written = _grouped(high) + name
    if not low:
        return written
    return written + ("零" if low < group // 10 else "") + _grouped(low)


def _in_digits(value: Decimal, sign: str) -> str:
    return format(value.normalize(), "f") + sign


def _in_groups(value: Decimal, sign: str) -> str:
    if sign:
        return _in_digits(value, sign)
    for name, group in (("亿", 10**8), ("万", 10**4)):
        if value >= group:
            short = format((value / group).normalize(), "f")
            return f"{short}{name}" if len(short.partition(".")[2]) <= 2 else _in_digits(value, sign)
    return _in_digits(value, sign)
