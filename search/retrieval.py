"""From an intent to ranked keys, by whichever engine. Pure: no Django; the words of the staff are handed in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from search.analysis import required_tokens, tokens
from search.engines import (
    Condition,
    EngineAnswer,
    EngineQuery,
    Match,
    NameField,
    NameHit,
    NameQuery,
    Scope,
    SearchEngine,
    Wanted,
)
from search.intents import (
    ClauseReference,
    Intent,
    IntentKind,
    StaffWords,
    bet_key,
    read_intent,
    variants_of,
    without_question_words,
)
from search.names import dictionary_initials, dictionary_spellings, misspelt_part, pinyin_of, title_key, title_keys

MOST_TOKENS = 200
SYNONYM_WEIGHT = 0.8
"""What a token counts that only a synonym brought in."""
ASKING_WEIGHT = 0.5
"""What a token counts that belongs to the way of asking: 怎么办, 是否. Left out it costs precision, whole it costs recall."""
FEW = 3
"""Strict hits below which a long query is relaxed."""
LONG_QUERY = 6
QUESTION_SHARE = 12
"""One pair in so many must match a question."""
MOST_LEADS = 20
CLAUSE_LAWS = 3
SIMILAR_LAWS = 12
"""Laws in which a clause's number is looked for: those of exactly the name, and those that hold it."""


@dataclass(frozen=True)
class Request:
    """A query with everything that decides its answer."""

    text: str
    scope: Scope
    words: StaffWords = field(default_factory=StaffWords)
    facets: tuple[str, ...] = ()
    limit: int = 20
    offset: int = 0


@dataclass(frozen=True)
class Retrieved:
    """Ranked keys of the page that was asked for, counts of the whole match set, and how the query was understood."""

    intent: Intent
    hits: list[tuple[str, float]]
    count: int
    facets: dict[str, dict[str, int]]
    marks: tuple[str, ...]
    is_relaxed: bool = False
    did_you_mean: str = ""


@dataclass(frozen=True)
class Leads:
    """Entries that a query names outright: they come first, whatever the words count."""

    keys: tuple[str, ...] = ()
    kind: IntentKind | None = None
    meant: str = ""


def retrieve(engine: SearchEngine, request: Request) -> Retrieved:
    """The answer to the request. Raises IndexNotBuilt and EngineDown."""
    intent = read_intent(request.text)
    leads = _leads(engine, request, intent)
    intent = replace(intent, kind=leads.kind or intent.kind)
    found, marks, is_relaxed = _by_words(engine, request, intent, leads.keys)
    top = found.hits[0][1] if found.hits else 0.0
    ranked = [(key, round(top + len(leads.keys) - place, 4)) for place, key in enumerate(leads.keys)]
    ranked += [hit for hit in found.hits if hit[0] not in set(leads.keys)]
    meant = leads.meant
    if not meant and not leads.keys and (is_relaxed or not found.count):
        meant = _heard(engine, request, intent)
    return Retrieved(
        intent=intent,
        hits=ranked[request.offset : request.offset + request.limit],
        count=found.count,
        facets=found.facets,
        marks=marks,
        is_relaxed=is_relaxed,
        did_you_mean=meant,
    )


def _leads(engine: SearchEngine, request: Request, intent: Intent) -> Leads:
    bets = request.words.best_bets.get(bet_key(request.text), ())
    if bets:
        # Only those that this reader may open and that the filters leave.
        bets = tuple(hit.key for key in bets for hit in _find(engine, request, Condition(NameField.KEY, (key,))))
    named = _named(engine, request, intent)
    return replace(named, keys=tuple(dict.fromkeys((*bets, *named.keys)))[:MOST_LEADS])


def _named(engine: SearchEngine, request: Request, intent: Intent) -> Leads:
    if intent.number:
        match = Match.EQUALS if "-" in intent.number else Match.PREFIX
        hits = _find(engine, request, Condition(NameField.NUMBER, (intent.number,), match))
        return Leads(_keys(hits))
    if intent.clause:
        return _clauses(engine, request, intent.clause)
    if intent.letters:
        return Leads(_keys(_spelt(engine, request, intent.letters)))
    hits = _titled(engine, request, intent.text)
    if hits:
        return Leads(_keys(hits), IntentKind.TITLE)
    hits = _sounding(engine, request, intent.text)
    return Leads(_keys(hits), IntentKind.TITLE, hits[0].name) if hits else Leads()


def suggest(engine: SearchEngine, request: Request) -> list[NameHit]:
    """Entries whose names begin with, or hold, what has been typed so far. Raises IndexNotBuilt and EngineDown."""
    intent = read_intent(request.text)
    if intent.letters:
        return _spelt(engine, request, intent.letters)[: request.limit]
    key = title_key(intent.text)
    if not key:
        return []
    found = _by_prior(_find(engine, request, Condition(NameField.TITLE, (key,), Match.PREFIX)))
    if len(found) < request.limit:
        found += _by_prior(_find(engine, request, Condition(NameField.TITLE, (key,), Match.CONTAINS)))
    if not found and len(key) > 1:
        found = _by_prior(_find(engine, request, Condition(NameField.PINYIN, (pinyin_of(key),), Match.PREFIX)))
    return list({hit.key: hit for hit in found}.values())[: request.limit]


def _clauses(engine: SearchEngine, request: Request, clause: ClauseReference) -> Leads:
    """The clause with that number in each law of that name, the best law first; without the clause, the law."""
    everything = replace(request, scope=request.scope.without("kind"))
    laws = _titled(engine, everything, clause.title) or _sounding(engine, everything, clause.title)
    exact = [hit.key for hit in laws[:CLAUSE_LAWS]]
    # A code may have been taken in by its parts: 民法典 第一千条 stands in 民法典 人格权编.
    found = _articles(engine, request, clause, exact) or _articles(
        engine, request, clause, _like(engine, everything, clause.title)
    )
    if found:
        return Leads(found)
    return Leads(_keys(_titled(engine, request, clause.title)), IntentKind.KEYWORD)


def _articles(
    engine: SearchEngine, request: Request, clause: ClauseReference, parents: Iterable[str]
) -> tuple[str, ...]:
    found: list[str] = []
    for parent in parents:
        conditions = (Condition(NameField.PARENT, (parent,)), Condition(NameField.ARTICLE, (clause.article,)))
        found += _keys(_by_prior(_find(engine, request, *conditions)))
    return tuple(found)


def _like(engine: SearchEngine, request: Request, title: str) -> list[str]:
    """Policies whose titles hold what was typed: 数据安全 27条."""
    hits = _find(engine, request, Condition(NameField.TITLE, (title_key(title),), Match.CONTAINS))
    return [hit.key for hit in _by_prior(hits)[:SIMILAR_LAWS]]


def _titled(engine: SearchEngine, request: Request, text: str) -> list[NameHit]:
    """Entries called so, or called so by a synonym; those of exactly this name first."""
    names = tuple(dict.fromkeys(key for variant in variants_of(text, request.words) for key in title_keys(variant)))
    if not names or len(names[0]) < 2:
        return []
    exact = title_key(text)
    hits = _find(engine, request, Condition(NameField.TITLE, names))
    return sorted(hits, key=lambda hit: (hit.name != exact, -hit.score, len(hit.name), hit.key))


def _sounding(engine: SearchEngine, request: Request, text: str) -> list[NameHit]:
    """Entries whose title is read like what was typed in Chinese: a homophone was picked."""
    key = title_key(text)
    if len(key) < 4 or key.isascii():
        return []
    spelt = pinyin_of(key)
    return _by_prior(_find(engine, request, Condition(NameField.PINYIN, (spelt,))))


def _spelt(engine: SearchEngine, request: Request, letters: str) -> list[NameHit]:
    """Entries by pinyin or initials: whole, then beginnings, then parts."""
    spellings = dictionary_spellings(letters, request.words.readings)
    initials = dictionary_initials(letters, request.words.readings)
    steps = [Condition(NameField.PINYIN, spellings), Condition(NameField.INITIALS, initials)]
    if len(letters) >= 3:
        steps += [
            Condition(NameField.PINYIN, spellings, Match.PREFIX),
            Condition(NameField.INITIALS, initials, Match.PREFIX),
        ]
    if len(letters) >= 6:
        steps.append(Condition(NameField.PINYIN, spellings, Match.CONTAINS))
    for condition in steps:
        if hits := _find(engine, request, condition):
            return _by_prior(hits)[:MOST_LEADS]
    return []


def _heard(engine: SearchEngine, request: Request, intent: Intent) -> str:
    """What was probably meant: the part of a title that is read like the query."""
    key = title_key(intent.text)
    if not 2 <= len(key) <= 12 or key.isascii():
        return ""
    hits = _find(engine, request, Condition(NameField.PINYIN, (pinyin_of(key),), Match.CONTAINS))
    for hit in _by_prior(hits):
        if part := misspelt_part(hit.name, key):
            return part
    return ""


def _by_words(
    engine: SearchEngine, request: Request, intent: Intent, leads: tuple[str, ...]
) -> tuple[EngineAnswer, tuple[str, ...], bool]:
    """Entries by their words: strictly, and relaxed where that finds too little."""
    variants = variants_of(intent.text, request.words)
    if intent.kind == IntentKind.QUESTION:
        asked = [without_question_words(variant) for variant in variants]
        return _ask(engine, request, asked, leads, [_some_pairs(asked)], intent.text), _marks(asked), False
    strict = [Wanted(needed, len(needed)) for variant in variants if (needed := _required(variant))]
    found = _ask(engine, request, variants, leads, strict)
    needed = _required(intent.text)
    beyond = found.count - len(leads)
    if intent.kind == IntentKind.KEYWORD and len(needed) > 1 and _is_too_little(beyond, needed):
        for ways in ([_share(needed, 2)], [_some_pairs(variants)]):
            relaxed = _ask(engine, request, variants, leads, [*strict, *ways])
            if relaxed.count > found.count:
                return relaxed, _marks(variants), True
    return found, _marks(variants), False


def _is_too_little(count: int, needed: Sequence[str]) -> bool:
    return count <= 0 or (count < FEW and len(needed) >= LONG_QUERY)


def _share(needed: Sequence[str], part: int) -> Wanted:
    return Wanted(tuple(needed), max(1, (len(needed) + part - 1) // part))


def _some_pairs(variants: Iterable[str]) -> Wanted:
    """A question matches by a few of its pairs and words."""
    pairs = tuple(dict.fromkeys(token for variant in variants for token in _required(variant)))[:MOST_TOKENS]
    return Wanted(pairs, max(1, len(pairs) // QUESTION_SHARE))


def _required(text: str) -> tuple[str, ...]:
    return tuple(required_tokens(text)[:MOST_TOKENS])


def _ask(
    engine: SearchEngine,
    request: Request,
    variants: Sequence[str],
    leads: tuple[str, ...],
    ways: Sequence[Wanted],
    question: str = "",
) -> EngineAnswer:
    weights = _weights(variants, question)
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


def _find(engine: SearchEngine, request: Request, *conditions: Condition) -> list[NameHit]:
    return engine.find(NameQuery(request.scope, conditions))


def _by_prior(hits: Iterable[NameHit]) -> list[NameHit]:
    return sorted(hits, key=lambda hit: (-hit.score, len(hit.name), hit.key))


def _keys(hits: Iterable[NameHit]) -> tuple[str, ...]:
    return tuple(hit.key for hit in hits)
