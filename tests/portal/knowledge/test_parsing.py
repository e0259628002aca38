"""Laws and documents become the same clauses whatever they come as."""

from __future__ import annotations

import io
import itertools

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.knowledge.parsing.about import complete, guess_level, read_date, read_fields
from portal.knowledge.parsing.formats import UnreadableFile, read_file
from portal.knowledge.parsing.pieces import MAX_CLAUSE, article_eid, build_tree, clause_eid, text_hash
from portal.knowledge.parsing.wording import Wording, read_wording
from search.numerals import printed_number, write_numeral

WORDS = st.text(alphabet="数据共享开放部门应当依法办理审核记录用途安全", min_size=4, max_size=30)
LINES = st.lists(st.tuples(st.booleans(), WORDS), min_size=1, max_size=4)
LAWS = st.lists(st.lists(LINES, min_size=1, max_size=4), min_size=1, max_size=4)


def read(text: str) -> Wording:
    """Return the clauses of a text."""
    return read_wording(enumerate(text.split("\n"), start=1))


@given(st.integers(1, 9999))
def test_numerals_come_back(value: int) -> None:
    assert printed_number(write_numeral(value)) == value
    assert printed_number(str(value)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("二〇二五", 2025), ("一百零三", 103), ("十", 10), ("两千零八", 2008), ("２７", 27), ("一万二千", 12000)],
)
def test_numerals_as_printed(text: str, value: int) -> None:
    assert printed_number(text) == value


@pytest.mark.parametrize("text", ["", "条", "x", "万万", "一二三四五六七八九十一二三四"])
def test_what_is_no_numeral(text: str) -> None:
    with pytest.raises(ValueError):
        printed_number(text)


def write(chapters: list[list[list[tuple[bool, str]]]]) -> tuple[str, list[tuple[str, str, str]]]:
    """Return a law as text, and its clauses: (number, chapter, words)."""
    lines, expected, number = ["试验条例", "目录"], [], itertools.count(1)
    heads = [f"第{write_numeral(place)}章　第{place}部分" for place in range(1, len(chapters) + 1)]
    lines += heads
    for head, articles in zip(heads, chapters, strict=True):
        lines.append(head)
        for paragraphs in articles:
            printed = f"第{write_numeral(next(number))}条"
            items = itertools.count(1)
            own = [f"（{write_numeral(next(items))}）{words}" if place and item else words
                   for place, (item, words) in enumerate(paragraphs)]  # fmt: skip
            lines += [f"{printed}　{own[0]}", *own[1:]]
            expected.append((printed, head.replace("　", " "), "\n".join(own)))
    return "\n".join(lines), expected


@settings(max_examples=60, deadline=None)
@given(LAWS)
def test_a_law_comes_back_clause_by_clause(chapters: list[list[list[tuple[bool, str]]]]) -> None:
    text, expected = write(chapters)

    wording = read("\n".join(text.split("\n")[1:]))
    tree = build_tree(wording.clauses)

    clauses = [piece for piece in tree if piece.is_clause]
    assert [(piece.number, piece.path, piece.text) for piece in clauses] == expected
    assert len({piece.eid for piece in tree}) == len(tree)
    for place, piece in enumerate(tree):
        assert piece.parent is None or piece.parent < place
        if not piece.is_clause and piece.text:
            assert tree[[one.eid for one in tree].index(clause_eid(piece.eid))].is_clause


def test_numbers_that_come_twice_get_addresses_of_their_own() -> None:
    wording = read("第三条　甲。\n第三条　乙。\n第三条之一　丙。")

    assert [piece.eid for piece in build_tree(wording.clauses)] == ["art-3", "art-3~2", "art-3-1"]
    assert [problem.code for problem in wording.problems] == ["numbers_missing", "number_repeated"]


def test_a_sentence_about_another_article_is_no_article() -> None:
    wording = read("第一条　甲。\n第五条规定的情形除外。\n第二条　乙。")

    assert [clause.number for clause in wording.clauses] == ["第一条", "第二条"]


def test_an_official_document_is_read_by_its_numbers() -> None:
    wording = read(
        "各单位：\n现通知如下。\n一、总体要求\n坚持安全。\n二、任务\n（一）汇聚。\n再核对。\n（二）共享。\n三、本通知自印发之日起执行。"
    )

    tree = [piece for piece in build_tree(wording.clauses) if piece.is_clause]
    assert wording.preamble == ["各单位：", "现通知如下。"]
    assert [(piece.eid, piece.text) for piece in tree] == [
        ("sec-1-p", "坚持安全。"), ("sec-2-i1", "汇聚。\n再核对。"), ("sec-2-i2", "共享。"), ("sec-3", "本通知自印发之日起执行。"),
    ]  # fmt: skip


def test_a_clause_of_five_megabytes_is_refused_by_its_name() -> None:
    wording = read("第一条　甲。\n第二条　" + "长" * (5 * 1024 * 1024 // 3))

    assert [(problem.code, problem.subject, problem.line) for problem in wording.problems] == [
        ("clause_too_long", "第二条", 2)
    ]
    assert MAX_CLAUSE < 5 * 1024 * 1024 // 3


def test_scripts_and_marks_stay_outside() -> None:
    page = (
        "<html><head><title>x</title><script>第九条 偷</script></head><body><h1>条例</h1>"
        "<p onclick='x()'>第一条&nbsp;&lt;甲&gt;</p><style>第八条</style><p>第二条\u202e 乙\x00<img src=x onerror=y></p></body>"
    )

    found = read_file("a.html", page.encode())

    assert found.title == "条例"
    assert [text for _, text in found.lines] == ["第一条 <甲>", "第二条 乙"]


def test_a_docx_comes_back_and_a_broken_one_is_named() -> None:
    document = docx.Document()
    for line in ("试验办法", "第一条　甲。", "第二条　乙："):
        document.add_paragraph(line)
    document.add_table(rows=1, cols=2).rows[0].cells[0].text = "（一）丙"
    file = io.BytesIO()
    document.save(file)

    found = read_file("a.docx", file.getvalue())

    assert found.title == "试验办法"
    assert [text for _, text in found.lines] == ["第一条　甲。", "第二条　乙：", "（一）丙"]
    for broken in (b"PK\x03\x04 nothing", file.getvalue()[: len(file.getvalue()) // 2], b""):
        with pytest.raises(UnreadableFile) as refused:
            read_file("b.docx", broken)
        assert refused.value.code == "docx_broken"


@pytest.mark.parametrize(("name", "content", "code"), [
    ("a.exe", b"", "suffix_unknown"), ("a.md", b"---\ntitle: x\n", "head_without_end"), ("a.md", b"\xff\xfe\x00\xd8\x81", "not_text"),
])  # fmt: skip
def test_files_that_cannot_be_read_are_named(name: str, content: bytes, code: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_file(name, content)

    assert refused.value.code == code


def test_what_a_text_tells_of_itself() -> None:
    about = complete(
        read_fields({"标题": "陕西省试验条例"}), ["（2022年9月29日陕西省人大常委会通过）", "陕人常〔2022〕3号"],
        "第九条 本条例自二〇二三年一月一日起施行。",
    )  # fmt: skip

    assert (about.number, about.region, about.level) == ("陕人常〔2022〕3号", "610000", "地方性法规")
    assert (str(about.version_date), str(about.effective_date)) == ("2022-09-29", "2023-01-01")
    assert guess_level("中华人民共和国数据安全法") == "法律"
    assert read_date("2023年13月40日") is None
    assert article_eid("第一百二十条之一") == "art-120-1"
    assert text_hash("数据 共享\n") == text_hash("数据共享")
