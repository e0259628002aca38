"""Check digits of identifiers in China, and how their digits may be written."""

from __future__ import annotations

import re
from datetime import date

PROVINCES = frozenset(
    map(
        str,
        (
            *range(11, 16),
            *range(21, 24),
            *range(31, 38),
            *range(41, 47),
            *range(50, 55),
            *range(61, 66),
            71,
            81,
            82,
            83,
        ),
    )
)
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECKS = "10X98765432"
CREDIT_DIGITS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
FULL_WIDTH = {
    0xFF01 + offset: 0x21 + offset for offset in range(94)
}  # digits, letters and signs as Chinese keyboards make them
# What stands between the groups of a number: nothing, a hyphen, a dot or a blank of any width.
GAP = r"[-. \u3000\xa0]?"


def is_id_card(text: str) -> bool:
    """Return whether 18 characters are a resident's number: region, date of birth and ISO 7064 check digit."""
    text = text.upper()
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, ID_WEIGHTS, strict=False))
    return text[:2] in PROVINCES and 1850 <= born.year <= 2100 and ID_CHECKS[total % 11] == text[17]


def is_old_id_card(text: str) -> bool:
    """Return whether 15 digits are a resident's number of the first generation."""
    try:
        date(1900 + int(text[6:8]), int(text[8:10]), int(text[10:12]))
    except ValueError:
        return False
    return text[:2] in PROVINCES


def is_grouped_id_card(text: str) -> bool:
    """Return whether a resident's number stands in groups; the separators do not count."""
    return is_id_card(re.sub(GAP, "", text))


def is_mistyped_id_card(text: str) -> bool:
    """Return whether a resident's number stands there with the letter O for some of its zeros."""
    return is_id_card(text.upper().replace("O", "0"))


def passes_luhn(text: str) -> bool:
    """Return whether the digits end in their Luhn check digit."""
    digits = [int(character) for character in reversed(re.sub(r"[ -]", "", text))]
    doubled = [digit * (1 + index % 2) for index, digit in enumerate(digits)]
    return len(set(digits)) > 1 and sum(digit - 9 * (digit > 9) for digit in doubled) % 10 == 0


def is_bank_card(text: str) -> bool:
    """Return whether digits are a bank card's: a length that its prefix has, and the check digit.
    A device's IMEI has 15."""
    length = sum(character.isdigit() for character in text)
    lengths = {"4": (16, 19), "5": (16,), "3": (15,) if text[1] == "7" else (16,)}.get(text[0], range(16, 20))
    return length in lengths and passes_luhn(text)


def is_credit_code(text: str) -> bool:
    """Return whether 18 characters are a unified social credit code (GB 32100)."""
    total = sum(CREDIT_DIGITS.index(character) * pow(3, index, 31) for index, character in enumerate(text[:17]))
    return CREDIT_DIGITS[(31 - total % 31) % 31] == text[17] and not text.isdigit()


def has_digit(text: str) -> bool:
    """Return whether any character is a digit."""
    return any(character.isdigit() for character in text)
