"""Word files come in whole: numbers that Word computes, changes, controls, fields, boxes, notes, cells."""

from __future__ import annotations

import pytest

from portal.knowledge.parsing.formats import Manuscript, read_file
from portal.knowledge.parsing.numberwords import written

from .word_files import abstract, instance, level, listed, paragraph, run, table, word_file

OLD = '<w:del w:id="1" w:author="x"/>'


def read(body: str, lists: str = "", styles: str = "", footnotes: str = "") -> Manuscript:
    """Return a Word file as it is read."""
    return read_file("a.docx", word_file(paragraph("试验办法") + body, lists, styles, footnotes))


def lines(body: str, lists: str = "", styles: str = "", footnotes: str = "") -> list[str]:
    """Return the lines of a Word file."""
    return [text for _, text in read(body, lists, styles, footnotes).lines]


def test_numbers_of_styles_go_on_over_chapters_and_follow_what_the_style_rests_on() -> None:
    found = lines(
        paragraph("总则", '<w:pStyle w:val="zhang"/>') + paragraph("甲。", '<w:pStyle w:val="own"/>')
        + paragraph("乙。", '<w:pStyle w:val="tiao"/>') + paragraph("附则", '<w:pStyle w:val="zhang"/>')
        + paragraph("丙。", '<w:pStyle w:val="tiao"/>')
        + paragraph("丁。", '<w:pStyle w:val="tiao"/><w:numPr><w:numId w:val="0"/></w:numPr>'),
        abstract(
            5, level(0, "chineseCountingThousand", "第%1章", '<w:pStyle w:val="zhang"/>'),
            level(1, "chineseCountingThousand", "第%2条", '<w:lvlRestart w:val="0"/><w:pStyle w:val="tiao"/>'),
        ) + instance(3, 5),
        '<w:style w:type="paragraph" w:styleId="zhang"><w:pPr><w:numPr><w:numId w:val="3"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="tiao"><w:pPr><w:numPr><w:numId w:val="3"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="own"><w:basedOn w:val="tiao"/></w:style>',
    )  # fmt: skip

    assert found == ["第一章　总则", "第一条　甲。", "第二条　乙。", "第二章　附则", "第三条　丙。", "丁。"]


def test_lists_of_one_kind_count_on_unless_they_start_anew() -> None:
    anew = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    other = f'<w:lvlOverride w:ilvl="0">{level(0, "lowerLetter", "%1)")}</w:lvlOverride>'
    found = lines(
        listed("甲；", 1) + listed("乙。", 2) + listed("丙；", 3) + listed("丁。", 3) + listed("戊。", 4) + listed("己。", 5),
        abstract(1, level(0, "japaneseCounting", "（%1）")) + abstract(6, level(0, "bullet", "•"))
        + instance(1, 1) + instance(2, 1) + instance(3, 1, anew) + instance(4, 1, other) + instance(5, 6),
    )  # fmt: skip

    assert found == ["（一）甲；", "（二）乙。", "（一）丙；", "（二）丁。", "c)戊。", "己。"]


def test_deeper_levels_start_again_below_a_higher_one_and_print_the_ones_above() -> None:
    lists = abstract(
        1, level(0, "decimal", "第 %1 条"), level(1, "decimal", "%1.%2"), level(2, "decimalEnclosedCircle", "%3")
    )
    found = lines(
        listed("甲：", 1) + listed("子；", 1, 1) + listed("丑：", 1, 1) + listed("寅。", 1, 2) + listed("乙：", 1) + listed("卯。", 1, 1),
        lists + instance(1, 1),
    )  # fmt: skip

    assert found == ["第 1 条　甲：", "1.1　子；", "1.2　丑：", "①寅。", "第 2 条　乙：", "2.1　卯。"]


@pytest.mark.parametrize(("name", "value", "text"), [
    ("chineseCounting", 11, "十一"), ("chineseCountingThousand", 101, "一百零一"), ("chineseLegalSimplified", 12, "壹拾贰"),
    ("upperRoman", 14, "XIV"), ("lowerLetter", 27, "aa"), ("decimalEnclosedCircle", 21, "㉑"), ("ideographTraditional", 3, "丙"),
    ("decimalZero", 7, "07"), ("decimalFullWidth", 12, "１２"), ("ideographDigital", 20, "二〇"), ("none", 3, ""),
])  # fmt: skip
def test_numbers_are_written_as_the_format_says(name: str, value: int, text: str) -> None:
    assert written(value, name) == text


def test_a_way_of_counting_that_is_not_known_is_noted() -> None:
    found = read(listed("甲。", 1), abstract(1, level(0, "hindiVowels", "第%1条")) + instance(1, 1))

    assert [(note.code, note.subject) for note in found.notes] == [("numbering_unknown", "hindiVowels")]


def test_tracked_changes_are_accepted_counted_and_noted() -> None:
    gone = '<w:del w:id="2" w:author="x"><w:r><w:delText>删去。</w:delText></w:r></w:del>'
    moved = f'<w:moveFrom w:id="3" w:author="x">{run("旧处。")}</w:moveFrom><w:moveTo w:id="4" w:author="x">{run("新处。")}</w:moveTo>'
    place = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    rows = (
        f"<w:tbl><w:tr><w:trPr>{OLD}</w:trPr><w:tc>{paragraph('旧')}</w:tc><w:tc>{paragraph('行')}</w:tc></w:tr>"
        f"<w:tr><w:tc>{paragraph('新')}</w:tc><w:tc>{paragraph('行')}</w:tc></w:tr></w:tbl>"
    )
    found = read(
        listed("甲。", 1) + paragraph(properties=f"{place}<w:rPr>{OLD}</w:rPr>", inside=gone)
        + paragraph("合并的", f"<w:rPr>{OLD}</w:rPr>") + listed("乙。", 1) + paragraph(properties=place, inside=moved) + rows,
        abstract(1, level(0, "chineseCounting", "第%1条")) + instance(1, 1),
    )  # fmt: skip

    assert [text for _, text in found.lines] == ["第一条　甲。", "第二条　合并的乙。", "第三条　新处。", "新　行"]
    assert [(note.code, note.subject) for note in found.notes] == [("changes_accepted", "删去。")]


def test_fields_controls_formulas_links_and_notes_are_text_and_hidden_text_is_noted() -> None:
    found = read(
        paragraph(inside=run("第") + f'<w:fldSimple w:instr="SEQ x">{run("1")}</w:fldSimple>' + run("条　见")
                  + f'<w:hyperlink w:anchor="a">{run("链接")}</w:hyperlink>' + "<m:oMath><m:r><m:t>x+y</m:t></m:r></m:oMath>"
                  + '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> REF a </w:instrText></w:r>'
                  + '<w:r><w:fldChar w:fldCharType="separate"/></w:r>' + run("。") + '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
                  + '<w:r><w:rPr><w:vanish/></w:rPr><w:t>草稿</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r>')
        + f'<w:sdt><w:sdtPr/><w:sdtContent>{paragraph("第2条　乙。")}</w:sdtContent></w:sdt>',
        footnotes=f'<w:footnote w:id="2">{paragraph("脚注。")}</w:footnote>',
    )  # fmt: skip

    assert [text for _, text in found.lines] == ["第1条　见链接x+y。", "第2条　乙。", "附注", "注1　脚注。"]
    assert [(note.code, note.subject) for note in found.notes] == [
        ("hidden_left_out", "草稿"),
        ("footnotes_at_end", "1"),
    ]


def test_a_text_box_is_read_once_though_the_file_holds_it_twice() -> None:
    words = f"<w:txbxContent>{paragraph('甲政发〔2025〕3号')}</w:txbxContent>"
    box = (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx>{words}</wps:txbx></w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:textbox>{words}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    found = read_file("a.docx", word_file(paragraph(inside=box) + paragraph("甲市办法") + paragraph("第一条　甲。")))

    assert (found.title, found.number, found.above) == ("甲市办法", "甲政发〔2025〕3号", ["甲政发〔2025〕3号"])


def test_equal_cells_stay_merged_ones_stand_once_and_a_frame_is_no_table() -> None:
    frame = f"<w:tc>{paragraph('第一条　甲。')}{paragraph('第二条　乙。')}</w:tc>"
    start = f'<w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr>{paragraph("占道")}</w:tc>'
    goes_on = f"<w:tc><w:tcPr><w:vMerge/></w:tcPr>{paragraph()}</w:tc>"
    wide = f'<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{paragraph("合计")}</w:tc>'
    found = lines(table((frame,)) + table((start, "0", "0"), (goes_on, "0", "200"), (wide, "3")))

    assert found == ["第一条　甲。", "第二条　乙。", "占道　0　0", "占道　0　200", "合计　3"]
