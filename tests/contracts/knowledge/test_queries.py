"""Queries that people typed on real laws, each with its right first hit or with the query that must find the same."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks._search_corpus import entries_of, read_laws
from portal.installation.paths import ROOT
from search.actions import put_entries, rebuild_index
from search.engines.embedded import EmbeddedEngine
from search.models import SearchEntry
from search.queries import Answer, forget_words, search
from tests.search.library import AT

LAWS = Path(os.environ.get("CHENGXUE_DATA") or ROOT.parent / "shared" / "data") / "laws"
EVERY = 60
NAMED = (
    "数据安全",
    "智慧城市",
    "数据条例",
    "物业管理条例",
    "民法典",
    "反电信网络诈骗法",
    "关键信息基础设施",
    "网络安全法",
    "个人信息保护法",
    "爱国卫生",
    "防汛",
    "刑法",
)
"""Parts of titles of which all laws are taken; of the others one in sixty, as noise."""
RIGHT = [
    ("數據安全法第二十七條", "中华人民共和国数据安全法 第二十七条"),
    ("济宁市智慧城市条例", "济宁市智慧城市促进条例"),
    ("济宁智慧城市促进条例", "济宁市智慧城市促进条例"),
    ("上海数据条例10条", "上海市数据条例 第十条"),
    ("日照物业条例第五条", "日照市物业管理条例 第五条"),
    ("数据安全法第四章", "中华人民共和国数据安全法 第二十七条"),
    ("关基条例", "关键信息基础设施安全保护条例"),
    ("反诈法", "中华人民共和国反电信网络诈骗法"),
    ("民法典总则编第111条", "中华人民共和国民法典 总则 第一百一十一条"),
    ("民法典人格权编第1034条", "中华人民共和国民法典 人格权编 第一千零三十四条"),
    ("中華人民共和國主席令第84號", "中华人民共和国数据安全法"),
]
SAME = [
    ("個人信息保護", "个人信息保护"), ("颱風", "台风"), ("5000元", "五千元"), ("30%", "百分之三十"), ("CIM平台", "CIM 平台"),
    ("GIS平台", "GIS 平台"), ("帐户", "账户"),
]  # fmt: skip

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db,
    pytest.mark.skipif(not LAWS.is_dir(), reason=f"the law corpus is not at {LAWS}"),
]


def ask(engine: EmbeddedEngine, text: str) -> Answer:
    return search(text, None, "zh-hans", 200, engine=engine)


def test_each_query_has_its_right_answer(tmp_path: Path) -> None:
    forget_words()
    passages = [
        passage
        for passage in read_laws(LAWS)
        if int(passage.document) % EVERY == 0 or any(part in passage.law for part in NAMED)
    ]
    put_entries(entries_of(passages), at=AT)
    # The corpus has no numbers; the importer reads them where a text has its order before it.
    SearchEntry.objects.filter(kind="policy", title="中华人民共和国数据安全法").update(number="主席令第八十四号")
    engine = EmbeddedEngine(tmp_path)
    rebuild_index(engine)

    wrong = []
    for query, right in RIGHT:
        hits = ask(engine, query).hits
        if not hits or " ".join(filter(None, (hits[0].parent_title, hits[0].title))) != right:
            wrong.append((query, right, hits[0].title if hits else None))
    for query, other in SAME:
        one, two = ask(engine, query), ask(engine, other)
        if not one.count or one.count != two.count or {hit.key for hit in one.hits} != {hit.key for hit in two.hits}:
            wrong.append((query, other, one.count, two.count))
    assert wrong == []
    assert ask(engine, "西安").did_you_mean == ""
