"""Codes that stand for one person and look like nothing: a cut hash, a surname before a plate or before four digits."""

from __future__ import annotations

import re
from collections.abc import Sequence

from labs.datasets.deidentification.cued_names import RARE
from labs.datasets.deidentification.names import COMPOUND, SURNAMES
from labs.datasets.deidentification.numbers import PROVINCE
from labs.datasets.deidentification.shares import holds_mostly

MOSTLY = 0.8
FEWEST_HASHES, FEWEST_LEADS = 12, 4
SHORTEST_HEX, SHORTEST_MIXED, LONGEST = 6, 10, 63
# Of 16 digits at random a dozen values show six at least at every place; codes with an order of their own do not.
VARIED = 6
HEX = re.compile(r"(?=.*[0-9])(?=.*[a-f])[0-9a-f]+\Z|(?=.*[0-9])(?=.*[A-F])[0-9A-F]+\Z")
MIXED = re.compile(r"(?=.*[0-9])(?=.*[a-z])(?=.*[A-Z])[0-9A-Za-z+/_-]+\Z")
COLOR = re.compile(r"颜色|色号|色值|colou?r", re.IGNORECASE)
_SURNAME = f"(?:{COMPOUND}|[{SURNAMES}{RARE}])"
_CALLED = f"({_SURNAME})(?:[\u4e00-\u9fff]{{1,2}})?"
_PLATE = rf"{PROVINCE}?[A-HJ-NP-Z](?=[A-HJ-NP-Z0-9]*\d{{2}})[A-HJ-NP-Z0-9]{{4,6}}"
PLATED = re.compile(rf"{_CALLED}{_PLATE}\Z|{_PLATE}{_CALLED}\Z")
TAILED = re.compile(rf"{_CALLED}\d{{3}}[\dXx]\Z")


def kind_of_codes(whole: Sequence[str], values: Sequence[str]) -> str | None:
    """Return hash, plate or name where nearly all different values (`values`: without separators) are such codes."""
    if is_cut_hash(whole) or is_cut_hash(values):
        return "hash"
    for kind, pattern in (("plate", PLATED), ("name", TAILED)):
        if holds_mostly(values, pattern.match, MOSTLY) and _leads(values, pattern) >= FEWEST_LEADS:
            return kind
    return None


def _leads(values: Sequence[str], pattern: re.Pattern[str]) -> int:
    """Return how many surnames there are: one before all numbers is a part of a code."""
    return len({next(filter(None, found.groups())) for value in values if (found := pattern.match(value))})


def is_cut_hash(values: Sequence[str]) -> bool:
    """Return whether values are digits at random, all as many: a digest, or the part of one."""
    if len(values) < FEWEST_HASHES or len({len(value) for value in values}) != 1:
        return False
    low, high = min(values), max(values)
    same = next((place for place, (one, other) in enumerate(zip(low, high, strict=True)) if one != other), len(low))
    bare = [value[same:] for value in values]
    size = len(bare[0])
    if not SHORTEST_HEX <= size <= LONGEST:
        return False
    is_hex = holds_mostly(bare, HEX.match, MOSTLY) and all(map(_is_hex, bare))
    is_mixed = size >= SHORTEST_MIXED and holds_mostly(bare, MIXED.match, MOSTLY)
    return (is_hex or is_mixed) and all(_is_random(column) for column in zip(*bare, strict=True))


def _is_hex(value: str) -> bool:
    return set(value) <= set("0123456789abcdef") or set(value) <= set("0123456789ABCDEF")


def _is_random(column: Sequence[str]) -> bool:
    """Return whether a place holds letters and digits, many of them: counted numbers and parts of a code do not."""
    different = set(column)
    return len(different) >= VARIED and any(map(str.isdigit, different)) and any(map(str.isalpha, different))
