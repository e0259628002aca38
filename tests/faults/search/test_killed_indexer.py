"""The indexer is killed while it writes, and while it builds anew: afterwards the index is what the database says."""

from __future__ import annotations

import os
import random
import resource
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connections

from search.actions import drop_entry, index_changes, put_entries, rebuild_index
from search.analysis import token_text
from search.engines import EngineQuery, Scope, Wanted
from search.engines.embedded import EmbeddedEngine
from search.models import IndexChange, SearchEntry
from search.queries import search
from tests.search.library import AT, indexed_entries, law_entries

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
EVERYWHERE = Scope(frozenset({"public"}), frozenset({"any", "zh-hans"}))


def indexed(engine: EmbeddedEngine, word: str) -> set[str]:
    """Keys that the index has for a word."""
    tokens = tuple(dict.fromkeys(token_text(word).split()))
    query = EngineQuery(EVERYWHERE, (Wanted(tokens, 1),), tuple((t, 1.0) for t in tokens), limit=5000)
    return {key for key, _ in engine.search(query).hits}


def killed_after(seconds: float, work: Callable[[], None]) -> None:
    """Do the work in a process of its own and end that process without warning."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            work()
            time.sleep(60)
        finally:
            os._exit(1)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def test_killed_again_and_again_it_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.actions.indexing.BATCH", 25)
    chance = random.Random(5)
    entries = law_entries(10, 30)
    put_entries(entries[:50], at=AT)
    rebuild_index(EmbeddedEngine(tmp_path))

    def index_on() -> None:
        engine = EmbeddedEngine(tmp_path)
        while True:
            index_changes(engine)

    for start in range(50, len(entries), 65):
        part = entries[start : start + 65]
        put_entries(part, at=AT)
        put_entries([replace(part[0], title=f"改名{start}")], at=AT)
        drop_entry(key=part[1].key, at=AT)
        killed_after(chance.uniform(0.02, 0.3), index_on)
    engine = EmbeddedEngine(tmp_path)
    while IndexChange.objects.exists():
        index_changes(engine)

    present = set(SearchEntry.objects.values_list("key", flat=True))
    assert indexed(engine, "的第数据安全城市智慧政务条例办法规定改名") == present
    assert {hit.key for hit in search("改名", None, "zh-hans", engine=engine).hits} == {
        entry.key for entry in SearchEntry.objects.filter(title__startswith="改名")
    }


def test_a_killed_rebuild_leaves_the_old_index_serving_and_the_next_one_clears_up(tmp_path: Path) -> None:
    put_entries(law_entries(4, 30), at=AT)
    engine = EmbeddedEngine(tmp_path)
    rebuild_index(engine)
    served = indexed(engine, "的第条")

    def rebuild_on() -> None:
        while True:
            rebuild_index(EmbeddedEngine(tmp_path))

    for seconds in (0.05, 0.15, 0.3):
        killed_after(seconds, rebuild_on)
        assert indexed(EmbeddedEngine(tmp_path), "的第条") == served
    put_entries(law_entries(5, 30), at=AT)
    while IndexChange.objects.exists():
        index_changes(engine)

    assert rebuild_index(engine) == SearchEntry.objects.count()
    assert indexed(engine, "的第条") == set(SearchEntry.objects.values_list("key", flat=True))
    assert len([folder for folder in tmp_path.iterdir() if folder.is_dir()]) == 1


def test_changes_during_a_rebuild_are_in_both_indexes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = law_entries(2, 10)
    put_entries(entries[:-2], at=AT)
    engine = EmbeddedEngine(tmp_path)
    rebuild_index(engine)

    def read_then_change(today: object) -> object:
        rows = list(original(today))  # type: ignore[arg-type]  # passed through
        put_entries(entries[-2:], at=AT)
        drop_entry(key=entries[1].key, at=AT)
        # The indexer goes on with the index in use while the new one is made.
        assert index_changes(engine) == 3
        assert entries[-1].key in indexed(engine, "的第条")
        return rows

    from search.actions import indexing

    original = indexing.engine_entries
    monkeypatch.setattr(indexing, "engine_entries", read_then_change)
    rebuild_index(EmbeddedEngine(tmp_path))

    assert indexed(engine, "的第条") == set(SearchEntry.objects.values_list("key", flat=True))
    assert not IndexChange.objects.exists()


def kept(folder: Path) -> dict[str, bytes]:
    """Every file of the index in use."""
    return {path.name: path.read_bytes() for path in (folder / (folder / "current").read_text()).iterdir()}


def test_a_commit_that_was_killed_can_be_done_again(tmp_path: Path) -> None:
    entries = law_entries(2, 30)
    put_entries(entries, at=AT)
    engine = EmbeddedEngine(tmp_path)
    rebuild_index(engine)
    before = kept(tmp_path)
    put_entries([replace(entry, title=f"改名{entry.title}") for entry in entries[:5]], at=AT)
    drop_entry(key=entries[7].key, at=AT)
    changes = list(IndexChange.objects.values("key", "is_applied"))
    index_changes(engine)
    # Killed before the commit counts: its files are there, and what counts is what it was.
    (tmp_path / (tmp_path / "current").read_text() / "meta.json").write_bytes(before["meta.json"])
    IndexChange.objects.bulk_create(IndexChange(created_at=AT, **change) for change in changes)
    left_over = [name for name in kept(tmp_path).keys() - before.keys() if name.endswith(".del")]

    again = EmbeddedEngine(tmp_path)
    index_changes(again)

    assert left_over and not IndexChange.objects.exists()
    assert indexed(again, "的第条改名") == set(SearchEntry.objects.values_list("key", flat=True))
    assert len(search("改名", None, "zh-hans", engine=again).hits) == 5


@pytest.mark.parametrize("broken", ["meta.json", ".managed.json"])
def test_a_broken_index_is_built_anew(tmp_path: Path, broken: str, caplog: pytest.LogCaptureFixture) -> None:
    entries = law_entries(2, 30)
    put_entries(entries, at=AT)
    rebuild_index(EmbeddedEngine(tmp_path))
    (tmp_path / (tmp_path / "current").read_text() / broken).write_bytes(b"{")
    drop_entry(key=entries[3].key, at=AT)

    engine = EmbeddedEngine(tmp_path)
    index_changes(engine)

    assert indexed(engine, "的第条") == set(SearchEntry.objects.values_list("key", flat=True))
    assert "built anew" in caplog.text and not IndexChange.objects.exists()


def test_without_space_the_index_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = law_entries(2, 30)
    put_entries(entries, at=AT)
    engine = EmbeddedEngine(tmp_path)
    rebuild_index(engine)
    before = (tmp_path / "current").read_text()
    put_entries([replace(entries[3], title="改名")], at=AT)
    monkeypatch.setattr("search.engines.embedded.SPACE", 1 << 60)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        index_changes(engine)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert IndexChange.objects.count() == 1 and (tmp_path / "current").read_text() == before
    index_changes(engine)
    assert not IndexChange.objects.exists() and entries[3].key in indexed(engine, "改名")


def test_an_entry_that_cannot_be_written_is_no_broken_index(tmp_path: Path) -> None:
    put_entries(law_entries(1, 3), at=AT)
    engine = EmbeddedEngine(tmp_path)
    rebuild_index(engine)
    wrong = replace(next(iter(indexed_entries(1))), prior=0.01)

    with pytest.raises(ValueError, match="prior"):
        engine.apply([wrong], [])
