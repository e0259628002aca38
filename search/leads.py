"""Entries that a query names outright: by title, number, clause, pinyin, or because the staff says so. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from search.engines import Condition, Match, NameField, NameHit, NameQuery, SearchEngine
from search.intents import ClauseReference, Intent, IntentKind, bet_key, read_intent, variants_of
from search.names import dictionary_initials, dictionary_spellings, misspelled_part, pinyin_of, title_key, title_keys
from search.requests import SearchRequest

MOST_LEADS = 20
CLAUSE_LAWS = 3
SIMILAR_LAWS = 12
"""Laws in which a clause's number is looked for: those of exactly the name, and those that hold it."""


@dataclass(frozen=True)
class Leads:
    """Entries that a query names outright: they come first, whatever the words count."""

    keys: tuple[str, ...] = ()
    kind: IntentKind | None = None
    meant: str = ""


def find_leads(engine: SearchEngine, request: SearchRequest, intent: Intent) -> Leads:
    """Best bets first, then what the query names; only what this reader may open and the filters leave."""
    bets = request.words.best_bets.get(bet_key(request.text), ())
    if bets:
        # Only those that this reader may open and that the filters leave.
        bets = tuple(hit.key for key in bets for hit in _find(engine, request, Condition(NameField.KEY, (key,))))
    named = _named(engine, request, intent)
    return replace(named, keys=tuple(dict.fromkeys((*bets, *named.keys)))[:MOST_LEADS])


def _named(engine: SearchEngine, request: SearchRequest, intent: Intent) -> Leads:
    if intent.number:
        match = Match.EQUALS if "-" in intent.number else Match.PREFIX
        hits = _find(engine, request, Condition(NameField.NUMBER, (intent.number,), match))
        return Leads(_keys(hits))
    if intent.clause:
        return _clauses(engine, request, intent.clause)
    if intent.letters:
        return Leads(_keys(_spelled(engine, request, intent.letters)))
    hits = _titled(engine, request, intent.text)
    if hits:
        return Leads(_keys(hits), IntentKind.TITLE)
    hits = _sounding(engine, request, intent.text)
    return Leads(_keys(hits), IntentKind.TITLE, hits[0].name) if hits else Leads()


def suggest(engine: SearchEngine, request: SearchRequest) -> list[NameHit]:
    """Entries whose names begin with, or hold, what has been typed so far. Raises IndexNotBuilt and EngineDown."""
    intent = read_intent(request.text)
    if intent.letters:
        return _spelled(engine, request, intent.letters)[: request.limit]
    key = title_key(intent.text)
    if not key:
        return []
    found = _by_prior(_find(engine, request, Condition(NameField.TITLE, (key,), Match.PREFIX)))
    if len(found) < request.limit:
        found += _by_prior(_find(engine, request, Condition(NameField.TITLE, (key,), Match.CONTAINS)))
    if not found and len(key) > 1:
        found = _by_prior(_find(engine, request, Condition(NameField.PINYIN, (pinyin_of(key),), Match.PREFIX)))
    return list({hit.key: hit for hit in found}.values())[: request.limit]


def _clauses(engine: SearchEngine, request: SearchRequest, clause: ClauseReference) -> Leads:
    """Return the clause with that number in each law of that name, the best law first; without the clause, the law."""
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
    engine: SearchEngine, request: SearchRequest, clause: ClauseReference, parents: Iterable[str]
) -> tuple[str, ...]:
    found: list[str] = []
    for parent in parents:
        conditions = (Condition(NameField.PARENT, (parent,)), Condition(NameField.ARTICLE, (clause.article,)))
        found += _keys(_by_prior(_find(engine, request, *conditions)))
    return tuple(found)


def _like(engine: SearchEngine, request: SearchRequest, title: str) -> list[str]:
    """Policies whose titles hold what was typed: 数据安全 27条."""
    hits = _find(engine, request, Condition(NameField.TITLE, (title_key(title),), Match.CONTAINS))
    return [hit.key for hit in _by_prior(hits)[:SIMILAR_LAWS]]


def _titled(engine: SearchEngine, request: SearchRequest, text: str) -> list[NameHit]:
    """Entries called so, or called so by a synonym; those of exactly this name first."""
    names = tuple(dict.fromkeys(key for variant in variants_of(text, request.words) for key in title_keys(variant)))
    if not names or len(names[0]) < 2:
        return []
    exact = title_key(text)
    hits = _find(engine, request, Condition(NameField.TITLE, names))
    return sorted(hits, key=lambda hit: (hit.name != exact, -hit.score, len(hit.name), hit.key))


def _sounding(engine: SearchEngine, request: SearchRequest, text: str) -> list[NameHit]:
    """Entries whose title is read like what was typed in Chinese: a homophone was picked."""
    key = title_key(text)
    if len(key) < 4 or key.isascii():
        return []
    spelled = pinyin_of(key)
    return _by_prior(_find(engine, request, Condition(NameField.PINYIN, (spelled,))))


def _spelled(engine: SearchEngine, request: SearchRequest, letters: str) -> list[NameHit]:
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


def heard(engine: SearchEngine, request: SearchRequest, intent: Intent) -> str:
    """Return what was probably meant: the part of a title that is read like the query."""
    key = title_key(intent.text)
    if not 2 <= len(key) <= 12 or key.isascii():
        return ""
    hits = _find(engine, request, Condition(NameField.PINYIN, (pinyin_of(key),), Match.CONTAINS))
    for hit in _by_prior(hits):
        if part := misspelled_part(hit.name, key):
            return part
    return ""


def _find(engine: SearchEngine, request: SearchRequest, *conditions: Condition) -> list[NameHit]:
    return engine.find(NameQuery(request.scope, conditions))


def _by_prior(hits: Iterable[NameHit]) -> list[NameHit]:
    return sorted(hits, key=lambda hit: (-hit.score, len(hit.name), hit.key))


def _keys(hits: Iterable[NameHit]) -> tuple[str, ...]:
    return tuple(hit.key for hit in hits)
