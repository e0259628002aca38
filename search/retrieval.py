"""From an intent to ranked keys, by whichever engine. Pure: no Django; the words of the staff are handed in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from search.analysis import required_tokens, tokens
from search.engines import EngineAnswer, EngineQuery, SearchEngine, Wanted
from search.intents import Intent, IntentKind, read_intent, variants_of, without_question_words
from search.leads import NOTHING_MEANT, Meant, find_leads, heard
from search.places import apart, place_named
from search.requests import SearchRequest

MOST_TOKENS = 200
SYNONYM_WEIGHT = 0.8
"""What a token counts that only a synonym brought in."""
ASKING_WEIGHT = 0.5
"""What a token counts that belongs to the way of asking: 怎么办, 是否. Left out it costs precision, whole it costs recall."""
PLACE_WEIGHT = 3.0
"""What the pairs of a place count that the query names: more than that a rule is of the own province (`search.weights`)."""
WORDS = frozenset({IntentKind.KEYWORD, IntentKind.QUESTION})
"""Queries that are answered by their words alone."""
FEW = 3
"""Strict hits below which a long query is relaxed."""
LONG_QUERY = 6
QUESTION_SHARE = 12
"""One pair in so many must match a question."""


@dataclass(frozen=True)
class Retrieved:
    """Ranked keys of the page that was asked for, counts of the whole match set, and how the query was understood."""

    intent: Intent
    hits: list[tuple[str, float]]
    count: int
    facets: dict[str, dict[str, int]]
    marks: tuple[str, ...]
    is_relaxed: bool = False
    meant: Meant = NOTHING_MEANT
    choices: tuple[str, ...] = ()


def retrieve(engine: SearchEngine, request: SearchRequest) -> Retrieved:
    """Return the answer to the request. Raises IndexNotBuilt and EngineDown."""
    intent = read_intent(request.text)
    leads = find_leads(engine, request, intent)
    intent = replace(intent, kind=leads.kind or intent.kind)
    place = place_named(engine, request, intent.text) if intent.kind in WORDS else ""
    intent = replace(intent, text=apart(place, intent.text))
    found, marks, is_relaxed = _by_words(engine, request, intent, leads.keys, place)
    top = found.hits[0][1] if found.hits else 0.0
    ranked = [(key, round(top + len(leads.keys) - place, 4)) for place, key in enumerate(leads.keys)]
    ranked += [hit for hit in found.hits if hit[0] not in set(leads.keys)]
    meant = leads.meant
    if not meant.text and not leads.keys and (is_relaxed or not found.count):
        meant = heard(engine, request, intent)
    return Retrieved(
        intent=intent,
        hits=ranked[request.offset : request.offset + request.limit],
        count=found.count,
        facets=found.facets,
        marks=marks,
        is_relaxed=is_relaxed,
        meant=meant,
        choices=leads.choices,
    )


def _by_words(
    engine: SearchEngine, request: SearchRequest, intent: Intent, leads: tuple[str, ...], place: str = ""
) -> tuple[EngineAnswer, tuple[str, ...], bool]:
    """Entries by their words: strictly, and relaxed where that finds too little."""
    variants = variants_of(intent.text, request.words)
    if intent.kind == IntentKind.QUESTION:
        asked = [without_question_words(variant) for variant in variants]
        return _ask(engine, request, asked, leads, [_some_pairs(asked)], intent.text, place), _marks(asked), False
    strict = [Wanted(needed, len(needed)) for variant in variants if (needed := _required(variant))]
    found = _ask(engine, request, variants, leads, strict, place=place)
    needed = _required(intent.text)
    beyond = found.count - len(leads)
    if intent.kind == IntentKind.KEYWORD and len(needed) > 1 and _is_too_little(beyond, needed):
        for ways in ([_share(needed, 2)], [_some_pairs(variants)]):
            relaxed = _ask(engine, request, variants, leads, [*strict, *ways], place=place)
            if relaxed.count > found.count:
                return relaxed, _marks(variants), True
    return found, _marks(variants), False


def _is_too_little(count: int, needed: Sequence[str]) -> bool:
    return count <= 0 or (count < FEW and len(needed) >= LONG_QUERY)


def _share(needed: Sequence[str], part: int) -> Wanted:
    return Wanted(tuple(needed), max(1, (len(needed) + part - 1) // part))


def _some_pairs(variants: Iterable[str]) -> Wanted:
    """Let a question match by a few of its pairs and words."""
    pairs = tuple(dict.fromkeys(token for variant in variants for token in _required(variant)))[:MOST_TOKENS]
    return Wanted(pairs, max(1, len(pairs) // QUESTION_SHARE))


def _required(text: str) -> tuple[str, ...]:
    return tuple(required_tokens(text)[:MOST_TOKENS])


def _ask(
    engine: SearchEngine,
    request: SearchRequest,
    variants: Sequence[str],
    leads: tuple[str, ...],
    ways: Sequence[Wanted],
    question: str = "",
    place: str = "",
) -> EngineAnswer:
    weights = _weights(variants, question)
    weights.update({token: PLACE_WEIGHT for token in required_tokens(place) if token in weights})
    ways = [way for way in ways if way.tokens]
    if not ways and not leads:
        return EngineAnswer(hits=[], count=0)
    return engine.search(
        EngineQuery(
            scope=request.scope,
            wanted=tuple(ways),
            keys=leads,
            ranked=tuple(weights.items()),
            facets=request.facets,
            limit=request.offset + request.limit + len(leads),
        )
    )


def _weights(variants: Sequence[str], question: str) -> dict[str, float]:
    """Tokens of the query itself, then of the question around it, then those that only its variants have."""
    weights: dict[str, float] = {}
    texts = [(variants[0], 1.0), (question, ASKING_WEIGHT), *((variant, SYNONYM_WEIGHT) for variant in variants[1:])]
    for text, weight in texts:
        for token in tokens(text):
            if len(weights) < MOST_TOKENS:
                weights.setdefault(token, weight)
    return weights


def _marks(variants: Iterable[str]) -> tuple[str, ...]:
    """Tokens to mark in a hit: pairs and words; a lone character only when the whole query is one."""
    found = tuple(dict.fromkeys(token for variant in variants for token in required_tokens(variant)))
    return tuple(token for token in found if len(token) > 1) or found
