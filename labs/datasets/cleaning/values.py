"""Dates and numbers in the forms that offices and spreadsheets write, in one form; None for what is neither."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation

BEIJING = timezone(timedelta(hours=8))
EPOCH, EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
"""Day 0 of a spreadsheet: serial 60, the 29 February 1900 that never was, is before all that is read here."""
SERIALS = range(20_000, 80_000)
MONTHS = {name: place for place, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)}  # noqa: SIM905
SERIAL = re.compile(r"(\d{5})(?:\.(\d+))?")
ZONE = r"(?:\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{1,2}))?"
TIME = (
    r"(?:[T\s]*(?P<half>上午|下午|晚上|凌晨|中午|AM|PM)?\s*(?P<hour>\d{1,2})[:时点](?P<minute>\d{1,2})?(?:[:分](?P<second>\d{1,2})?(?:\.\d+)?)?[分秒]?"
    r"\s*(?P<after>AM|PM)?" + ZONE + r")?"
)
YMD = re.compile(
    r"(?P<year>\d{4})\s*[-./年]\s*(?P<month>\d{1,2})\s*[-./月]\s*(?P<day>\d{1,2})日?" + TIME, re.IGNORECASE
)
SHORT_YMD = re.compile(
    r"(?P<year>\d{2})\s*[-./年]\s*(?P<month>\d{1,2})\s*[-./月]\s*(?P<day>\d{1,2})日?" + TIME, re.IGNORECASE
)
DMY = re.compile(r"(?P<day>\d{1,2})[-./ ](?P<month>\d{1,2})[-./ ](?P<year>\d{4}|\d{2})" + TIME, re.IGNORECASE)
MDY = re.compile(r"(?P<month>\d{1,2})[-./ ](?P<day>\d{1,2})[-./ ](?P<year>\d{4}|\d{2})" + TIME, re.IGNORECASE)
NAMED = re.compile(r"(?P<day>\d{1,2})[- ](?P<name>[A-Za-z]{3})[a-z]*[-, ]+(?P<year>\d{4}|\d{2})" + TIME, re.IGNORECASE)
NAMED_FIRST = re.compile(r"(?P<name>[A-Za-z]{3})[a-z]*\.? (?P<day>\d{1,2}),? (?P<year>\d{4})" + TIME, re.IGNORECASE)
COMPACT = re.compile(
    r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})(?:[T ]?(?P<hour>\d{2}):?(?P<minute>\d{2}):?(?P<second>\d{2})?)?"
)
MONTH_ONLY = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})月?")
ORDERS = {"ymd": (SHORT_YMD, MDY), "dmy": (DMY,), "mdy": (MDY,)}
HAN_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
HAN_DATE = re.compile(
    r"([〇零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月(?:([一二三四五六七八九十]{1,3})日)?"
)
PLACES = {"十": 10, "百": 100, "千": 1000}
MYRIADS = {"万": 10**4, "亿": 10**8}
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:E[+-]?\d{1,2})?", re.IGNORECASE)
GROUPED = re.compile(r"\d{1,3}(?:([, '_])\d{3})(?:\1\d{3})*(?:\.\d+)?")
MOST_EXPONENT = 15
"""Beyond it a spreadsheet has rounded: the number is a damaged code."""


def date_in(text: str, *, order: str = "ymd", is_1904: bool = False, days_only: bool = False) -> str | None:
    """Return the date as `2025-03-01`, with `08:05:00` behind it where a time is written; a zone becomes Beijing's time.

    `order` tells how `3/4/2025` is meant (`ymd`: as spreadsheets write it in English, month first).
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    serial = SERIAL.fullmatch(plain)
    if serial and int(serial[1]) in SERIALS:
        return _from_serial(plain, is_1904=is_1904, days_only=days_only)
    plain = _han_date(plain)
    month = MONTH_ONLY.fullmatch(plain)
    if month:
        return f"{month[1]}-{int(month[2]):02}" if 1 <= int(month[2]) <= 12 else None
    for pattern in (YMD, COMPACT, NAMED, NAMED_FIRST, *ORDERS[order]):
        found = pattern.fullmatch(plain)
        if found:
            return _written(found.groupdict(), days_only=days_only)
    return None


def _from_serial(text: str, *, is_1904: bool, days_only: bool) -> str:
    days = Decimal(text)
    start = datetime.combine(EPOCH_1904 if is_1904 else EPOCH, datetime.min.time())
    moment = start + timedelta(seconds=round(float(days * 86_400)))
    return f"{moment:%Y-%m-%d}" if days_only or days == int(days) else f"{moment:%Y-%m-%d %H:%M:%S}"


def _han_date(text: str) -> str:
    """二〇二五年三月一日 in digits."""
    found = HAN_DATE.fullmatch(text)
    if not found:
        return text
    year = found[1].translate(HAN_DIGITS)
    return f"{year}年{_han_number(found[2])}月" + (f"{_han_number(found[3])}日" if found[3] else "")


def _written(parts: dict[str, str | None], *, days_only: bool) -> str | None:
    year = int(parts["year"] or 0)
    if year < 100:
        year += 2000 if year < 70 else 1900
    name = parts.get("name")
    month = MONTHS.get(name.lower(), 0) if name else int(parts["month"] or 0)
    hour, minute, second = (int(parts.get(part) or 0) for part in ("hour", "minute", "second"))
    half = (parts.get("half") or parts.get("after") or "").lower()
    if half in ("下午", "晚上", "pm") and hour < 12:
        hour += 12
    elif half in ("上午", "凌晨", "am") and hour == 12:
        hour = 0
    try:
        moment = datetime(year, month, int(parts["day"] or 0), hour, minute, second)  # noqa: DTZ001  # as written
        zone = _zone(parts.get("zone"))
        if zone is not None:
            moment = moment.replace(tzinfo=zone).astimezone(BEIJING)
    except (ValueError, OverflowError):
        return None
    return f"{moment:%Y-%m-%d}" if days_only or parts.get("hour") is None else f"{moment:%Y-%m-%d %H:%M:%S}"


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    if text.upper() in ("Z", "UTC", "GMT"):
        return timezone.utc  # noqa: UP017  # beside the others, which have no such name
    digits = text[1:].replace(":", "").ljust(3, "0") if len(text) < 4 else text[1:].replace(":", "")
    hours, minutes = (int(digits[:2]), int(digits[2:])) if len(text) >= 4 else (int(text[1:]), 0)
    shift = timedelta(hours=hours, minutes=minutes)
    return timezone(-shift if text[0] == "-" else shift)


def number_in(text: str, *, decimal: str = ".") -> str | None:
    """Return the number in plain digits: `１，２３４`, `¥1,234.50`, `(12)`, `12%`, `1.2万`, `三百二十`; None for no number."""
    plain = unicodedata.normalize("NFKC", text).strip().replace("−", "-")
    if decimal == ",":
        plain = plain.translate(str.maketrans(",.", ".,"))
    sign = 1
    if plain.startswith("(") and plain.endswith(")"):
        plain, sign = plain[1:-1].strip(), -1
    elif plain.endswith("-") and plain[:-1]:
        plain, sign = plain[:-1], -1
    if plain.startswith("-"):
        plain, sign = plain[1:].lstrip(), -sign
    plain = re.sub(r"^(?:¥|\$|€|£|RMB|CNY)\s*|\s*(?:元|圆)$", "", plain)
    factor = Decimal(1)
    while plain and plain[-1] in "%‰万亿" and not re.fullmatch(r"[〇零一二两三四五六七八九十百千万亿]+", plain):
        factor *= {"%": Decimal("0.01"), "‰": Decimal("0.001"), "万": Decimal(10**4), "亿": Decimal(10**8)}[plain[-1]]
        plain = plain[:-1].rstrip()
    bare = _ungrouped(plain)
    if bare is None:
        return None
    found = bare * factor * sign
    return format(found.normalize() if found else Decimal(0), "f")


def _ungrouped(text: str) -> Decimal | None:
    if GROUPED.fullmatch(text):
        text = re.sub(r"[, '_]", "", text)
    if NUMBER.fullmatch(text):
        try:
            number = Decimal(text)
        except InvalidOperation:
            return None
        return None if "e" in text.lower() and number.adjusted() >= MOST_EXPONENT else number
    if text and re.fullmatch(r"[〇零一二两三四五六七八九十百千万亿]+", text):
        return Decimal(_han_number(text))
    return None


def _han_number(text: str) -> int:
    """一百二十 as 120; digits in a row (二〇二五) as they stand."""
    if re.fullmatch(r"[〇零一二三四五六七八九]+", text):
        return int(text.translate(HAN_DIGITS))
    total = section = digit = 0
    for letter in text.replace("两", "二"):
        if letter in MYRIADS:
            total = (total + section + digit) * MYRIADS[letter]
            section = digit = 0
        elif letter in PLACES:
            section += (digit or 1) * PLACES[letter]
            digit = 0
        else:
            digit = int(letter.translate(HAN_DIGITS))
    return total + section + digit
