"""What a query asks for, read from its text alone. Pure: no engine, no query language, so nothing to break."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from search.analysis import HAN, normalize
from search.names import Reading, number_key, title_key
from search.numerals import CHINESE, other_scripts, read_numeral

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
    """A clause named by its law and number; paragraph (款) and item (项) where they were given."""

    title: str
    article: str
    paragraph: int | None = None
    item: int | None = None


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


_CLAUSE = re.compile(
    rf"^(?P<title>.*?)\s*第?\s*(?P<article>[{CHINESE}]+|\d{{1,4}})\s*条(?:之(?P<sub>[{CHINESE}]+|\d+))?"
    rf"\s*(?:第?\s*(?P<paragraph>[{CHINESE}]+|\d{{1,2}})\s*款)?"
    rf"\s*(?:第?\s*[(（]?(?P<item>[{CHINESE}]+|\d{{1,2}})[)）]?\s*项)?"
    r"\s*(?:的?(?:规定|内容|原文)|规定了?什么|是什么|说了?什么)?[?？。]?$"
)
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
    if is_question(folded):
        return Intent(IntentKind.QUESTION, folded)
    return Intent(IntentKind.KEYWORD, folded)


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
    match = _CLAUSE.match(text)
    if match is None or not title_key(match["title"]):
        return None
    article = read_numeral(match["article"])
    if article is None or not re.search(rf"[{HAN}]", match["title"]):
        return None
    sub = read_numeral(match["sub"]) if match["sub"] else None
    return ClauseReference(
        title=unicodedata.normalize("NFKC", match["title"]).strip(" 《》〈〉,，的"),
        article=f"{article}" + (f"-{sub}" if sub else ""),
        paragraph=read_numeral(match["paragraph"]) if match["paragraph"] else None,
        item=read_numeral(match["item"]) if match["item"] else None,
    )


def article_of(title: str) -> str:
    """Return the number with which a clause's title begins: 27 of 第二十七条, 120-1 of 第一百二十条之一; "" without one."""
    match = re.match(rf"\s*第\s*([{CHINESE}]+|\d{{1,4}})\s*条(?:之([{CHINESE}]+|\d+))?", title)
    number = read_numeral(match[1]) if match else None
    if match is None or number is None:
        return ""
    sub = read_numeral(match[2]) if match[2] else None
    return f"{number}" + (f"-{sub}" if sub else "")
