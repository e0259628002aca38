"""What nobody means, and what is far too long."""

from __future__ import annotations

import random
import time
import uuid
from pathlib import Path

import pytest

from search.actions import index_changes, put_entries
from search.engines.embedded import EmbeddedEngine
from search.queries import DEEPEST, AnswerProblem, search, suggestions
from search.registry import Entry

from .library import AT

SIGNS = "智慧城市数据第条一二三27法《》（）〔〕\"'*()[]{}:\\/^~+-!&|?.,; \t\n\x00\u202e\u200b😀𠀀aZé%_ＡＢ①"


@pytest.fixture
def engine(tmp_path: Path, db: None) -> EmbeddedEngine:
    engine = EmbeddedEngine(tmp_path)
    put(title="智慧城市数据法", body="第一条 数据")
    index_changes(engine)
    return engine


def put(**values: str) -> None:
    own = uuid.uuid4()
    put_entries([Entry(f"policy:{own}", "policy", own, "zh-hans", url=f"/{own}/", **values)], at=AT)


@pytest.mark.slow
def test_five_hundred_random_queries_raise_nothing(engine: EmbeddedEngine) -> None:
    chance = random.Random(3)
    for _ in range(500):
        query = "".join(chance.choices(SIGNS, k=chance.randint(0, 40)))
        search(query, None, "zh-hans", engine=engine)
        suggestions(query, None, "zh-hans", engine=engine)


def test_paging_ends_politely(engine: EmbeddedEngine) -> None:
    assert search("数据", None, "zh-hans", offset=DEEPEST, engine=engine).problem == AnswerProblem.TOO_DEEP
    assert search("数据", None, "zh-hans", offset=10**9, engine=engine).is_too_deep
    assert search("数据", None, "zh-hans", limit=10**6, offset=DEEPEST - 1, engine=engine).problem == AnswerProblem.NONE


@pytest.mark.slow
def test_a_text_of_five_million_characters_is_taken_and_found_by_its_beginning(engine: EmbeddedEngine) -> None:
    put(title="很长的办法", body="开头的停车诱导。" + "城市数据" * 1_250_000)

    index_changes(engine)
    started = time.monotonic()
    answer = search("停车诱导", None, "zh-hans", engine=engine)

    assert [hit.title for hit in answer.hits] == ["很长的办法"]
    assert time.monotonic() - started < 5


def test_characters_beyond_the_basic_plane_are_found(engine: EmbeddedEngine) -> None:
    put(title="𠀀𠀁字库标准", body="")
    index_changes(engine)

    answer = search("𠀀𠀁", None, "zh-hans", engine=engine)

    assert answer.hits[0].title_segments[0].text == "𠀀𠀁"
    assert answer.hits[0].title_segments[0].is_hit
