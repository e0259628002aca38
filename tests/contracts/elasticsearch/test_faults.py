"""Elasticsearch killed, silent, or not there: readers are told in time, and nothing is lost."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from search import indexing
from search.actions import index_changes, put_entries, rebuild_index
from search.engines import FACETS, EngineQuery, Scope, Wanted
from search.engines.elastic import ElasticEngine
from search.models import IndexChange, SearchEntry
from search.queries import AnswerProblem, search
from tests.search.library import AT, law_entries

from .running import Node

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SOON = 1.5


def indexed_keys(engine: ElasticEngine) -> set[str]:
    """Every key that the index has."""
    tokens = tuple("条例办法规定的第数据安全市")
    query = EngineQuery(
        Scope(frozenset({"public"}), frozenset({"any", "zh-hans"})),
        (Wanted(tokens, 1),), tuple((token, 1.0) for token in tokens), facets=FACETS, limit=5000,
    )  # fmt: skip
    return {key for key, _ in engine.search(query).hits}


def caught_up(engine: ElasticEngine) -> bool:
    """Return whether the outbox gets empty within a minute."""
    deadline = time.monotonic() + 60
    while IndexChange.objects.exists() and time.monotonic() < deadline:
        index_changes(engine)
    return not IndexChange.objects.exists()


def test_killed_in_the_middle_of_writing_it_has_everything_afterwards(
    node: Node, elastic: ElasticEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.actions.indexing.BATCH", 50)
    entries = law_entries(20, 40)
    put_entries(entries[:100], at=AT)
    rebuild_index(elastic)
    put_entries(entries[100:], at=AT)
    killer = threading.Timer(0.4, lambda: os.kill(node.pid, signal.SIGKILL))
    killer.start()
    for _ in range(8):
        index_changes(elastic)
    killer.join()
    node.kill()
    assert index_changes(elastic) == 0
    assert IndexChange.objects.exists() or SearchEntry.objects.count() == len(entries)

    node.start()

    assert caught_up(elastic)
    assert indexed_keys(elastic) == set(SearchEntry.objects.values_list("key", flat=True))


def test_without_it_readers_get_a_clear_page_at_once_and_the_rest_works(
    node: Node, elastic: ElasticEngine, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_entries(law_entries(1, 3), at=AT)
    rebuild_index(elastic)
    monkeypatch.setattr(indexing, "installed_engine", lambda name=None: elastic)
    client.get("/search/", {"q": "数据"})

    impatient = ElasticEngine(node.url, elastic.alias)
    monkeypatch.setattr(indexing, "installed_engine", lambda name=None: impatient)
    os.kill(node.pid, signal.SIGSTOP)
    try:
        silent = timed(lambda: search("数据", None, "zh-hans", engine=impatient).problem)
        page = timed(lambda: client.get("/search/", {"q": "数据"}).status_code)
    finally:
        os.kill(node.pid, signal.SIGCONT)
    put_entries(law_entries(2, 3), at=AT)
    node.kill()
    gone = timed(lambda: search("数据", None, "zh-hans", engine=elastic).problem)
    assert index_changes(elastic) == 0
    node.start()

    assert silent == (AnswerProblem.ENGINE_DOWN, True)
    assert page[1]
    assert page[0] in {200, 503}
    assert gone == (AnswerProblem.ENGINE_DOWN, True)
    assert caught_up(elastic)
    assert search("第2条", None, "zh-hans", engine=elastic).problem == AnswerProblem.NONE


def timed(work: Any) -> tuple[Any, bool]:
    """Return what the work gives, and whether it gave it soon enough."""
    started = time.monotonic()
    return work(), time.monotonic() - started <= SOON


def test_an_address_where_nobody_listens_is_no_different(tmp_path: Path) -> None:
    engine = ElasticEngine("http://127.0.0.1:1")

    assert timed(lambda: search("数据", None, "zh-hans", engine=engine).problem) == (AnswerProblem.ENGINE_DOWN, True)
    assert index_changes(engine) == 0


def test_a_node_that_does_not_answer_in_time_leaves_no_process(
    node: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.contracts.elasticsearch.running.READY_WITHIN_S", 0.0)
    late = Node(tmp_path)

    with pytest.raises(RuntimeError, match="did not start"):
        late.start()

    assert not Path("/proc", str(late.pid)).exists()
