"""What a query asks for, read from its text alone. Pure: no engine, no query language, so nothing to break."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from search.amounts import other_scripts
from search.analysis import HAN, normalize
from search.names import HEADINGS, KINDS_OF_LAW, Reading, heading_keys, number_key, title_key
from search.numerals import CHINESE, read_numeral

MOST_VARIANTS = 8
LONG = 18
"""Han characters from which a query counts as a sentence."""


class IntentKind(StrEnum):
    """How a query is treated."""

    CLAUSE = "clause"
    TITLE = "title"
    NUMBER = "number"
    PINYIN = "pinyin"
    KEYWORD = "keyword"
    QUESTION = "question"


@dataclass(frozen=True)
class ClauseReference:
    """A clause named by its law and number; paragraph (款) and item (项) where they were given.

    `headings` are the part, chapter and section that it stands under, as `search.names` writes them (4章); without an
    article all clauses under them are meant. A part named in words still stands in the title: 民法典总则编.
    """

    title: str
    article: str
    paragraph: int | None = None
    item: int | None = None
    headings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Intent:
    """A query as understood. `text` is what is searched for when names lead nowhere."""

    kind: IntentKind
    text: str
    clause: ClauseReference | None = None
    number: str = ""
    letters: str = ""


@dataclass(frozen=True)
class StaffWords:
    """Words kept by the staff: groups of synonyms (first word → others when one-way), readings, best bets."""

    synonyms: tuple[tuple[str, ...], ...] = ()
    one_way: tuple[tuple[str, ...], ...] = ()
    readings: tuple[Reading, ...] = ()
    best_bets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


_STATED = r"\s*(?:的?(?:规定|内容|原文)|规定了?什么|是什么|说了?什么)?[?？。]?$"
_HEADED = rf"(?:\s*第\s*(?:[{CHINESE}]+|\d{{1,4}})\s*(?:{HEADINGS}))"
_CLAUSE = re.compile(
    rf"^(?P<title>.*?)(?P<headings>{_HEADED}*)\s*第?\s*(?P<article>[{CHINESE}]+|\d{{1,4}})\s*条(?:之(?P<sub>[{CHINESE}]+|\d+))?"
    rf"\s*(?:第?\s*(?P<paragraph>[{CHINESE}]+|\d{{1,2}})\s*款)?"
    rf"\s*(?:第?\s*[(（]?(?P<item>[{CHINESE}]+|\d{{1,2}})[)）]?\s*项)?"
    rf"{_STATED}"
)
_CHAPTER = re.compile(rf"^(?P<title>.*?)(?P<headings>{_HEADED}+){_STATED}")
_PART = re.compile(rf"^(?P<title>.+?(?:{KINDS_OF_LAW})(?!典))》?\s*(?P<part>[{HAN}]{{1,16}}?)(?P<unit>{HEADINGS})?$")
_PART_ALONE = re.compile(rf"^(?P<title>.+?(?:{KINDS_OF_LAW})》?\s*[{HAN}]{{1,16}}(?:{HEADINGS})){_STATED}")
_MIXED = re.compile(rf"([{HAN}])(?=[a-z])|([a-z][a-z0-9.]*)(?=[{HAN}])")
_LETTERS = re.compile(r"^[a-z][a-z' ]*$")
QUESTION_WORDS = (
    "为什么", "什么", "怎么办", "怎么", "怎样", "如何", "哪些", "哪个", "是否", "能否", "可否", "可以", "应该", "应当",
    "需要", "请问", "多少",
)  # fmt: skip
"""Words that make a question and say nothing about what is asked; longer ones first."""
_PARTICLE = r"[吗呢吧啊么]+(?=[\s,，。?？!！]|$)"
_ASKING = re.compile(
    "|".join(word for word in QUESTION_WORDS if word not in {"可以", "应该", "应当", "需要"})
    + rf"|谁|几(?=[个年天岁次种条级月人])|有没有|是不是|会不会|能不能|[?？]|{_PARTICLE}"
)
_EMPTY_WORDS = re.compile("|".join((*QUESTION_WORDS, _PARTICLE)))
_STOPS = re.compile(r"[，,。；;！!：:]")


def read_intent(text: str) -> Intent:
    """Return what the query asks for."""
    folded = normalize(text).strip()
    if number := number_key(folded):
        return Intent(IntentKind.NUMBER, folded, number=number)
    if clause := _clause(folded):
        return Intent(IntentKind.CLAUSE, folded, clause=clause)
    if _LETTERS.match(folded) and len(letters := folded.replace("'", "").replace(" ", "")) > 1:
        return Intent(IntentKind.PINYIN, folded, letters=letters)
    # CIM平台 is CIM 平台: what replaces CIM must not grow together with what stands beside it.
    spaced = _MIXED.sub(r"\g<0> ", folded)
    return Intent(IntentKind.QUESTION if is_question(folded) else IntentKind.KEYWORD, spaced)


def is_question(text: str) -> bool:
    """Return whether the text asks in a sentence instead of naming things."""
    han = len(re.findall(f"[{HAN}]", text))
    return bool(_ASKING.search(text)) or (han > LONG and bool(_STOPS.search(text)))


def without_question_words(text: str) -> str:
    """Return what a question is about; the text itself when nothing else is left."""
    return _EMPTY_WORDS.sub(" ", text).strip(" ?？") or text


def variants_of(text: str, words: StaffWords) -> list[str]:
    """Return the text first, then the same with synonyms and with numbers in the other script."""
    found = [text]
    for group in words.synonyms:
        found += _replaced(text, group, group)
    for group in words.one_way:
        found += _replaced(text, group[:1], group[1:])
    for known in list(found):
        found += other_scripts(known)
    return list(dict.fromkeys(found))[:MOST_VARIANTS]


def bet_key(query: str) -> str:
    """Return the form in which queries are compared with those of best bets."""
    return title_key(query)


def _replaced(text: str, names: tuple[str, ...], others: tuple[str, ...]) -> list[str]:
    """Return the text with the longest name that it holds replaced by each other name."""
    held = [name for raw in names if (name := normalize(raw).strip()) and _stands_in(name, text)]
    if not held:
        return []
    name = max(held, key=len)
    return [text.replace(name, other) for raw in others if (other := normalize(raw).strip()) and other != name]


def _stands_in(name: str, text: str) -> bool:
    if name.isascii():
        return re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", text) is not None
    return name in text


def _clause(text: str) -> ClauseReference | None:
    for pattern in (_CLAUSE, _CHAPTER, _PART_ALONE):
        match = pattern.match(text)
        if match is not None and (found := _reference(match.groupdict())):
            return found
    return None


def _reference(held: Mapping[str, str | None]) -> ClauseReference | None:
    title = unicodedata.normalize("NFKC", held["title"] or "").strip(" 《》〈〉,，的")
    if not title_key(title) or not re.search(rf"[{HAN}]", title):
        return None
    number = held.get("article") or ""
    article = read_numeral(number)
    if number and article is None:
        return None
    sub, paragraph, item = (read_numeral(held.get(name) or "") for name in ("sub", "paragraph", "item"))
    return ClauseReference(
        title=title,
        article=(f"{article}" + (f"-{sub}" if sub else "")) if article is not None else "",
        paragraph=paragraph,
        item=item,
        headings=tuple(key for one in re.findall(_HEADED, held.get("headings") or "") for key in heading_keys(one)),
    )


def split_part(title: str) -> tuple[str, tuple[str, ...]] | None:
    """Return a law and the names of its part: 民法典 and 总则, 总则编 of 民法典总则编; None where no part is named."""
    match = _PART.match(title)
    if match is None:
        return None
    names = (match["part"], match["part"] + (match["unit"] or "编"))
    return match["title"].strip(" 《》"), tuple(title_key(name) for name in names)


def article_of(title: str) -> str:
    """Return the number with which a clause's title begins: 27 of 第二十七条, 120-1 of 第一百二十条之一; "" without one."""
    match = re.match(rf"\s*第\s*([{CHINESE}]+|\d{{1,4}})\s*条(?:之([{CHINESE}]+|\d+))?", title)
    number = read_numeral(match[1]) if match else None
    if match is None or number is None:
        return ""
    sub = read_numeral(match[2]) if match[2] else None
    return f"{number}" + (f"-{sub}" if sub else "")
