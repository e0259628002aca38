"""Entries that a query names outright: by title, number, clause, pinyin, or because the staff says so. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from search.about import asked_about
from search.analysis import required_tokens, tokens
from search.engines import Condition, EngineQuery, Match, NameField, NameHit, NameQuery, SearchEngine, Wanted
from search.intents import (
    ClauseReference,
    Intent,
    IntentKind,
    bet_key,
    read_intent,
    split_part,
    variants_of,
    without_question_words,
)
from search.names import (
    dictionary_initials,
    dictionary_spellings,
    misspelled_part,
    pinyin_of,
    stands_alone,
    syllables,
    title_key,
    title_keys,
)
from search.requests import SearchRequest
from search.short_names import could_be_short, meant_by

MOST_LEADS = 20
MOST_HEARD = 5
"""Homophones that are looked at."""
MOST_PARTS = 100
"""Clauses of a chapter that come first."""
MOST_CHOICES = 8
LAW = "policy:"
"""With which the key of a law begins."""
MOST_SAID = 5
"""Clauses of a law that a question names which come first."""
SHARE_SAID = 3
"""One in so many pairs of the question must stand in such a clause."""
SIMILAR_LAWS = 12
"""Laws in which a clause's number is looked for: those of the name, and those that hold it."""


@dataclass(frozen=True)
class Meant:
    """What was probably meant, folded as names are, and the entry whose title has it."""

    text: str = ""
    key: str = ""


NOTHING_MEANT = Meant()


@dataclass(frozen=True)
class Leads:
    """Entries that a query names outright: they come first, whatever the words count."""

    keys: tuple[str, ...] = ()
    kind: IntentKind | None = None
    meant: Meant = NOTHING_MEANT
    choices: tuple[str, ...] = ()
    most: int = 0


def find_leads(engine: SearchEngine, request: SearchRequest, intent: Intent) -> Leads:
    """Best bets first, then what the query names; only what this reader may open and the filters leave.

    What is asked for by name is found also when it would be hidden, as a repealed law is.
    """
    bets = request.words.best_bets.get(bet_key(request.text), ())
    if bets:
        # Only those that this reader may open and that the filters leave.
        bets = tuple(hit.key for key in bets for hit in _find(engine, request, Condition(NameField.KEY, (key,))))
    opened = replace(request, scope=replace(request.scope, hidden={}))
    named = _named(engine, opened, intent)
    return replace(named, keys=tuple(dict.fromkeys((*bets, *named.keys)))[: max(MOST_LEADS, named.most)])


def _named(engine: SearchEngine, request: SearchRequest, intent: Intent) -> Leads:
    if intent.number:
        return Leads(_keys(_numbered(engine, request, intent.number)))
    if intent.clause:
        return _clauses(engine, request, intent.clause)
    if intent.letters:
        return Leads(_keys(_spelled(engine, request, intent.letters)))
    if hits := _called(engine, request, intent.text):
        return Leads(_keys(hits), IntentKind.TITLE, choices=_choices(hits, intent.text))
    if hits := _sounding(engine, request, intent.text):
        return Leads(_keys(hits), IntentKind.TITLE, Meant(hits[0].name, hits[0].key))
    return _about(engine, request, intent.text)


def _about(engine: SearchEngine, request: SearchRequest, text: str) -> Leads:
    """Return the law that the text begins with or cites, or what it says of what is asked."""
    readings = asked_about(text)
    everything = replace(request, scope=request.scope.without("kind"))
    for asked in readings:
        laws = [hit for hit in _titled(engine, everything, asked.name) if hit.key.startswith(LAW)]
        if not laws:
            continue
        choices = _choices(laws, asked.name)
        where = (Condition(NameField.ARTICLE, (asked.article,)),)
        if asked.article and (parts := _parts(engine, request, laws[:MOST_CHOICES], where)):
            return Leads(parts, IntentKind.CLAUSE, choices=choices, most=MOST_PARTS)
        shown = _keys(hit for hit in laws if _find(engine, request, Condition(NameField.KEY, (hit.key,))))
        if asked.is_whole:
            return Leads(shown, IntentKind.TITLE, choices=choices)
        valid = [hit for hit in laws if not hit.is_past] or laws
        return Leads((*_said(engine, request, valid[:MOST_CHOICES], asked.rest), *shown), choices=choices)
    if readings and readings[0].article:
        where = (Condition(NameField.ARTICLE, (readings[0].article,)),)
        # As with 条: a code may have been taken in by its parts.
        parts = _parts(engine, request, _like(engine, everything, readings[0].name), where)
        return Leads(parts, IntentKind.CLAUSE if parts else None, most=MOST_PARTS)
    return Leads()


def _said(engine: SearchEngine, request: SearchRequest, laws: list[NameHit], rest: str) -> tuple[str, ...]:
    """Return the clauses of these laws that hold most of what is asked."""
    about = without_question_words(rest)
    needed = tuple(required_tokens(about))
    if not needed:
        return ()
    wanted = Wanted(needed, -(-len(needed) // SHARE_SAID))
    ranked = tuple(dict.fromkeys(tokens(about), 1.0).items())
    query = EngineQuery(request.scope, (wanted,), ranked, parents=_keys(laws), limit=MOST_SAID)
    return tuple(key for key, _ in engine.search(query).hits)


def _choices(hits: list[NameHit], text: str) -> tuple[str, ...]:
    """Return the laws between which the reader has to choose; none where only one that holds may be meant."""
    exact = title_key(text)
    tied = [hit for hit in hits if hit.key.startswith(LAW) and not hit.is_past]
    if any(hit.name == exact for hit in tied):
        tied = [hit for hit in tied if hit.name == exact]
    return _keys(tied[:MOST_CHOICES]) if len(tied) > 1 else ()


def _numbered(engine: SearchEngine, request: SearchRequest, number: str) -> list[NameHit]:
    """Entries of that number, or of an issuer that is called shorter: 国令第809号."""
    match = Match.EQUALS if "-" in number else Match.PREFIX
    hits = _find(engine, request, Condition(NameField.NUMBER, (number,), match))
    if hits or match == Match.PREFIX:
        return _by_prior(hits)
    return _by_prior(_find(engine, request, Condition(NameField.NUMBER, (number,), Match.SCATTERED)))


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
        heard_alike = _find(engine, request, Condition(NameField.PINYIN, (pinyin_of(key),), Match.PREFIX))
        # 西安 is xian, and so begins 宪法: syllables are compared, not letters.
        found = _by_prior(hit for hit in heard_alike if syllables(hit.name)[: len(key)] == syllables(key))
    return list({hit.key: hit for hit in found}.values())[: request.limit]


def _clauses(engine: SearchEngine, request: SearchRequest, clause: ClauseReference) -> Leads:
    """Return the clause with that number in each law of that name, the best law first, or the clauses of a chapter;
    without them, the law."""
    everything = replace(request, scope=request.scope.without("kind"))
    laws = _called(engine, everything, clause.title) or _sounding(engine, everything, clause.title)
    where = tuple(Condition(NameField.HEADING, (heading,)) for heading in clause.headings)
    if not laws and (split := split_part(clause.title)) is not None:
        laws = _titled(engine, everything, split[0] + split[1][0])
        if not laws:
            laws = _called(engine, everything, split[0])
            where = (Condition(NameField.HEADING, split[1]), *where)
    if clause.article:
        where = (Condition(NameField.ARTICLE, (clause.article,)), *where)
    found = _parts(engine, request, laws[:MOST_CHOICES], where) if where else ()
    if not found and clause.article:
        # A code may have been taken in by its parts: 民法典 第一千条 stands in 民法典 人格权编.
        found = _parts(engine, request, _like(engine, everything, clause.title), where)
    if found:
        return Leads(found, choices=_choices(laws, clause.title), most=MOST_PARTS)
    shown = [hit for hit in laws if _find(engine, request, Condition(NameField.KEY, (hit.key,)))]
    return Leads(_keys(shown), IntentKind.TITLE if shown and not where else IntentKind.KEYWORD)


def _parts(
    engine: SearchEngine, request: SearchRequest, laws: Iterable[NameHit], where: tuple[Condition, ...]
) -> tuple[str, ...]:
    """Return clauses of each law: those of the text in force, in their order."""
    found: list[str] = []
    for law in laws:
        hits = _find(engine, request, Condition(NameField.PARENT, (law.key,)), *where)
        best = max((hit.score for hit in hits), default=0.0)
        found += _keys(sorted(hits, key=lambda hit: (hit.score < best, _place(hit.article), -hit.score, hit.key)))
    return tuple(found)


def _place(article: str) -> tuple[int, int]:
    number, _, sub = article.partition("-")
    return int(number or 0), int(sub or 0)


def _like(engine: SearchEngine, request: SearchRequest, title: str) -> list[NameHit]:
    """Policies whose titles hold what was typed: 数据安全 27条."""
    hits = _find(engine, request, Condition(NameField.TITLE, (title_key(title),), Match.CONTAINS))
    return _by_prior(hits)[:SIMILAR_LAWS]


def _called(engine: SearchEngine, request: SearchRequest, text: str) -> list[NameHit]:
    """Entries of this title, else those that it may be a short name of."""
    if hits := _titled(engine, request, text):
        return hits
    name = title_key(text)
    if not could_be_short(name):
        return []
    hits = _find(engine, request, Condition(NameField.TITLE, (name,), Match.SCATTERED))
    return meant_by(name, hits)


def _titled(engine: SearchEngine, request: SearchRequest, text: str) -> list[NameHit]:
    """Entries called so, or called so by a synonym; those of exactly this name first."""
    names = tuple(dict.fromkeys(key for variant in variants_of(text, request.words) for key in title_keys(variant)))
    if not names or len(names[0]) < 2:
        return []
    exact = title_key(text)
    hits = _find(engine, request, Condition(NameField.TITLE, names))
    return sorted(hits, key=lambda hit: (hit.name != exact, hit.is_repealed, -hit.score, len(hit.name), hit.key))


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


def heard(engine: SearchEngine, request: SearchRequest, intent: Intent) -> Meant:
    """Return what was probably meant: a word of a title that is read like the query, never a piece cut out of words."""
    key = title_key(intent.text)
    if not 2 <= len(key) <= 12 or key.isascii():
        return NOTHING_MEANT
    hits = _find(engine, request, Condition(NameField.PINYIN, (pinyin_of(key),), Match.CONTAINS))
    parts: dict[str, str] = {}
    for hit in _by_prior(hits):
        if part := misspelled_part(hit.name, key):
            parts.setdefault(part, hit.key)
    for part in list(parts)[:MOST_HEARD]:
        titles = _find(engine, request, Condition(NameField.TITLE, (part,), Match.CONTAINS))
        if stands_alone(part, [hit.name for hit in titles]):
            return Meant(part, parts[part])
    return NOTHING_MEANT


def _find(engine: SearchEngine, request: SearchRequest, *conditions: Condition) -> list[NameHit]:
    return engine.find(NameQuery(request.scope, conditions))


def _by_prior(hits: Iterable[NameHit]) -> list[NameHit]:
    return sorted(hits, key=lambda hit: (hit.is_repealed, -hit.score, len(hit.name), hit.key))


def _keys(hits: Iterable[NameHit]) -> tuple[str, ...]:
    return tuple(hit.key for hit in hits)
