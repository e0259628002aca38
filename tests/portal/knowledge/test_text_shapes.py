"""Heads of articles by their order, the parts of official documents, pages, several laws in one file, kinds of file."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest

from portal.knowledge.parsing.about import About, complete, end_of_validity, number_in
from portal.knowledge.parsing.formats import UnreadableFile, read_file
from portal.knowledge.parsing.pieces import build_tree, clause_eid
from portal.knowledge.parsing.wording import read_wording
from portal.knowledge.sources import file_sources, sentence_of

from .word_files import paragraph, word_file


def numbers(*lines: str) -> list[str]:
    """Return the numbers of the clauses of a text."""
    return [clause.number for clause in read_wording(enumerate(lines, start=1)).clauses]


def codes(*lines: str) -> list[str]:
    """Return what is noted of a text."""
    return [problem.code for problem in read_wording(enumerate(lines, start=1)).problems]


def test_heads_of_every_writing_are_heads() -> None:
    written = (
        "第１条　甲。",
        "第 二 条 乙。",
        "第三条．丙。",
        "第四条：丁。",
        "【第五条】戊。",
        "第六條（己）庚。",
        "第7条辛。",
    )

    assert numbers(*written) == ["第１条", "第二条", "第三条", "第四条", "第五条", "第六條", "第7条"]
    assert codes(*written) == []


def test_the_expected_number_tells_a_head_from_a_reference() -> None:
    assert numbers("第一条为了甲。", "第二条中小学校乙。", "第三条和平路丙。") == ["第一条", "第二条", "第三条"]
    assert numbers("第一条甲。", "第二条乙。", "第三条中的情形除外。", "第三条丙。") == ["第一条", "第二条", "第三条"]
    assert numbers("第一条甲，依照本办法", "第二条以外的规定办理。", "第二条乙。") == ["第一条", "第二条"]
    assert numbers("第一条甲。", "第三条丙。", "第四条丁。") == ["第一条", "第三条", "第四条"]


def test_gaps_steps_back_and_repetitions_are_noted() -> None:
    assert codes("第一条 甲。", "第二条 乙。", "第五条 丙。", "第四条 丁。", "第四条 戊。", "第四条之一 己。") == [
        "numbers_missing", "number_out_of_order", "number_repeated",
    ]  # fmt: skip


@pytest.mark.parametrize("line", ["第壹条　甲。", "第Ⅰ条　甲。"])
def test_lines_like_articles_of_which_none_was_read_are_refused(line: str) -> None:
    assert codes(line) == ["articles_unread"]


def test_a_document_may_speak_of_articles() -> None:
    assert codes("一、甲。", "第五条规定的除外。", "“第六条　乙。”") == []


def test_no_line_below_a_heading_is_lost() -> None:
    found = read_wording(
        enumerate(["第一章", "总则", "第一条 甲。", "第二章 乙", "本章说明。", "第二条 丙。"], start=1)
    )

    assert [(clause.number, clause.above, clause.text) for clause in found.clauses] == [
        ("第一条", ("第一章 总则",), "甲。"), ("¶", ("第二章 乙",), "本章说明。"), ("第二条", ("第二章 乙",), "丙。"),
    ]  # fmt: skip


def test_the_last_chapter_keeps_its_heading_before_an_annex() -> None:
    found = read_wording(
        enumerate(["第一章 附则", "第一条 甲。", "附件1", "章程", "第一条 乙。", "附件2：表"], start=1)
    )

    assert [(clause.number, clause.above) for clause in found.clauses] == [
        ("第一条", ("第一章 附则",)), ("附件1", ()), ("第一条", ("附件1 章程",)), ("附件2", ()),
    ]  # fmt: skip
    assert found.problems == []


def test_items_nest_by_the_order_of_their_marks() -> None:
    found = read_wording(
        enumerate(["第一条 甲：", "1.乙：", "（1）丙；", "①丁；", "2.戊。", "己：", "a)庚。"], start=1)
    )

    tree = [piece.eid for piece in build_tree(found.clauses)]
    assert tree[1:] == [
        "art-1-p1", "art-1-p1-i1", "art-1-p1-i1-i1", "art-1-p1-i1-i1-i1", "art-1-p1-i2", "art-1-p2", "art-1-p2-i1",
    ]  # fmt: skip
    assert {clause_eid(eid) for eid in tree} == {"art-1"}


NOTICE = """示例省数据局文件
示数规〔2025〕4号
示例省数据局
关于印发《示例省公共数据管理办法》的通知
各市数据局：
现将《示例省公共数据管理办法》印发给你们。
示例省数据局
2025年4月1日
示例省公共数据管理办法
第一章　总则
第一条　为了规范公共数据，制定本办法。
第二章　附则
第二条　本办法自2025年5月1日起施行，有效期2年。
示例省数据局办公室　　2025年4月2日印发
"""
OPINION = """示例市人民政府办公室文件
示政办发〔2025〕12号
示例市人民政府办公室关于推进城市运行
一网统管的实施意见
各区人民政府：
一、总体要求
（一）目标。到2027年
建成一张网，并且在全市范围之内统一
运行。
二、保障
（一）加强领导。
附件：任务分工表
示例市人民政府办公室
2025年3月4日
抄送：市委各部门，市人大常委会办公室，
市政协办公室。
示例市人民政府办公室　2025年3月5日印发
附件
任务分工表
"""


@pytest.mark.django_db
def test_a_notice_brings_its_law() -> None:
    (source,) = file_sources("a.txt", NOTICE.encode())

    about = source.about
    assert (about.title, about.number, about.issuer) == ("示例省公共数据管理办法", "示数规〔2025〕4号", "示例省数据局")
    assert (about.effective_date, about.valid_until) == (date(2025, 5, 1), date(2027, 4, 30))
    assert [(piece.number, piece.text) for piece in source.pieces if piece.is_clause][-1] == (
        "第二条", "本办法自2025年5月1日起施行，有效期2年。",
    )  # fmt: skip
    assert "关于印发《示例省公共数据管理办法》的通知" in source.preamble
    assert "2025年4月2日印发" in source.preamble


@pytest.mark.django_db
def test_a_document_with_a_red_head_keeps_its_parts_apart() -> None:
    (source,) = file_sources("a.txt", OPINION.encode())

    about = source.about
    assert about.title == "示例市人民政府办公室关于推进城市运行一网统管的实施意见"
    assert (about.number, about.issued_date) == ("示政办发〔2025〕12号", date(2025, 3, 4))
    assert [(piece.eid, piece.text) for piece in source.pieces if piece.is_clause] == [
        ("sec-1-i1", "目标。到2027年建成一张网，并且在全市范围之内统一运行。"), ("sec-2-i1", "加强领导。"), ("annex", "任务分工表"),
    ]  # fmt: skip
    assert "市政协办公室。" in source.preamble


@pytest.mark.django_db
def test_several_laws_are_several_texts_or_refused() -> None:
    order = "甲市人民政府令\n第{0}号\n《甲市{1}办法》已经通过，现予公布。\n市长　王某\n2025年1月1日\n甲市{1}办法\n第一条　{1}。\n第二条　本办法自2025年2月1日起施行。\n"
    both = (order.format(40, "井盖") + order.format(41, "路灯")).encode()

    found = file_sources("a.md", both)
    assert [(source.key, source.about.title, source.about.number, source.clause_count) for source in found] == [
        ("file:a.md", "甲市井盖办法", "甲市人民政府令第40号", 2), ("file:a.md#2", "甲市路灯办法", "甲市人民政府令第41号", 2),
    ]  # fmt: skip

    for text, given in (
        ("办法\n第一条 甲。\n第二条 乙。\n第一条 丙。\n第二条 丁。\n".encode(), None),
        (both, About(code="a-b")),
    ):
        (refused,) = file_sources("a.md", text, given)
        assert [problem.code for problem in refused.refusals] == ["several_laws"]


def test_a_page_is_its_text_without_what_is_deleted_hidden_or_furniture() -> None:
    found = read_file("a.html", (
        "<style>.old{display:none}</style><div>您的位置：首页 &gt; 规章</div><div>发文字号：甲政令第9号</div><h1>甲市公厕规定</h1>"
        "<p>来源：市政府</p><div id=zoom><p>第一条　为了\n便民，<br>制定本规定：<ol><li>甲；</li><li>乙。</li></ol></p>"
        "<p>第二条　保存<s>三年</s><ins>五年</ins>。</p><p class='x old'>第三条　旧。</p>"
        "<p hidden>第四条　旧。</p><table><tr><td>项</td><td><p>值</p></td></tr></table></div><div>版权所有：甲市</div>"
    ).encode())  # fmt: skip

    assert (found.title, found.head) == ("甲市公厕规定", {"发文字号": "甲政令第9号"})
    assert [text for _, text in found.lines] == [
        "第一条　为了便民，制定本规定：", "1.甲；", "2.乙。", "第二条　保存五年。", "项　值",
    ]  # fmt: skip


def test_a_typed_file_keeps_its_signs_and_its_paragraphs() -> None:
    found = read_file(
        "a.txt", "办法\n第一条　**甲**__乙__ <b> a<b>c。\n乙款。\n— 1 —\n第二条　甲应当按照\n规定办理。\n".encode()
    )

    assert [text for _, text in found.lines] == [
        "第一条　**甲**__乙__ <b> a<b>c。",
        "乙款。",
        "第二条　甲应当按照规定办理。",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030", "big5"])
def test_every_encoding_is_read_and_none_is_guessed(encoding: str) -> None:
    text = "試行規定\n第一條　為了規範數據的管理，制定本規定。\n第二條　數據應當公開。\n"

    assert read_file("a.txt", text.encode(encoding)).title == "試行規定"


def archive(*names: str) -> bytes:
    """Return a ZIP archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as zipped:
        for name in names:
            zipped.writestr(name, "x")
    return file.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(("name", "content", "code"), [
    ("a.doc", OLE, "kind_doc"), ("a.docx", OLE, "kind_doc"), ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "kind_locked"),
    ("a.wps", b"x", "kind_wps"), ("a.ofd", b"x", "kind_ofd"), ("a.docx", archive("OFD.xml"), "kind_ofd"),
    ("a.pdf", b"x", "kind_pdf"), ("a.txt", b"%PDF-1.7", "kind_pdf"), ("a.rtf", b"{\\rtf1", "kind_rtf"),
    ("a.docx", archive("mimetype", "content.xml"), "kind_odt"), ("a.docx", archive("[Content_Types].xml", "xl/workbook.xml"), "kind_table"),
    ("a.jpg", b"\xff\xd8\xff", "kind_picture"), ("a.zip", archive("a.txt"), "kind_archive"),
    ("a.md", archive("[Content_Types].xml", "word/document.xml"), "kind_renamed"), ("a.txt", bytes(range(128, 255)) * 4, "not_text"),
])  # fmt: skip
def test_kinds_that_cannot_be_read_are_named_with_what_to_do(name: str, content: bytes, code: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_file(name, content)

    assert refused.value.code == code
    (source,) = file_sources(name, content)
    assert sentence_of(source.refusals[0]) != code


@pytest.mark.parametrize(("text", "number"), [
    ("2025年3月1日示例市人民政府令第12号公布", "示例市人民政府令第12号"), ("甲市人民政府令\n第 31 号", "甲市人民政府令第31号"),
    ("根据日照市人民政府令第3号", "日照市人民政府令第3号"), ("甲市经济和信息化局令（第7号）", "甲市经济和信息化局令第7号"),
    ("甲政发【2025】7号", "甲政发【2025】7号"), ("无", ""),
])  # fmt: skip
def test_the_number_is_read_without_the_words_before_it(text: str, number: str) -> None:
    assert number_in(text) == number


@pytest.mark.parametrize(("text", "until"), [
    ("本办法自2021年1月1日起施行，有效期至2023年12月31日。", date(2023, 12, 31)),
    ("本规定自2024年2月29日起施行，有效期五年。", date(2029, 2, 27)),
    ("本办法自印发之日起施行，试行期限二年。", date(2026, 5, 31)),
    ("本通知自2025年1月1日起执行，至2025年6月30日止。", date(2025, 6, 30)),
    ("许可证有效期五年。", None), ("本办法自公布之日起施行。", None),
])  # fmt: skip
def test_a_text_says_until_when_it_holds(text: str, until: date | None) -> None:
    effective = complete(About(title="甲市办法"), (), text).effective_date

    assert end_of_validity(text, effective, date(2024, 6, 1)) == until


def test_a_word_file_made_of_printed_lines_has_paragraphs_again() -> None:
    printed = [
        "第一条　为了加强全市公共数据资源管理，促进数据资源", "开放共享和开发利用，提升政府治理能力和公共服务", "水平，结合本市的实际，制定本办法。",
        "第二条　本市行政区域内公共管理和服务机构从事公", "共数据采集、归集、共享、开放以及相关管理活动适", "用本办法。", "另一款。",
    ]  # fmt: skip

    found = read_file("a.docx", word_file("".join(map(paragraph, ["甲市办法", *printed]))))

    assert [text for _, text in found.lines] == ["".join(printed[:3]), "".join(printed[3:6]), "另一款。"]


@pytest.mark.parametrize(("lines", "title"), [
    (["附件1", "甲市办法", "第一条 甲。"], "甲市办法"), (["甲市公共数据", "管理条例", "（2025年1月1日通过）", "第一条 甲。"], "甲市公共数据管理条例"),
    (["最高人民法院", "关于审理数据案件的规定", "（2020年5月1日通过）", "第一条 甲。"], "最高人民法院关于审理数据案件的规定"),
    (["甲市数据局公告", "2025年第3号", "关于发布《规范》的公告", "现予发布。"], "关于发布《规范》的公告"),
    (["甲市数据局　　乙局文件", "甲数发〔2025〕8号　　签发人：王某", "甲市数据局关于预算的通知", "各县：", "一、甲。"], "甲市数据局关于预算的通知"),
    (["甲市办法", "第一条 甲。", "第二条 《乙市条例》现予公布。"], "甲市办法"), (["关于印发《方案》的通知", "各县：", "一、甲。"], "关于印发《方案》的通知"),
])  # fmt: skip
def test_the_title_is_that_of_the_text(lines: list[str], title: str) -> None:
    assert read_file("a.txt", "\n".join(lines).encode()).title == title


def test_the_title_of_the_window_names_the_line_where_no_heading_is_marked() -> None:
    page = "<title>甲市树木办法_甲市政府</title><ul><li>机构</li></ul><div>甲市树木办法</div><div>第一条 甲。<br><br>第二条 乙。</div>"

    found = read_file("a.html", page.encode())

    assert (found.title, [text for _, text in found.lines]) == ("甲市树木办法", ["第一条 甲。", "第二条 乙。"])


def test_a_heading_that_is_only_spread_and_the_last_amendment_are_read() -> None:
    found = read_wording(
        enumerate(["（2010年1月1日通过　根据2020年5月1日《决定》修正）", "第一章　总　则", "第一条 甲。"], start=1)
    )

    assert found.clauses[0].above == ("第一章 总则",)
    assert complete(About(title="甲法"), found.preamble, "").version_date == date(2020, 5, 1)


def test_a_long_heading_is_not_one_with_what_stands_below_it() -> None:
    lines = [
        "一、关于外商投资企业和外国企业适用税种的问题",
        "依法征收。",
        "（一）推进公共数据资源开发利用，落实责任",
        "逐项落实。",
    ]

    assert [text for _, text in read_file("a.md", "\n".join(["通知", *lines]).encode()).lines] == lines


def test_rows_of_a_table_that_name_articles_of_another_law_are_no_articles() -> None:
    text = (
        "# 关于确定罪名的补充规定\n\n根据刑法的规定，现对罪名作如下补充：\n\n"
        "| 刑法条文 | 罪名 |\n| --- | --- |\n| 第一百三十四条（《刑法修正案（六）》第一条） | 重大责任事故罪 |\n"
        "| 第135条之一（《刑法修正案（六）》第三条） | 大型群众性活动重大安全事故罪 |\n\n现予公布。\n"
    )
    (read,) = file_sources("names.md", text.encode())

    assert not read.refusals
    assert {piece.kind for piece in read.pieces} == {"paragraph"}
    assert "大型群众性活动重大安全事故罪" in "".join(piece.text for piece in read.pieces)
