"""Queries as people type them: places, scripts, amounts, chapters, numbers, short names. Invented laws; titles of real ones."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from search import registry
from search.actions import index_changes, put_entries
from search.engines.embedded import EmbeddedEngine
from search.models import SearchEntry, Synonym
from search.queries import Answer, forget_words, search, suggestions
from search.registry import Entry

from .library import AT

SHORT = {"level": "法律"}
LOCAL = {"level": "地方性法规"}
LAWS: list[tuple[str, dict[str, str]]] = [
    ("中华人民共和国数据安全法", {"level": "法律", "number": "中华人民共和国主席令第八十四号"}),
    ("中华人民共和国网络安全法", SHORT),
    ("中华人民共和国反电信网络诈骗法", SHORT),
    ("中华人民共和国反间谍法", SHORT),
    ("中华人民共和国民法典", SHORT),
    ("中华人民共和国宪法", SHORT),
    ("中华人民共和国居民身份证法", SHORT),
    ("关键信息基础设施安全保护条例", {"level": "行政法规", "number": "国务院令第745号"}),
    ("机关事务管理条例", {"level": "行政法规"}),
    ("网络数据安全管理条例", {"level": "行政法规"}),
    ("信息安全等级保护管理办法", {"level": "部门规章"}),
    ("住房公积金管理条例", {"level": "行政法规"}),
    ("济宁市智慧城市促进条例", {**LOCAL, "region": "370000"}),
    ("秦川省智慧城市促进条例", {**LOCAL, "region": "610000"}),
    ("上海市数据条例", {**LOCAL, "region": "310000"}),
    ("日照市物业管理条例", {**LOCAL, "region": "370000"}),
    ("北京市物业管理条例", {**LOCAL, "region": "110000"}),
    ("公共数据开放办法（试行）", {"level": "部门规章", "status": "repealed", "number": "某部令第5号"}),
]
ARTICLES = {
    "总则": ("第一编 总则 / 第一章 一般规定", "第一百零八条", "第一百一十一条"),
    "人格": ("第四编 人格权 / 第六章 隐私权", "第一千零三十四条", "第一百一十一条之一"),
}
TEXTS = {
    "第一条": ("第一章 总则", "罚款五千元以下，比例为百分之三十，依托 CIM 平台办理。"),
    "第五条": ("第一章 总则", "罚款5000元，比例为30%，台风期间冻结账户。"),
    "第十条": ("第二章 数据安全制度", "处一万元罚款，保存30份，部分图像归入CIM平台。"),
    "第二十七条": ("第四章 数据安全保护义务", "建立健全全流程数据安全管理制度，济宁以外也办理停车。"),
    "第二十八条": ("第四章 数据安全保护义务", "当事人可以申请撤销登记，其他事项另行规定。"),
}  # fmt: skip


def key_of(title: str) -> str:
    return f"policy:{uuid.uuid5(uuid.NAMESPACE_OID, title)}"


def entries() -> Iterator[Entry]:
    for title, marks in LAWS:
        own = uuid.uuid5(uuid.NAMESPACE_OID, title)
        shared = {"language": "zh-hans", "status": "in_force", **marks}
        yield Entry(key=key_of(title), kind="policy", source_uuid=own, title=title, body="", url=f"/{own}/", **shared)
        held = TEXTS
        if title.endswith("民法典"):
            held = {number: (path, "民事权利受保护。") for path, *numbers in ARTICLES.values() for number in numbers}
        for number, (path, text) in held.items():
            yield Entry(
                key=f"clause:{own}:{number}", kind="clause", source_uuid=uuid.uuid5(own, number), title=number, body=text,
                url=f"/{own}/#{number}", parent_key=key_of(title), parent_title=title, path=path,
                **{name: value for name, value in shared.items() if name != "number"},
            )  # fmt: skip


@pytest.fixture
def engine(tmp_path: Path, db: None) -> EmbeddedEngine:
    engine = EmbeddedEngine(tmp_path)
    put_entries(entries(), at=AT)
    index_changes(engine)
    return engine


def ask(engine: EmbeddedEngine, text: str, limit: int = 10) -> Answer:
    return search(text, None, "zh-hans", limit, engine=engine)


def first(engine: EmbeddedEngine, text: str) -> str:
    hits = ask(engine, text, 1).hits
    return " ".join(filter(None, (hits[0].parent_title, hits[0].title))) if hits else ""


def found(engine: EmbeddedEngine, text: str) -> tuple[int, set[str]]:
    answer = ask(engine, text, 100)
    return answer.count, {hit.key for hit in answer.hits}


@pytest.mark.parametrize(
    ("query", "right"),
    [
        ("數據安全法第二十七條", "中华人民共和国数据安全法 第二十七条"),
        ("數據安全法 27條", "中华人民共和国数据安全法 第二十七条"),
        ("濟寧市智慧城市促進條例", "济宁市智慧城市促进条例"),
        ("济宁市智慧城市条例", "济宁市智慧城市促进条例"),
        ("济宁智慧城市促进条例", "济宁市智慧城市促进条例"),
        ("济宁智慧城市", "济宁市智慧城市促进条例"),
        ("上海数据条例10条", "上海市数据条例 第十条"),
        ("日照物业条例第五条", "日照市物业管理条例 第五条"),
        ("关基条例", "关键信息基础设施安全保护条例"),
        ("關基條例第5條", "关键信息基础设施安全保护条例 第五条"),
        ("反诈法", "中华人民共和国反电信网络诈骗法"),
        ("公积金条例", "住房公积金管理条例"),
        ("网络数据条例第十条", "网络数据安全管理条例 第十条"),
        ("中华人民共和国主席令第84号", "中华人民共和国数据安全法"),
        ("主席令第八十四号", "中华人民共和国数据安全法"),
        ("国务院第745号令", "关键信息基础设施安全保护条例"),
        ("国令第745号", "关键信息基础设施安全保护条例"),
        ("民法典总则编第111条", "中华人民共和国民法典 第一百一十一条"),
        ("民法典第四编第1034条", "中华人民共和国民法典 第一千零三十四条"),
    ],
)
def test_a_law_or_clause_is_found_as_people_name_it(engine: EmbeddedEngine, query: str, right: str) -> None:
    assert first(engine, query) == right


@pytest.mark.parametrize(
    ("query", "other"),
    [
        ("5000元", "五千元"),
        ("5,000元", "五千元"),
        ("10000元", "一万元"),
        ("壹万元", "1万元"),
        ("30%", "百分之三十"),
        ("百分之30", "３０％"),
        ("颱風", "台风"),
        ("網絡數據", "网络数据"),
        ("帐户", "账户"),
        ("图象", "图像"),
        ("部份", "部分"),
        ("撤消登记", "撤销登记"),
        ("其它事项", "其他事项"),
        ("CIM平台", "CIM 平台"),
        ("cim平台办理", "CIM 平台办理"),
    ],
)
def test_two_ways_of_writing_find_the_same(engine: EmbeddedEngine, query: str, other: str) -> None:
    forget_words()

    count, keys = found(engine, query)

    assert (count, keys) == found(engine, other)
    assert count > 0


def test_a_share_is_not_a_mere_number(engine: EmbeddedEngine) -> None:
    assert all("第十条" not in key for key in found(engine, "30%")[1])
    assert any("第十条" in key for key in found(engine, "30份")[1])


def test_a_synonym_does_not_grow_together_with_latin_letters(engine: EmbeddedEngine) -> None:
    Synonym.objects.create(words="CIM\n城市信息模型")

    assert found(engine, "CIM平台") == found(engine, "CIM 平台")


def test_the_clauses_of_a_chapter_come_in_their_order(engine: EmbeddedEngine) -> None:
    for query in ("数据安全法第四章", "数据安全法第4章", "数据安全法数据安全保护义务章"):
        hits = ask(engine, query, 2).hits
        assert [(hit.parent_title, hit.title) for hit in hits] == [
            ("中华人民共和国数据安全法", "第二十七条"), ("中华人民共和国数据安全法", "第二十八条"),
        ], query  # fmt: skip


def test_several_laws_of_a_name_are_a_choice_and_one_is_none(engine: EmbeddedEngine) -> None:
    def choices(text: str) -> list[str]:
        return [choice.title for choice in ask(engine, text).choices]

    assert set(choices("物业条例")) == {"日照市物业管理条例", "北京市物业管理条例"}
    assert set(choices("物业条例第五条")) == {"日照市物业管理条例", "北京市物业管理条例"}
    assert choices("日照物业条例") == choices("数据安全法") == choices("管理条例") == []


@pytest.mark.parametrize("words", ["管理条例", "信息安全法", "安全保护规定"])
def test_words_that_only_end_like_a_law_are_no_short_name(engine: EmbeddedEngine, words: str) -> None:
    answer = ask(engine, words)

    # 办法 is no 法.
    assert answer.intent is not None
    assert answer.intent.kind.value == "keyword"


def test_a_suggestion_is_a_word_and_never_a_piece_of_two(engine: EmbeddedEngine) -> None:
    assert ask(engine, "西安").did_you_mean == ""
    assert [one.title for one in suggestions("西安", None, "zh-hans", engine=engine)] == []
    assert ask(engine, "智汇城市").did_you_mean == "智慧城市"
    # As the title writes it, although 份 is looked for as 分.
    assert ask(engine, "居民身份正法").did_you_mean == "居民身份证法"
    assert [one.title for one in suggestions("县法", None, "zh-hans", engine=engine)] == ["中华人民共和国宪法"]


@pytest.mark.parametrize(
    "query",
    [
        "公共数据开放办法",
        "公共數據開放辦法（試行）",
        "gonggongshujukaifangbanfa",
        "ggsjkfbf",
        "某部令第五号",
        "公共开放办法",
    ],
)
def test_a_repealed_law_is_found_by_its_name_and_says_what_replaced_it(engine: EmbeddedEngine, query: str) -> None:
    own = uuid.uuid5(uuid.NAMESPACE_OID, "公共数据开放办法（试行）")
    asked = {"policy": lambda sources: {source: ("公共数据条例", "/new/") for source in sources if source == own}}
    with registry._replacements.temporarily(asked, alone=True):
        answer = ask(engine, query)

    assert (answer.hits[0].title, answer.hits[0].status) == ("公共数据开放办法（试行）", "repealed")
    assert answer.hits[0].replaced_by == ("公共数据条例", "/new/")
    assert answer.count == sum(kind.count for kind in answer.kinds) >= 1


def test_a_clause_of_a_repealed_law_is_found_and_its_words_stay_hidden(engine: EmbeddedEngine) -> None:
    own = uuid.uuid5(uuid.NAMESPACE_OID, "公共数据开放办法（试行）")
    with registry._replacements.temporarily(
        {"policy": lambda sources: dict.fromkeys(sources, ("新办法", "/n/"))}, alone=True
    ):
        hit = ask(engine, "公共数据开放办法第五条").hits[0]

    assert (hit.parent_key, hit.title, hit.replaced_by) == (f"policy:{own}", "第五条", ("新办法", "/n/"))
    assert all(hit.status != "repealed" for hit in ask(engine, "百分之三十", 100).hits)
    chosen = search("公共数据开放办法", None, "zh-hans", chosen={"status": ["in_force"]}, engine=engine)
    assert all(hit.status == "in_force" for hit in chosen.hits)


def test_the_page_shows_the_choice_and_the_replacement(
    client: Client, engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.indexing.installed_engine", lambda name=None: engine)
    with registry._replacements.temporarily(
        {"policy": lambda sources: dict.fromkeys(sources, ("新<法", "/n/"))}, alone=True
    ):
        replaced = client.get("/search/", {"q": "公共数据开放办法"}).content.decode()
    tied = client.get("/search/", {"q": "物业条例"}).content.decode()

    assert '<a href="/n/">新&lt;法</a>' in replaced
    assert "可能指下列几部" in tied
    assert ">日照市物业管理条例</a>" in tied


def test_rights_hold_for_choices_too(engine: EmbeddedEngine) -> None:
    SearchEntry.objects.filter(key=key_of("日照市物业管理条例")).update(audience="role:auditor")

    assert "日照市物业管理条例" not in [choice.title for choice in ask(engine, "物业条例").choices]
