"""What an entry may be called: its title in one form, in pinyin, by initials, by document number. Pure.

A dictionary gives every word its usual reading. Where the staff knows better (a polyphone), the query is rewritten to
the dictionary's reading, so that what the staff adds counts at once and no index has to change.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from pypinyin import lazy_pinyin

STATE = "中华人民共和国"
LONGEST_NAME = 200
"""Characters of a name that are compared; longer ones would not fit into an engine's term."""

_NOISE = re.compile(r"[\W_]+")
_BRACKETED = re.compile(r"[(\[【〔〈《][^()\[\]【】〔〕〈〉《》]{1,16}[)\]】〕〉》]")
_YEAR_AND_NUMBER = re.compile(r"^(.*?)[\[(【〔]?\s*((?:19|20)\d{2})\s*[\])】〕]?年?\s*第?\s*(\d{1,5})\s*号$")
_ORDER = re.compile(r"^(.*[令函告字])\s*第?\s*(\d{1,5})\s*号$")
_STANDARD = re.compile(
    r"^(gb|gb/?t|gb/?z|cjj|cjj/?t|cj/?t|db\d{2}|db\d{2}/?t|jgj|jgj/?t)\s*([\d.]+)(?:\s*[-—–]\s*(\d{4}))?$"
)


def title_key(title: str) -> str:
    """Return a title without case, width, blanks, punctuation and 中华人民共和国."""
    folded = unicodedata.normalize("NFKC", title).casefold().replace(STATE, "")
    return _NOISE.sub("", folded)[:LONGEST_NAME]


def title_keys(title: str) -> tuple[str, ...]:
    """Return the forms under which a title is known: whole, and without what stands in brackets (a year, 试行)."""
    folded = unicodedata.normalize("NFKC", title)
    # 《…》 around the whole is a citation, not an addition.
    bare = folded.strip().removeprefix("《").removesuffix("》")
    return _unique([title_key(folded), title_key(_BRACKETED.sub("", bare))])


@lru_cache(maxsize=4096)
def syllables(text: str) -> tuple[str, ...]:
    """Return the reading, a syllable per Han character; runs of letters and digits stay whole."""
    return tuple(lazy_pinyin(text))


def pinyin_of(key: str) -> str:
    """Return the reading of a title's key in one word: shujuanquanfa."""
    return "".join(syllables(key))[:LONGEST_NAME]


def initials_of(key: str) -> str:
    """Return the first letter of every syllable: sjaqf. Runs of letters stay whole."""
    return "".join(part if part in key else part[:1] for part in syllables(key))[:LONGEST_NAME]


@dataclass(frozen=True)
class Reading:
    """A polyphone: how the staff reads a word."""

    word: str
    reading: str


def dictionary_spellings(letters: str, readings: Iterable[Reading]) -> tuple[str, ...]:
    """Return what was typed in pinyin, as typed and as the dictionary would have spelled the words that the
    staff reads otherwise."""
    spellings = [letters]
    for own in readings:
        theirs, usual = own.reading.replace(" ", ""), pinyin_of(own.word)
        if theirs != usual:
            spellings += [spelling.replace(theirs, usual) for spelling in spellings if theirs in spelling]
    return _unique(spellings)


def dictionary_initials(letters: str, readings: Iterable[Reading]) -> tuple[str, ...]:
    """Return the same for initials."""
    spellings = [letters]
    for own in readings:
        theirs, usual = "".join(part[0] for part in own.reading.split()), initials_of(own.word)
        if theirs != usual:
            spellings += [spelling.replace(theirs, usual) for spelling in spellings if theirs in spelling]
    return _unique(spellings)


def number_key(text: str) -> str:
    """Return a document's or standard's number in one form, whatever its brackets and blanks; "" for anything else.

    发改数据〔2024〕660号 and 发改数据[2024] 660 号 are one, so are GB/T 33356-2022 and gbt33356—2022.
    """
    folded = unicodedata.normalize("NFKC", text).casefold().strip()
    if match := _STANDARD.match(folded):
        series = match[1].replace("/", "")
        return f"{series}{match[2]}" + (f"-{match[3]}" if match[3] else "")
    if match := _YEAR_AND_NUMBER.match(folded):
        return _NOISE.sub("", match[1])[:80] + f"-{match[2]}-{int(match[3])}"
    if match := _ORDER.match(folded):
        return _NOISE.sub("", match[1])[:80] + f"-{int(match[2])}"
    return ""


def misspelled_part(title: str, typed: str) -> str:
    """Return the part of the title that sounds like what was typed, or "" when none does or it is what was typed."""
    wanted, heard = syllables(typed), syllables(title)
    if len(heard) != len(title) or len(wanted) != len(typed):
        return ""
    for start in range(len(heard) - len(wanted) + 1):
        if heard[start : start + len(wanted)] == wanted:
            part = title[start : start + len(wanted)]
            return part if part != typed else ""
    return ""


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))
