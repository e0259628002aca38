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

from search.analysis import normalize
from search.numerals import CHINESE, read_numeral

STATE = "中华人民共和国"
LONGEST_NAME = 200
"""Characters of a name that are compared; longer ones would not fit into an engine's term."""

_NOISE = re.compile(r"[\W_]+")
_BRACKETED = re.compile(r"[(\[【〔][^()\[\]【】〔〕]{1,16}[)\]】〕]")
"""An addition; what stands in 《》 is the law that a title is about."""
_SERIAL = rf"(?P<serial>\d{{1,5}}|[{CHINESE}○]+)"
_YEAR_AND_NUMBER = re.compile(
    rf"^(?P<issuer>.*?)[\[(【〔〈<]?\s*(?P<year>(?:19|20)\d{{2}}|[一二][{CHINESE}○]{{3}})\s*[\])】〕〉>]?年?\s*第?\s*{_SERIAL}\s*号$"
)
_ORDER = re.compile(rf"^(?P<issuer>.*[令函告字])\s*[(\[]?第?\s*{_SERIAL}\s*号[)\]]?$")
_ORDER_LAST = re.compile(rf"^(?P<issuer>.*?)第?\s*{_SERIAL}\s*号\s*(?P<sort>.{{0,20}}(?:令|公告))$")
_STANDARD = re.compile(
    r"^(gb|gb/?t|gb/?z|cjj|cjj/?t|cj/?t|db\d{2}|db\d{2}/?t|jgj|jgj/?t)\s*([\d.]+)(?:\s*[-—–]\s*(\d{4}))?$"
)


def title_key(title: str) -> str:
    """Return a title without case, width, traditional forms, blanks, punctuation and 中华人民共和国."""
    return _NOISE.sub("", normalize(title).replace(STATE, ""))[:LONGEST_NAME]


def title_keys(title: str) -> tuple[str, ...]:
    """Return the forms under which a title is known: whole, and without what stands in brackets (a year, 试行)."""
    folded = unicodedata.normalize("NFKC", title)
    # 《…》 around the whole is a citation, not an addition.
    bare = folded.strip().removeprefix("《").removesuffix("》")
    return _unique([title_key(folded), title_key(_BRACKETED.sub("", bare))])


PLACE_SORTS = "省|市|自治区|自治州|自治县|特别行政区|经济特区|县|区|州|盟|旗"
_PLACE = re.compile(rf"^(.{{2,6}}?)(?:{PLACE_SORTS})")


def place_of(title: str) -> str:
    """Return the place with which the title of a local rule begins: 济宁 of 济宁市智慧城市促进条例."""
    match = _PLACE.match(title_key(title))
    return match[1] if match else ""


HEADINGS = "分编|编|章|节"
KINDS_OF_LAW = "法典|条例|办法|规定|细则|规则|解释|意见|通知|决定|决议|方案|规划|纲要|规范|标准|指南|导则|准则|章程|通则|措施|目录|宪法|法"
"""Words with which the title of a law or an official document ends; longer ones before those that they end with."""
_HEADING = re.compile(rf"^第?\s*(?P<number>[{CHINESE}]+|\d{{1,4}})\s*(?P<unit>{HEADINGS})(?P<name>.*)$")


def heading_keys(path: str) -> tuple[str, ...]:
    """Return the forms under which a clause's headings are known: of 第一编 总则 / 第二章 自然人 these are 1编, 总则, 2章, 自然人."""
    found: list[str] = []
    for heading in path.split(" / "):
        match = _HEADING.match(normalize(heading).strip())
        number = read_numeral(match["number"]) if match else None
        if match is None or number is None:
            found.append(title_key(heading))
        else:
            found += [f"{number}{match['unit']}", title_key(match["name"])]
    return _unique(found)


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
    folded = normalize(text).strip()
    if match := _STANDARD.match(folded):
        series = match[1].replace("/", "")
        return f"{series}{match[2]}" + (f"-{match[3]}" if match[3] else "")
    if (match := _YEAR_AND_NUMBER.match(folded)) and (year := read_numeral(match["year"])):
        return _number(match["issuer"], f"{year}-", match["serial"])
    if match := _ORDER.match(folded):
        return _number(match["issuer"], "", match["serial"])
    if match := _ORDER_LAST.match(folded):
        return _number(match["issuer"] + match["sort"], "", match["serial"])
    return ""


def _number(issuer: str, year: str, serial: str) -> str:
    number = read_numeral(serial) if len(serial) <= 4 or not serial.isdigit() else int(serial)
    return "" if number is None else f"{_NOISE.sub('', issuer.replace(STATE, ''))[:80]}-{year}{number}"


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


def stands_alone(part: str, titles: Iterable[str]) -> bool:
    """Return whether the titles use this as a word: at their beginning or end, or beside different neighbors on a side.

    息安 always has 信 before and 全 behind it, so it is a piece of 信息安全. Two or three characters must be free on both
    sides; of four that sound alike one side is enough.
    """
    before: set[str] = set()
    behind: set[str] = set()
    for title in titles:
        for match in re.finditer(f"(?={re.escape(part)})", title):
            start, end = match.start(), match.start() + len(part)
            # An edge is as good as two neighbors.
            before |= {title[start - 1]} if start else {"^", "^^"}
            behind |= {title[end]} if end < len(title) else {"$", "$$"}
    free = (len(before) > 1) + (len(behind) > 1)
    return free == 2 or (free == 1 and len(part) >= 4)


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))
