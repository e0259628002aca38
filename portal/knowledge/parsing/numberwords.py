"""The ways in which an office program writes a number: 一、1、①、甲、Ⅰ, by the names that the format has for them."""

from __future__ import annotations

from collections.abc import Callable

from search.numerals import LARGEST, write_numeral

_DIGITS = "〇一二三四五六七八九"
_FORMAL = str.maketrans("零一二三四五六七八九十百千", "零壹贰叁肆伍陆柒捌玖拾佰仟")
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
    (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


def _counting(value: int) -> str:
    return write_numeral(value) if 0 <= value <= LARGEST else str(value)


def _legal(value: int) -> str:
    said = _counting(value)
    return ("一" + said if said.startswith("十") else said).translate(_FORMAL)


def _by_digits(value: int) -> str:
    return "".join(_DIGITS[int(digit)] for digit in str(value))


def _roman(value: int) -> str:
    if not 0 < value < 4000:
        return str(value)
    text = ""
    for unit, sign in _ROMAN:
        times, value = divmod(value, unit)
        text += sign * times
    return text


def _letters(value: int) -> str:
    """Return a … z, aa … zz, as Word repeats the letter."""
    times, place = divmod(value - 1, 26)
    return chr(ord("a") + place) * (times + 1) if value > 0 else str(value)


def _from(characters: str) -> Callable[[int], str]:
    return lambda value: characters[value - 1] if 0 < value <= len(characters) else str(value)


def _run(first: str, length: int) -> Callable[[int], str]:
    return _from("".join(chr(ord(first) + place) for place in range(length)))


_CIRCLED = _from(
    "".join(chr(code) for code in (*range(0x2460, 0x2474), *range(0x3251, 0x3260), *range(0x32B1, 0x32C0)))
)
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda value: f"{value:02}",
    "decimalFullWidth": lambda value: str(value).translate(_WIDE),
    "decimalFullWidth2": lambda value: str(value).translate(_WIDE),
    "decimalHalfWidth": str,
    "numberInDash": lambda value: f"- {value} -",
    "ordinal": str,
    "none": lambda value: "",
    "upperLetter": lambda value: _letters(value).upper(),
    "lowerLetter": _letters,
    "upperRoman": _roman,
    "lowerRoman": lambda value: _roman(value).lower(),
    "decimalEnclosedCircle": _CIRCLED,
    "decimalEnclosedCircleChinese": _CIRCLED,
    "decimalEnclosedParen": _run("⑴", 20),
    "decimalEnclosedFullstop": _run("⒈", 20),
    "ideographEnclosedCircle": _run("㊀", 10),
    "ideographTraditional": _from("甲乙丙丁戊己庚辛壬癸"),
    "ideographZodiac": _from("子丑寅卯辰巳午未申酉戌亥"),
    "ideographDigital": _by_digits,
    "japaneseDigitalTenThousand": _by_digits,
    "taiwaneseDigital": _by_digits,
    "chineseLegalSimplified": _legal,
    "ideographLegalTraditional": _legal,
}
_FORMATS |= dict.fromkeys(
    (
        "chineseCounting",
        "chineseCountingThousand",
        "japaneseCounting",
        "taiwaneseCounting",
        "taiwaneseCountingThousand",
    ),
    _counting,
)


def written(value: int, name: str) -> str | None:
    """Return the number in the format of that name; None where the format is not known."""
    write = _FORMATS.get(name)
    return None if write is None else write(value)
