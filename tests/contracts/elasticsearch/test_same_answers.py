"""Both engines give the same answers: the same hits in the same order, the same counts."""

from __future__ import annotations

import pytest

from search.actions import drop_entry, index_changes, put_entries, rebuild_index
from search.engines import EngineDown, IndexNotBuilt
from search.engines.elastic import ElasticEngine
from search.engines.embedded import EmbeddedEngine
from search.models import SearchEntry
from search.queries import Answer, AnswerProblem, search
from tests.search.library import AT, WORDS, build, differences, indexed_entries, law_entries

QUERIES = (
    *WORDS, "数据安全条例", "数据安全 条例第三条", "shujuanquan", "sjaq", "数据安权", "公共数据如何共享?", "停车", "第7条", "一二三", "zzz",
    "城市大脑和智慧城市的数据安全由谁负责?", "cim 5g", "条例", "2022", "c++", "数", "30%", "五千元", "智慧城市條例", "智城条例", "智城条例第3条", "数安办法第3条", "数据安全条例第2章", "CIM平台", "信息安",
    "数据安全条例全文", "数据安全条例 3", "数据安全条例对网络安全有什么规定", "《城市大脑办法》电子证照", "停车诱导规定 个人信息",
)  # fmt: skip


def answers(engine: ElasticEngine | EmbeddedEngine) -> list[Answer]:
    """Every query, narrowed and not."""
    return [
        search(query, None, "zh-hans", 20, chosen=chosen, engine=engine)
        for query in QUERIES
        for chosen in ({}, {"kind": ["clause"], "level": ["法律", "行政法规"]}, {"status": ["amended"]})
    ]


@pytest.mark.slow
def test_hits_counts_and_facets_are_what_counting_by_hand_says(elastic: ElasticEngine) -> None:
    entries = indexed_entries(400)
    build(elastic, entries)

    assert differences(elastic, entries) == []


@pytest.mark.slow
@pytest.mark.django_db
def test_the_whole_search_answers_alike_on_both_engines(elastic: ElasticEngine, embedded: EmbeddedEngine) -> None:
    put_entries(law_entries(), at=AT)
    rebuild_index(elastic)
    rebuild_index(embedded)

    for one, other in zip(answers(elastic), answers(embedded), strict=True):
        assert [hit.key for hit in one.hits] == [hit.key for hit in other.hits], one.query
        assert (one.count, one.facets, one.did_you_mean) == (other.count, other.facets, other.did_you_mean), one.query
        # A document that counts twice in an index moves its scores by a thousandth: enough to turn a near tie.
        assert [hit.score for hit in one.hits] == pytest.approx([hit.score for hit in other.hits], rel=1e-4, abs=1e-4)


@pytest.mark.slow
@pytest.mark.django_db
def test_changes_follow_and_a_new_index_takes_over_at_one_blow(elastic: ElasticEngine) -> None:
    with pytest.raises(IndexNotBuilt):
        elastic.apply([], ["x"]) if elastic.is_built() else build_nothing(elastic)
    entries = law_entries(2, 5)
    put_entries(entries, at=AT)
    index_changes(elastic)
    before = search("条例 办法 规定", None, "zh-hans", engine=elastic)
    assert before.problem == AnswerProblem.NONE

    drop_entry(key=entries[1].key, at=AT)
    index_changes(elastic)
    assert search(f"{entries[0].title}第1条", None, "zh-hans", engine=elastic).hits[0].key != entries[1].key

    with elastic.building() as index:
        index.add([])
        assert search(entries[0].title, None, "zh-hans", engine=elastic).count
    assert search(entries[0].title, None, "zh-hans", engine=elastic).count
    assert rebuild_index(elastic) == SearchEntry.objects.count() == 11


def build_nothing(engine: ElasticEngine) -> None:
    """See that writing to what is not there fails and not make an index of the alias's name."""
    try:
        engine.apply([indexed_entries(1)[0]], [])
    except EngineDown as error:
        raise IndexNotBuilt from error
