"""Files as offices send them, each with the right value: titles, numbers, anchors, and no run of text lost."""

from __future__ import annotations

import io
import os
import re
import zipfile
from pathlib import Path

import pytest
from lxml import etree

from portal.installation.paths import ROOT
from portal.knowledge.parsing.formats import read_file
from portal.knowledge.sources import file_sources

CASES = Path(os.environ.get("CHENGXUE_DATA") or ROOT.parent / "shared" / "data").parent / "cases" / "data" / "laws"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ORDER = "临渭市人民政府令第31号"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not CASES.is_dir(), reason=f"the cases are not at {CASES}"),
]


def articles(*numbers: int) -> list[str]:
    """Return anchors of articles."""
    return [f"art-{number}" for number in numbers]


RIGHT: dict[str, list[tuple[str, str, list[str]]]] = {
    "auto_all.docx": [("临渭市公共停车泊位数据管理办法", "", articles(1, 2, 3, 4))],
    "auto_items.docx": [("临渭市公共厕所开放管理办法", "", articles(1, 2, 3))],
    "tracked.docx": [("临渭市网格巡查数据规定", "", articles(1, 2, 3, 4))],
    "controls.docx": [("临渭市工地扬尘数据规定", "", articles(1, 2, 3, 4, 5))],
    "textbox.docx": [
        ("临渭市人民政府办公室关于印发城市运行管理平台建设方案的通知", "临渭政办发〔2025〕16号", ["sec-1-p", "sec-2-i1"])
    ],
    "table.docx": [("临渭市违建查处裁量规定", "", articles(1, 2))],
    "annex.docx": [("临渭市公共数据分级规定", "", [*articles(1, 2), "annex", "annex~2", "annex~3"])],
    "annex_sentence.md": [("泾阳新区目录管理规定", "", articles(1, 2))],
    "order.docx": [("临渭市电动自行车充电设施管理办法", ORDER, articles(1, 2, 3))],
    "order31.docx": [("临渭市电动自行车充电设施管理办法", ORDER, articles(1, 2))],
    "order32.docx": [("临渭市海绵城市建设管理办法", "临渭市人民政府令第32号", articles(1, 2))],
    "redhead.docx": [("临渭市人民政府关于加快5G基站建设的实施意见", "临渭政发〔2025〕7号", ["sec-1-p", "sec-2-i1"])],
    "decision.docx": [
        (
            "临渭市人民代表大会常务委员会关于修改《临渭市养犬管理条例》的决定",
            "",
            ["sec-1-p", "sec-2-p", "sec-3", "sec-4"],
        )
    ],
    "two_laws.docx": [
        ("临渭市井盖管理办法", "", articles(1, 2, 3)), ("临渭市路灯管理办法", "", articles(1, 2, 3)),
    ],
    "webpage.html": [("泾阳新区公交优先规定", "泾阳管令第5号", articles(1, 2, 3))],
    "word.html": [("泾阳新区广告牌规定", "", articles(1, 2, 3))],
    "html_del.html": [("泾阳新区删改规定", "", articles(1, 2))],
    "html_hidden.html": [("泾阳新区隐藏规定", "", articles(1, 3))],
    "bracket_heads.md": [("泾阳新区公共视频管理规定", "", articles(1, 2, 3, 4))],
    "spaced_numbers.md": [("泾阳新区共享单车规定", "", articles(1, 2, 3))],
    "unspaced.md": [("泾阳新区校车规定", "", articles(1, 2, 3, 4, 5, 6))],
    "toc_articles.md": [("泾阳新区热力条例", "", articles(1, 2))],
    "odd_numerals.md": [("泾阳新区数字规定", "", [*articles(20, 21, 22, 103, 104, 105, 106), "art-100-1"])],
    "nested.md": [("泾阳新区无障碍规定", "", articles(1, 2))],
    "gt.md": [("临渭市热舒适规定", "", articles(1, 2, 3))],
    "valid_until.md": [("泾阳新区共享充电宝管理规定", "泾阳管发〔2021〕3号", articles(1, 2))],
    "big5.txt": [("澳臺新區數據規定", "", articles(1, 2, 3))],
    "utf16le_bom.txt": [("泾阳新区编码规定", "", articles(1, 2, 3))],
    "wrapped.txt": [("泾阳新区数据交易规定", "", articles(1, 2, 3))],
}  # fmt: skip
WORDS = {
    "tracked.docx": ["巡查记录应当保存五年，期满销毁。"],
    "controls.docx": ["处一万元以上五万元以下罚款。", "自2025年5月1日起施行。"],
    "table.docx": ["十平方米以下　警告　警告"],
    "gt.md": ["室温 < 18℃ 且持续 > 4 小时的，供热单位应当退费。", "湿度<30%或者>70%的"],
    "html_del.html": ["保存五年。"],
    "word.html": ["保障公共安全"],
    "wrapped.txt": [
        "保护交易各方的合法权益",
        "按照第三条规定的程序登记交易标的，并依照第一条的目的公示。",
        "登记应当在五日内完成。",
    ],
    "annex.docx": ["一级　可以公开　公交线路", "申请单位：________"],
}


def test_every_case_has_a_right_value() -> None:
    assert set(RIGHT) == {file.name for file in CASES.iterdir()}


@pytest.mark.parametrize("name", sorted(RIGHT))
def test_a_file_of_an_office_gives_its_right_value(name: str) -> None:
    sources = file_sources(name, (CASES / name).read_bytes())

    assert not [problem for source in sources for problem in source.refusals]
    found = [
        (source.about.title, source.about.number, [piece.eid for piece in source.pieces if piece.is_clause])
        for source in sources
    ]
    assert found == RIGHT[name]
    text = "\n".join(piece.text for source in sources for piece in source.pieces if piece.is_clause)
    assert not [words for words in WORDS.get(name, []) if words not in text]
    assert not re.search(r"[\u4e00-\u9fff][ \n]第[一二三四五六七八九十]条", text)


@pytest.mark.parametrize("name", sorted(file.name for file in CASES.glob("*.docx")))
def test_every_run_of_the_body_ends_in_a_line_or_in_a_note(name: str) -> None:
    content = (CASES / name).read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        body = etree.fromstring(archive.read("word/document.xml"))
    found = read_file(name, content)

    kept = "\n".join(
        [found.title, *found.above, *(text for _, text in found.lines), *(one.subject for one in found.notes)]
    )
    bare = re.sub(r"\s", "", kept)
    assert [
        run.text for run in body.iter(f"{W}t", f"{W}delText") if re.sub(r"\s", "", run.text or "") not in bare
    ] == []


def test_nested_items_hang_where_they_belong() -> None:
    (source,) = file_sources("nested.md", (CASES / "nested.md").read_bytes())

    assert [piece.eid for piece in source.pieces][:9] == [
        "art-1", "art-1-p1", "art-1-p1-i1", "art-1-p1-i1-i1", "art-1-p1-i1-i2", "art-1-p1-i1-i2-i1", "art-1-p1-i1-i2-i2",
        "art-1-p1-i2", "art-1-p2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("tracked.docx", "changes_accepted"), ("html_hidden.html", "numbers_missing"), ("odd_numerals.md", "numbers_missing"),
        ("valid_until.md", "valid_until"),
    ],
)  # fmt: skip
def test_what_an_editor_should_look_at_is_noted(name: str, code: str) -> None:
    (source,) = file_sources(name, (CASES / name).read_bytes())

    assert code in [problem.code for problem in source.problems]
