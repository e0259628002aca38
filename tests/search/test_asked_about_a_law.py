"""A title with more behind it: the law itself, its clause, or what it says of what is asked. Invented laws."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from search.about import asked_about
from search.actions import put_entries, rebuild_index
from search.engines.embedded import EmbeddedEngine
from search.intents import IntentKind
from search.queries import Answer, forget_words, search
from search.registry import Entry

from .library import AT

pytestmark = pytest.mark.django_db
CLAUSES = {
    1: "为了规范铁路安全，制定本规则。",
    2: "铁路沿线不得燃放烟花爆竹。",
    3: "无人机飞越铁路上空应当经过批准。",
    14: "违反规定的，由主管部门处罚款。",
}
LAWS = (
    ("铁路安全管理条例", "行政法规", "in_force"),
    ("重庆市铁路安全管理条例", "地方性法规", "in_force"),
    ("济宁市烟花爆竹管理规定", "地方性法规", "repealed"),
    ("最高人民法院关于适用《中华人民共和国仲裁法》若干问题的解释", "司法解释", "in_force"),
    ("最高人民法院关于适用《中华人民共和国票据法》若干问题的解释（一）", "司法解释", "in_force"),
)


@pytest.fixture
def engine(tmp_path: Path) -> EmbeddedEngine:
    forget_words()
    put_entries([entry for law in LAWS for entry in entries(*law)], at=AT)
    engine = EmbeddedEngine(tmp_path)
    rebuild_index(engine)
    return engine


def entries(title: str, level: str, status: str) -> list[Entry]:
    own = uuid.uuid5(uuid.NAMESPACE_OID, title)
    key = f"policy:{own}:zh-hans"
    shared = {"language": "zh-hans", "level": level, "status": status}
    law = Entry(key=key, kind="policy", source_uuid=own, title=title, body="", url=f"/p/{own}/", **shared)
    return [law] + [
        Entry(
            key=f"clause:{own}:{number}", kind="clause", source_uuid=uuid.uuid5(own, str(number)), title=f"第{number}条",
            body=body, url=f"/p/{own}/#art-{number}", parent_key=key, parent_title=title, anchor=f"art-{number}", **shared,
        )
        for number, body in CLAUSES.items()
    ]  # fmt: skip


def first(answer: Answer) -> tuple[str, str]:
    hit = answer.hits[0]
    return hit.parent_title or hit.title, hit.anchor


@pytest.mark.parametrize(
    "query",
    [
        "重庆市铁路安全管理条例全文",
        "重庆市铁路安全管理条例是哪年施行的？",
        "请问《重庆市铁路安全管理条例》还有效吗",
        "重庆市铁路安全管理条例 最新版",
    ],
)
def test_the_law_itself_is_asked_for(engine: EmbeddedEngine, query: str) -> None:
    answer = search(query, None, "zh-hans", engine=engine)

    assert first(answer) == ("重庆市铁路安全管理条例", "")
    assert answer.intent and answer.intent.kind == IntentKind.TITLE


@pytest.mark.parametrize(
    ("query", "anchor"),
    [
        ("重庆市铁路安全管理条例 14", "art-14"),
        ("重庆市铁路安全管理条例第十四", "art-14"),
        ("庆市铁路安全管理条例 14", "art-14"),
        ("重庆市铁路安全管理条例对无人机有什么规定", "art-3"),
        ("根据《重庆市铁路安全管理条例》，沿线能否燃放烟花爆竹？", "art-2"),
        ("重庆市铁路安全管理条例 罚款", "art-14"),
    ],
)
def test_a_clause_of_the_named_law_comes_before_those_of_higher_ones(
    engine: EmbeddedEngine, query: str, anchor: str
) -> None:
    assert first(search(query, None, "zh-hans", engine=engine)) == ("重庆市铁路安全管理条例", anchor)


def test_the_counts_are_those_of_the_words(engine: EmbeddedEngine) -> None:
    answer = search("重庆市铁路安全管理条例 罚款", None, "zh-hans", engine=engine)

    assert answer.count == len(answer.hits) == len({hit.key for hit in answer.hits})


def test_a_repealed_law_is_named_too_and_marked(engine: EmbeddedEngine) -> None:
    hit = search("济宁市烟花爆竹管理规定全文", None, "zh-hans", engine=engine).hits[0]

    assert (hit.title, hit.status) == ("济宁市烟花爆竹管理规定", "repealed")


def test_a_year_is_no_clause_and_a_title_of_its_own_no_title_with_more() -> None:
    assert asked_about("重庆市铁路安全管理条例 2022")[0].article == ""
    assert asked_about("数据安全") == []
    assert [one.name for one in asked_about("铁路安全管理条例实施办法 罚款")] == [
        "铁路安全管理条例实施办法",
        "铁路安全管理条例",
    ]


def test_titles_of_other_shapes_have_more_behind_them_too() -> None:
    assert asked_about("组成人员守则全文")[0].name == "组成人员守则"
    assert asked_about("关于议案的若干暂行规定全文")[0].name == "关于议案的若干暂行规定"
    assert (asked_about("民法典 合同编 912")[0].name, asked_about("民法典 合同编 912")[0].article) == (
        "民法典合同编",
        "912",
    )


def test_the_law_that_a_title_is_about_is_no_addition_to_it(engine: EmbeddedEngine) -> None:
    answer = search("最高人民法院关于适用《票据法》若干问题的解释", None, "zh-hans", engine=engine)

    assert first(answer) == (LAWS[4][0], "")
    assert answer.choices == []


def test_an_addition_stays_with_the_title_and_a_slip_stays_a_slip(engine: EmbeddedEngine) -> None:
    asked = search("最高人民法院关于适用《票据法》若干问题的解释（一）全文", None, "zh-hans", engine=engine)
    slip = search("重庆市铁路安全管理条利", None, "zh-hans", engine=engine)

    assert first(asked) == (LAWS[4][0], "")
    assert first(slip) == ("重庆市铁路安全管理条例", "")
    assert slip.did_you_mean == "重庆市铁路安全管理条例"
