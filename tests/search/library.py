"""A made-up library on which engines are compared with counting by hand."""

from __future__ import annotations

import random
import uuid
from collections import Counter
from datetime import UTC, datetime

from search.analysis import required_tokens, token_text, tokens
from search.engines import FACETS, EngineQuery, IndexedEntry, Scope, SearchEngine, Wanted
from search.registry import Entry

AT = datetime(2026, 3, 2, tzinfo=UTC)
WORDS = (
    "智慧城市", "数据安全", "公共数据", "个人信息", "政务服务", "停车诱导", "城市大脑", "物联网", "网络安全", "应急管理", "城市治理",
    "信用监管", "电子证照", "数字孪生", "行政处罚", "法律责任", "人民政府", "主管部门", "开放共享", "分类分级", "cim", "5g",
)  # fmt: skip
AUDIENCES = ("public", "authenticated", "role:auditor", "run:7")
LEVELS = ("法律", "行政法规", "地方性法规", "")
STATES = ("in_force", "amended", "repealed", "")


def sentence(chance: random.Random) -> str:
    """Return a few words in a row."""
    return "的".join(chance.choices(WORDS, k=chance.randint(2, 12)))


def indexed_entries(count: int, seed: int = 1) -> list[IndexedEntry]:
    """Entries as engines take them."""
    chance = random.Random(seed)
    return [
        IndexedEntry(
            key=f"clause:{number}",
            language=chance.choice(["zh-hans", "en", "any"]),
            audience=chance.choice(AUDIENCES),
            tokens=token_text(sentence(chance)),
            prior=chance.choice([0.3, 0.5, 0.8, 1.0, 1.25]),
            facets={
                "kind": chance.choice(["policy", "clause", "course", "term"]),
                "theme": chance.choice(["数据资源体系", "政务服务", ""]),
                "level": chance.choice(LEVELS),
                "region": chance.choice(["610000", "370000", "000000"]),
                "year": chance.choice(["2021", "2022", "2023", ""]),
                "status": chance.choice(STATES),
            },
            parent_key=f"policy:{number % 20}",
            article=str(number % 30),
        )
        for number in range(count)
    ]


def random_query(seed: int) -> EngineQuery:
    """Return some words, some rights, some choices."""
    chance = random.Random(seed)
    text = "的".join(chance.choices(WORDS, k=chance.randint(1, 3)))
    needed = tuple(required_tokens(text))
    minimum = chance.choice([len(needed), 1, max(1, len(needed) // 2)])
    pools = {
        "kind": ["policy", "clause", "course"], "theme": ["数据资源体系", "政务服务"], "level": list(LEVELS[:3]),
        "region": ["610000", "370000"], "year": ["2021", "2022", "2023"], "status": list(STATES[:3]),
    }  # fmt: skip
    facets = chance.sample(FACETS, chance.randint(0, 3))
    chosen = {name: frozenset(chance.sample(pools[name], chance.randint(1, len(pools[name])))) for name in facets}
    hidden = {} if "status" in chosen else {"status": frozenset({"repealed"})}
    scope = Scope(
        audiences=frozenset(chance.sample(AUDIENCES, chance.randint(1, 4))),
        languages=frozenset({chance.choice(["zh-hans", "en"]), "any"}),
        chosen=chosen,
        hidden=hidden if chance.random() < 0.7 else {},
    )
    keys = ("clause:3", "clause:11") if chance.random() < 0.3 else ()
    ranked = tuple(dict.fromkeys(tokens(text), 1.0).items())
    return EngineQuery(scope, (Wanted(needed, minimum),), ranked, keys=keys, facets=FACETS, limit=1000)


def allows(scope: Scope, entry: IndexedEntry, named: tuple[str, ...] = ()) -> bool:
    """Return whether the scope lets the entry through; what was asked for by name is not hidden."""
    return (
        entry.audience in scope.audiences
        and entry.language in scope.languages
        and all(entry.facets[name] in values for name, values in scope.chosen.items())
        and (entry.key in named or not any(entry.facets[name] in values for name, values in scope.hidden.items()))
    )


def matches(query: EngineQuery, entry: IndexedEntry) -> bool:
    """Return whether the entry is named, or holds enough of the words."""
    held = set(entry.tokens.split())
    return entry.key in query.keys or any(
        sum(token in held for token in wanted.tokens) >= wanted.minimum for wanted in query.wanted
    )


def differences(engine: SearchEngine, entries: list[IndexedEntry], queries: int = 200) -> list[str]:
    """Return where the engine's hits, count or facets are not what counting by hand says."""
    wrong = []
    for seed in range(queries):
        query = random_query(seed)
        answer = engine.search(query)
        matching = [entry for entry in entries if matches(query, entry)]
        expected = {entry.key for entry in matching if allows(query.scope, entry, query.keys)}
        if {key for key, _ in answer.hits} != expected or answer.count != len(expected):
            wrong.append(f"{seed}: hits")
        for facet in FACETS:
            scope = query.scope.without(facet)
            counted = Counter(e.facets[facet] for e in matching if e.facets[facet] and allows(scope, e, query.keys))
            if answer.facets[facet] != dict(counted):
                wrong.append(f"{seed}: {facet}")
    return wrong


def build(engine: SearchEngine, entries: list[IndexedEntry]) -> None:
    """Make the entries the engine's index."""
    with engine.building() as index:
        index.add(entries)
        index.publish()


def law_entries(laws: int = 12, clauses: int = 30, seed: int = 3) -> list[Entry]:
    """Laws with clauses, some replaced, as the importer hands them over."""
    chance = random.Random(seed)
    found: list[Entry] = []
    for law in range(laws):
        uuid_ = uuid.UUID(int=law + 1)
        title = f"{WORDS[law % len(WORDS)]}{chance.choice(['条例', '办法', '规定'])}"
        status = "amended" if law % 5 == 4 else "in_force"
        shared = {"language": "zh-hans", "level": chance.choice(LEVELS[:3]), "status": status}
        parent = f"policy:{uuid_}:zh-hans"
        found.append(
            Entry(
                key=parent,
                kind="policy",
                source_uuid=uuid_,
                title=title,
                body=sentence(chance),
                url=f"/p/{law}/",
                **shared,
            )
        )
        for number in range(1, clauses + 1):
            own = uuid.uuid5(uuid_, str(number))
            found.append(
                Entry(
                    key=f"clause:{uuid_}:{own}", kind="clause", source_uuid=own, title=f"第{number}条", body=sentence(chance),
                    url=f"/p/{law}/#art-{number}", parent_key=parent, parent_title=title, anchor=f"art-{number}", path=f"第{1 + number // 10}章 {WORDS[number % 5]}",
                    source_id=f"{law}-{number}", **shared,
                )
            )  # fmt: skip
    return found
