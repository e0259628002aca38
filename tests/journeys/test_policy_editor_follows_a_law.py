"""A policy editor takes a law in, links its clause, takes its amended text in and clears what it touched."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.running import Installation, wait_for

EDITOR, AUTHOR, TECHNICIAN = "xu.yan", "zhang.jun", "wang.fang"
CODE = "journey-parking"
POLICY = f"/policies/{CODE}/"
LESSONS = "/courses/chd/city-data-practice/"
CITING = "guidance-plan"
OTHERS = ("from-question-to-measure", "reading-occupancy", "cleaning-and-quality")
HEAD = "---\ncode: {code}\nnumber: 渭滨政办发〔2025〕6号\nlevel: 规范性文件\nregion: 610000\nversion: {day}\neffective: {day}\n---\n"
FIRST = """# 渭滨新区停车资源管理办法

第一章　总则

第一条　为了盘活停车资源，方便群众出行，制定本办法。

第二条　停车场经营者应当每五分钟上传一次空余泊位数量。

第三条　诱导屏应当引导车辆前往步行十分钟以内的空闲停车场，并公布引导效果。

第二章　附则

第四条　本办法自2025年3月1日起施行。
"""
SECOND = FIRST.replace(
    "步行十分钟以内的空闲停车场，并公布引导效果", "步行八分钟以内的空闲停车场，每月公布引导效果，并接受公众监督"
).replace("第二条　停车场", "第二条　停车资源实行统一编码。\n\n第五条　停车场")
LAB = "停车诱导：泊位供需与预测"
WORDINGS = ("渭滨新区停车资源管理办法第三条", "诱导屏 步行十分钟", "诱导屏应当把车引导到多远的停车场？")


def law(folder: Path, text: str, day: str) -> Path:
    """Return the law as the file that the editor has."""
    file = folder / f"办法-{day}.md"
    file.write_text(HEAD.format(code=CODE, day=day) + text, encoding="utf-8")
    return file


def take_in(page: Page, base: str, file: Path) -> None:
    """Look first, then take the file in."""
    for button in ("预览导入结果", "导入"):
        page.goto(f"{base}/policies/import/")
        page.get_by_label("文件", exact=True).set_input_files(file)
        with page.expect_navigation():
            page.get_by_role("button", name=button, exact=True).click()
    expect(page).to_have_url(f"{base}{POLICY}")


def link(page: Page, base: str, clause: str, kind: str, target: str, quote: str) -> None:
    """Link a clause by the chooser on the editors' screens."""
    page.goto(f"{base}/admin/clause_link/new/")
    page.get_by_role("button", name="选择条款").click()
    modal = page.locator(".modal-dialog, dialog[open]").last
    modal.locator("input[name=q]").fill(clause)
    row = modal.locator("a[data-chooser-modal-choice]").filter(has_text=clause.rsplit(maxsplit=1)[-1])
    row.first.click()
    option = page.locator(f"select[name=target] option[value^='{kind}:']").filter(has_text=target).last
    page.locator("select[name=target]").select_option(value=option.get_attribute("value"))
    page.locator("textarea[name=quote]").fill(quote)
    with page.expect_navigation():
        page.locator("main button[type=submit], footer button[type=submit]").first.click()
    expect(page).to_have_url(f"{base}/admin/clause_link/")


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return the law and its amended text."""
    folder = tmp_path_factory.mktemp("law")
    return law(folder, FIRST, "2025-03-01"), law(folder, SECOND, "2026-06-01")


def test_a_law_is_taken_in_linked_found_and_followed_to_the_lab(
    installation: Installation, sign_in: Callable[..., Page], texts: tuple[Path, Path]
) -> None:
    base = installation.portal_url
    page = sign_in(EDITOR)
    take_in(page, base, texts[0])
    expect(page.locator("#art-3")).to_contain_text("步行十分钟")
    title = "渭滨新区停车资源管理办法"
    link(
        page,
        base,
        f"{title} 第三条",
        "lesson_block",
        "停车诱导不是建更多的车位",
        "引导车辆前往步行十分钟以内的空闲停车场",
    )
    link(page, base, f"{title} 第二条", "lab", LAB, "每五分钟上传一次空余泊位数量")

    reader = sign_in(TECHNICIAN)
    for words in WORDINGS:
        wait_for(lambda words=words: found(reader, base, words), 20, f"the clause by “{words}”")
    with reader.expect_navigation():
        reader.locator(f"main a[href='{POLICY}#art-3']").first.click()
    expect(reader.locator("#art-3")).to_contain_text("步行十分钟")
    reader.locator("#art-2 .learn a").click()
    expect(reader.locator("h1")).to_have_text(LAB)
    expect(reader.locator("main")).to_contain_text("提交")


def found(page: Page, base: str, words: str) -> bool:
    """Return whether the search leads to the clause."""
    page.goto(f"{base}/search/")
    box = page.locator("main input[name=q], header input[name=q]").last
    box.fill(words)
    with page.expect_navigation():
        box.press("Enter")
    return page.locator(f"main a[href='{POLICY}#art-3']").count() > 0


def is_marked(page: Page, base: str) -> bool:
    """Return whether the search says of the citing lesson, and of no other, that its clause changed."""
    page.goto(f"{base}/search/?q=诱导方案与评估")
    marked = page.locator("main article").filter(has_text="依据的条款有变化")
    return marked.count() == 1 and marked.locator(f"a[href$='/{CITING}/']").count() == 1


def test_an_amended_text_flags_exactly_the_citing_lesson_until_the_editor_clears_it(
    installation: Installation, sign_in: Callable[..., Page], page: Page, texts: tuple[Path, Path]
) -> None:
    base = installation.portal_url
    editor = sign_in(EDITOR)
    take_in(editor, base, texts[1])
    expect(editor.locator("main")).to_contain_text("有 1 项内容的政策依据发生变化")

    page.goto(f"{base}{LESSONS}{CITING}/")
    expect(page.locator(".stale-banner")).to_contain_text("自2026年6月1日起有变化")
    for lesson in OTHERS:
        page.goto(f"{base}{LESSONS}{lesson}/")
        expect(page.locator(".stale-banner")).to_have_count(0)
    wait_for(lambda: is_marked(page, base), 20, "the search marks the lesson")
    trainee = sign_in(TECHNICIAN)
    trainee.goto(f"{base}{POLICY}")
    trainee.locator("#art-5 .learn a").click()
    expect(trainee.locator("h1")).to_have_text(LAB)
    expect(trainee.locator(".stale-banner")).to_have_count(0)
    author = sign_in(AUTHOR)
    author.goto(f"{base}/notices/")
    expect(author.locator("main")).to_contain_text("渭滨新区停车资源管理办法")

    editor.goto(f"{base}/policies/reviews/")
    editor.get_by_role("row").filter(has_text="渭滨新区").filter(has_text="待处理").get_by_role("link").first.click()
    expect(editor.locator("del").first).to_have_text("十")
    editor.get_by_label("重新引用").first.check()
    editor.get_by_label("重新引用的文字").fill("引导车辆前往步行八分钟以内的空闲停车场")
    with editor.expect_navigation():
        editor.get_by_role("button", name="作出决定").click()

    page.goto(f"{base}{LESSONS}{CITING}/")
    expect(page.locator(".stale-banner")).to_have_count(0)
    expect(page.locator(".rests-on")).to_contain_text("步行八分钟")
