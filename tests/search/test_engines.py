"""The embedded engine: counts, order, rebuilds under readers."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.engines import (
    Condition,
    EngineQuery,
    IndexedEntry,
    IndexNotBuilt,
    Match,
    NameField,
    NameQuery,
    Scope,
    Wanted,
    in_order,
)
from search.engines.embedded import EmbeddedEngine

from .library import build, differences, indexed_entries

EVERYBODY = Scope(frozenset({"public"}), frozenset({"any"}))


def entry(key: str, tokens: str, prior: float = 1.0, **names: object) -> IndexedEntry:
    return IndexedEntry(
        key=key, language="any", audience="public", tokens=tokens, prior=prior, facets={"kind": "clause"}, **names
    )  # type: ignore[arg-type]  # a test's shorthand


def ask(engine: EmbeddedEngine, *tokens: str, **options: object) -> list[tuple[str, float]]:
    query = EngineQuery(EVERYBODY, (Wanted(tokens, 1),), tuple((t, 1.0) for t in tokens), **options)  # type: ignore[arg-type]
    return engine.search(query).hits


@pytest.mark.slow
def test_hits_counts_and_facets_are_what_counting_by_hand_says(tmp_path: Path) -> None:
    engine, entries = EmbeddedEngine(tmp_path), indexed_entries(400)
    build(engine, entries)

    assert differences(engine, entries) == []


def test_scores_are_multiplied_by_the_prior_exactly(tmp_path: Path) -> None:
    engine = EmbeddedEngine(tmp_path)
    build(engine, [entry("full", "智 慧"), entry("half", "智 慧", 0.5), entry("tenth", "智 慧", 0.1)])

    scores = dict(ask(engine, "智"))

    assert scores["half"] / scores["full"] == pytest.approx(0.5, rel=1e-5)
    assert scores["tenth"] / scores["full"] == pytest.approx(0.1, rel=1e-5)
    with pytest.raises(ValueError, match="prior"):
        build(engine, [entry("less", "智", 0.05)])


def test_equal_scores_are_in_one_order_whatever_was_written_first(tmp_path: Path) -> None:
    engine = EmbeddedEngine(tmp_path)
    build(engine, [entry(key, "智") for key in ("c", "a", "b")])

    assert [key for key, _ in ask(engine, "智")] == ["a", "b", "c"]
    assert in_order([("b", 1.0000001), ("a", 1.0), ("c", 2.0)]) == [("c", 2.0), ("a", 1.0), ("b", 1.0000001)]
    assert [key for key, _ in ask(engine, "智", limit=1, offset=1)] == ["b"]


def test_names_are_compared_whole_by_beginning_or_by_part(tmp_path: Path) -> None:
    engine = EmbeddedEngine(tmp_path)
    build(engine, [entry("a", "智", names=("数据安全法",)), entry("b", "慧", names=("网络数据安全条例",), prior=0.5)])

    def found(value: str, match: Match) -> list[str]:
        return [hit.key for hit in engine.find(NameQuery(EVERYBODY, (Condition(NameField.TITLE, (value,), match),)))]

    assert found("数据安全法", Match.EQUALS) == ["a"]
    assert found("数据", Match.PREFIX) == ["a"]
    assert found("数据安全", Match.CONTAINS) == ["a", "b"]
    assert found(".*", Match.PREFIX) == []


def test_an_unpublished_build_leaves_nothing_behind(tmp_path: Path) -> None:
    engine = EmbeddedEngine(tmp_path)
    with pytest.raises(IndexNotBuilt):
        ask(engine, "智")
    build(engine, [entry("a", "智")])

    with engine.building() as index:
        index.add([entry("b", "智")])

    assert [key for key, _ in ask(engine, "智")] == ["a"]
    assert len([folder for folder in tmp_path.iterdir() if folder.is_dir()]) == 1


def test_a_reader_in_use_sees_changes_and_a_new_index_at_its_next_question(tmp_path: Path) -> None:
    writer, reader = EmbeddedEngine(tmp_path), EmbeddedEngine(tmp_path)
    build(writer, [entry("a", "智"), entry("b", "智")])
    assert len(ask(reader, "智")) == 2

    writer.apply([entry("c", "智")], ["a"])
    assert [key for key, _ in ask(reader, "智")] == ["b", "c"]

    build(writer, [entry("d", "智")])
    assert [key for key, _ in ask(reader, "智")] == ["d"]
