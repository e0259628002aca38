"""Words of the staff count with the next query, without a new index."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from search.actions import index_changes, put_entries
from search.engines.embedded import EmbeddedEngine
from search.models import BestBet, Polyphone, Synonym
from search.queries import forget_words, search, staff_words, suggestions
from search.registry import Entry

from .library import AT


def entry(title: str, body: str = "", kind: str = "policy", **options: object) -> Entry:
    own = uuid.uuid5(uuid.NAMESPACE_OID, title)
    values = {"language": "zh-hans", "url": f"/{own}/", **options}
    return Entry(key=f"{kind}:{own}", kind=kind, source_uuid=own, title=title, body=body, **values)  # type: ignore[arg-type]


@pytest.fixture
def engine(tmp_path: Path, db: None) -> EmbeddedEngine:
    Synonym.objects.all().delete()
    engine = EmbeddedEngine(tmp_path)
    put_entries(
        [
            entry("城市大脑建设导则"),
            entry("智慧城市评价指标"),
            entry("会计条例"),
            entry("中华人民共和国个人信息保护法", aliases="个保法"),
            entry("停车诱导实训", kind="lab", audience="authenticated"),
        ],
        at=AT,
    )
    index_changes(engine)
    return engine


def titles(engine: EmbeddedEngine, text: str) -> list[str]:
    return [hit.title for hit in search(text, None, "zh-hans", engine=engine).hits]


def test_a_synonym_counts_at_once_and_only_while_it_stands(engine: EmbeddedEngine) -> None:
    assert titles(engine, "智慧城市") == ["智慧城市评价指标"]

    synonym = Synonym.objects.create(words="智慧城市\n城市大脑\n")

    assert set(titles(engine, "智慧城市")) == {"智慧城市评价指标", "城市大脑建设导则"}
    synonym.delete()
    assert titles(engine, "智慧城市") == ["智慧城市评价指标"]


def test_a_best_bet_comes_first_for_those_who_may_open_it(engine: EmbeddedEngine) -> None:
    BestBet.objects.create(queries="评价指标\n", entry_key=entry("城市大脑建设导则").key)
    BestBet.objects.create(queries="评价 指标", entry_key=entry("停车诱导实训", kind="lab").key, position=0)

    assert titles(engine, "评价指标") == ["城市大脑建设导则", "智慧城市评价指标"]


def test_a_polyphone_is_found_as_the_staff_reads_it(engine: EmbeddedEngine) -> None:
    assert titles(engine, "kuaijitiaoli") == ["会计条例"]
    assert titles(engine, "huijitiaoli") == []

    Polyphone.objects.create(word="会计", reading="hui ji")

    assert titles(engine, "huijitiaoli") == titles(engine, "hjtl") == ["会计条例"]


def test_a_short_title_and_a_homophone_lead_to_the_law(engine: EmbeddedEngine) -> None:
    assert titles(engine, "个保法")[0] == "中华人民共和国个人信息保护法"

    answer = search("个人信息宝护法", None, "zh-hans", engine=engine)

    assert (answer.hits[0].title, answer.did_you_mean) == ("中华人民共和国个人信息保护法", "个人信息保护法")
    assert search("智汇城市", None, "zh-hans", engine=engine).did_you_mean == "智慧城市"


def test_suggestions_follow_typing_in_both_scripts_and_keep_rights(engine: EmbeddedEngine) -> None:
    def offered(text: str) -> list[str]:
        return [one.title for one in suggestions(text, None, "zh-hans", engine=engine)]

    assert offered("智慧") == ["智慧城市评价指标"]
    assert offered("大脑") == ["城市大脑建设导则"]
    assert offered("zhihuich") == offered("zhcs") == ["智慧城市评价指标"]
    assert offered("停车") == offered("!") == []


def test_words_are_read_once_for_many_queries(engine: EmbeddedEngine, django_assert_num_queries: object) -> None:
    forget_words()
    with django_assert_num_queries(3):  # type: ignore[operator]  # a fixture of pytest-django
        staff_words()
        staff_words()
