"""One real Elasticsearch for these tests; without Maven one sentence says so and the rest of the tests runs."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from search.engines.elastic import ElasticEngine
from search.engines.embedded import EmbeddedEngine
from search.queries import forget_words

from .artifacts import NoElasticsearch
from .running import Node


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """Yield a node on a free port of the loopback, ended by its process id."""
    try:
        node = Node(tmp_path_factory.mktemp("elasticsearch"))
        node.start()
    except NoElasticsearch as reason:
        pytest.skip(str(reason))
    yield node
    node.stop()


@pytest.fixture
def elastic(node: Node) -> ElasticEngine:
    """Return the engine on an alias of this test's own; a cold machine may take its time."""
    forget_words()
    return ElasticEngine(node.url, f"test-{secrets.token_hex(4)}", patience=30)


@pytest.fixture
def embedded(tmp_path: Path) -> EmbeddedEngine:
    """Return the other engine."""
    return EmbeddedEngine(tmp_path / "index")
