"""The practice loop of a lab: a hint helps, a person marks, a wrong test is mended, everybody is graded again, an appeal
is answered. The instructor works by keyboard."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys import practice
from tests.journeys.laboratory import read_notebook, write_notebook
from tests.journeys.test_technician_completes_lab import open_lab, press
from tests.running import Installation, wait_for

INSTRUCTOR, TECHNICIAN = "zhang.jun", "wang.fang"
NOTEBOOK = f"cdp-2026/{practice.CODE}/{practice.CODE}.ipynb"


def lab_page(page: Page, installation: Installation) -> None:
    """Open the trainee's page of the lab."""
    page.goto(f"{installation.portal_url}/learning/")
    page.get_by_role("link", name=practice.TITLE).first.click()
    expect(page.locator("h1")).to_contain_text(practice.TITLE)


def test_instructor_sets_the_lab(installation: Installation, sign_in: Callable[..., Page], tmp_path: Path) -> None:
    page = sign_in(INSTRUCTOR)
    practice.make_lab(page, installation, practice.CODE, practice.TITLE)
    file = tmp_path / "source.ipynb"
    file.write_text(json.dumps(practice.source(is_mended=False), ensure_ascii=False), encoding="utf-8")

    practice.upload(page, installation, practice.CODE, file, 1)
    practice.assign(page, installation, practice.CODE)


def test_technician_fails_reads_the_hint_and_tries_again(
    installation: Installation, sign_in: Callable[..., Page]
) -> None:
    page = sign_in(TECHNICIAN)
    lab_page(page, installation)
    lab = open_lab(page)
    released = read_notebook(lab, NOTEBOOK)
    for attempt, answer in enumerate((practice.MISREAD, practice.BUSIEST), start=1):
        write_notebook(lab, NOTEBOOK, practice.answered(released, answer))
        lab.reload()
        lab.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        expect(lab.locator(".cx-bar")).to_contain_text("剩余提交", timeout=60_000)
        press(lab, "提交")
        expect(lab.locator("body")).to_contain_text(re.compile(r"SJ-\d{8}-\d{6}"), timeout=30_000)
        question = page.locator("#results .score-list > li").first
        if attempt == 1:
            expect(question).to_contain_text(practice.HINT, timeout=60_000)
        else:
            expect(question).to_contain_text(re.compile(r"12\s*/ 12"), timeout=60_000)


def test_technician_objects_to_a_result(installation: Installation, sign_in: Callable[..., Page]) -> None:
    page = sign_in(TECHNICIAN)
    lab_page(page, installation)
    page.get_by_role("link", name="对结果提出申诉").click()
    page.select_option("select[name=question]", index=1)
    page.fill("textarea[name=text]", "从 100 增加到 125，增长率应为 25%，不是 20%。")
    page.locator("main form button.button").first.click()

    expect(page.locator("main")).to_contain_text("增长率应为 25%")


def test_instructor_marks_by_rubric_and_keyboard(installation: Installation, sign_in: Callable[..., Page]) -> None:
    page = sign_in(INSTRUCTOR)
    page.goto(f"{installation.portal_url}/labs/desk/?lab={practice.CODE}")
    expect(page.locator("[data-rows] tbody tr")).to_have_count(1)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/labs/submissions/"))
    desk = page.url
    _write_rubric_and_comment(page, installation)

    page.goto(desk)
    paper = page.frame_locator("iframe[name=notebook]")
    expect(paper.locator("#q-a1")).to_contain_text("counts.get")
    expect(paper.locator("#q-q1")).to_contain_text("通过")
    page.keyboard.press("1")
    page.keyboard.press("2")
    expect(page.get_by_label("得分", exact=False).first).to_have_value("4")
    page.keyboard.press("c")
    page.keyboard.type("/bj ")
    expect(page.locator("textarea[name$=comment]")).to_have_value("边界写得清楚。")
    expect(page.locator("[data-saved]")).to_contain_text("✓")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    expect(page.locator(".desk-bar")).to_contain_text(re.compile(r"16 / 20"))


def _write_rubric_and_comment(page: Page, installation: Installation) -> None:
    page.get_by_role("link", name="为本题编写评分标准").click()
    page.fill("input[name=title0]", "安排")
    page.fill("textarea[name=levels0]", "3 具体可行\n1 笼统")
    page.get_by_text("更多标准").click()
    page.fill("input[name=title1]", "边界")
    page.fill("textarea[name=levels1]", "2 写明隐私和更新\n1 只写一项\n0 没有")
    page.get_by_role("button", name="保存评分标准").click()
    expect(page.locator("main")).to_contain_text("评分标准第 1 版已生效")
    page.goto(f"{installation.portal_url}/labs/comments/city-data-practice/")
    page.fill("input[name=shortcut]", "bj")
    page.fill("textarea[name=text]", "边界写得清楚。")
    page.get_by_role("button", name="添加评语").click()
    expect(page.locator("main table")).to_contain_text("/bj")


def test_instructor_mends_the_test_and_grades_everybody_again(
    installation: Installation, sign_in: Callable[..., Page], tmp_path: Path
) -> None:
    page = sign_in(INSTRUCTOR)
    file = tmp_path / "mended.ipynb"
    file.write_text(json.dumps(practice.source(is_mended=True), ensure_ascii=False), encoding="utf-8")
    practice.upload(page, installation, practice.CODE, file, 2)

    page.goto(f"{installation.portal_url}/labs/manage/labs/{practice.CODE}/")
    page.locator("main table a[href*='/manage/assignments/']").first.click()
    assignment = page.url.rstrip("/").rpartition("/")[2]
    page.goto(f"{installation.portal_url}/labs/regrades/new/{assignment}/")
    page.select_option("select[name=release]", index=1)
    page.fill("input[name=reason]", "第 2 题的测试把基数写错了")
    page.locator("main form button.button").first.click()
    expect(page.locator("#results")).to_have_attribute("data-waiting", "", timeout=120_000)
    page.reload()
    row = page.get_by_role("row").filter(has_text="王芳")
    expect(row.filter(has_text=re.compile(r"16 / 20.*19 / 20", re.DOTALL))).to_contain_text("上升")
    page.get_by_role("button", name="批准").click()
    expect(page.locator("main")).to_contain_text("已生效")


def test_instructor_answers_the_appeal(installation: Installation, sign_in: Callable[..., Page]) -> None:
    page = sign_in(INSTRUCTOR)
    page.goto(f"{installation.portal_url}/labs/desk/?kind=appeal")
    page.locator("[data-rows] tbody th a").first.click()
    page.get_by_role("link", name="去答复").click()
    expect(page.locator("main")).to_contain_text("增长率应为 25%")
    page.check("input[name=decision][value=accept]")
    page.fill("textarea[name=text]", "您说得对，测试已更正，全班已重新评分。")
    page.locator("main form button.button").first.click()
    expect(page.locator("main")).to_contain_text("学员")

    trainee = sign_in(TECHNICIAN)

    def is_told() -> bool:
        lab_page(trainee, installation)
        return "测试已更正" in trainee.inner_text("main")

    wait_for(is_told, 20, "the answer on the trainee's page")
    expect(trainee.locator("#results")).to_contain_text(re.compile(r"19\s*/ 20"))
    expect(trainee.locator("#results")).to_contain_text("通过")
    expect(trainee.locator("#results")).to_contain_text("边界写得清楚。")
