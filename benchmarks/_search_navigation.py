"""Queries that name one thing: titles, clauses, pinyin, slips of the input method; made from the laws themselves."""

from __future__ import annotations

import random
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from search.intents import article_of
from search.names import initials_of, pinyin_of, syllables, title_key
from search.numerals import read_numeral, write_numeral

from ._search_corpus import Passage

SEED, PER_SLICE = 7, 200
STATE = "中华人民共和国"


@dataclass(frozen=True)
class Slice:
    """Queries of one sort with the ids of which one must come first."""

    name: str
    queries: list[tuple[str, frozenset[str]]]


def success_at_first(slice_: Slice, first: Callable[[str], str]) -> float:
    """Share of queries whose first hit is the right one."""
    return sum(first(query) in right for query, right in slice_.queries) / max(1, len(slice_.queries))


def slices_of(passages: Iterable[Passage]) -> list[Slice]:
    """Nine slices over the laws in force; a query that two laws would answer is left out."""
    laws: dict[str, list[Passage]] = defaultdict(list)
    for passage in passages:
        laws[passage.document].append(passage)
    heads = [clauses[0] for clauses in laws.values()]
    current = [head for head in heads if head.status == "in_force"]
    names = Counter(title_key(head.law) for head in current)
    unique = [head for head in current if names[title_key(head.law)] == 1 and 4 <= len(title_key(head.law)) <= 30]
    superseded = {title_key(head.law) for head in heads if head.status != "in_force"}
    chance = random.Random(SEED)
    taken = chance.sample(unique, min(PER_SLICE, len(unique)))
    replaced = [head for head in unique if title_key(head.law) in superseded]
    clauses = [clause for head in taken if (clause := _one_clause(laws[head.document], chance)) is not None]
    readings = Counter(pinyin_of(title_key(head.law)) for head in heads)
    letters = Counter(initials_of(title_key(head.law)) for head in heads)
    plain = [head for head in unique if all("\u4e00" <= c <= "\u9fff" for c in title_key(head.law))]
    spelled = [h for h in plain if readings[pinyin_of(title_key(h.law))] == 1]
    short = [h for h in plain if letters[initials_of(title_key(h.law))] == 1]
    return [
        Slice("short title", [(short_title(head.law), _law(head)) for head in taken]),
        Slice("current version first", [(head.law, _law(head)) for head in replaced[:PER_SLICE]]),
        Slice("《法》第二十七条", [(f"《{short_title(c.law)}》{c.article}", frozenset({c.id})) for c in clauses]),
        Slice("法 27条", [(f"{short_title(c.law)} {article_of(c.article)}条", frozenset({c.id})) for c in clauses]),
        Slice("法全文", [(f"{short_title(head.law)}全文", _law(head)) for head in taken]),
        Slice("法 27", [(f"{short_title(c.law)} {article_of(c.article)}", frozenset({c.id})) for c in clauses]),
        Slice("pinyin", [(pinyin_of(title_key(h.law)), _law(h)) for h in _some(spelled, chance)]),
        Slice("initials", [(initials_of(title_key(h.law)), _law(h)) for h in _some(short, chance)]),
        Slice("homophone typo", _typos(spelled, chance)),
    ]


def short_title(law: str) -> str:
    """Return a law's title as people say it."""
    return unicodedata.normalize("NFKC", law).replace(STATE, "")


def _law(head: Passage) -> frozenset[str]:
    return frozenset({f"law-{head.document}"[:80]})


def _some(heads: list[Passage], chance: random.Random) -> list[Passage]:
    return chance.sample(heads, min(PER_SLICE, len(heads)))


def _one_clause(clauses: list[Passage], chance: random.Random) -> Passage | None:
    """Return a clause whose number stands once in its law and is written as laws write it."""
    counts = Counter(clause.article for clause in clauses)
    plain = [
        clause
        for clause in clauses
        if counts[clause.article] == 1
        and (number := article_of(clause.article)).isdigit()
        and clause.article == f"第{write_numeral(int(number))}条"
        and read_numeral(number)
    ]
    return chance.choice(plain) if plain else None


def _typos(heads: list[Passage], chance: random.Random) -> list[tuple[str, frozenset[str]]]:
    """Titles with one character picked wrongly among those that sound alike."""
    alike: dict[str, list[str]] = defaultdict(list)
    for character in {c for head in heads for c in title_key(head.law)}:
        alike[syllables(character)[0]].append(character)
    typos = []
    for head in _some(heads, chance):
        title = title_key(head.law)
        read = syllables(title)
        wrong = [
            title[:place] + other + title[place + 1 :]
            for place in range(len(title))
            for other in sorted(alike[read[place]])
            if other != title[place]
        ]
        heard = [typed for typed in wrong if pinyin_of(typed) == pinyin_of(title)]
        if heard:
            typos.append((chance.choice(heard), _law(head)))
    return typos
