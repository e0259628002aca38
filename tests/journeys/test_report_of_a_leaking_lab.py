"""An instructor's notebook is refused, then checked and found leaking, then mended: the portal says each time what to
do, and nothing that has not passed comes before trainees."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.graders import answer_cell, graded_cell, make_cell, make_notebook
from tests.running import Installation

INSTRUCTOR, RUN = "zhang.jun", "2026年城市数据分析实训班"
CODE, TITLE = f"bus-stops-{int(time.time()):x}", "公交站点：平均候车时间"
"""Another code each time: a release that passed is never taken back."""
CHECK_MS = 240_000
HIDDEN = 'assert abs(mean_wait([4, 8, 9]) - 7) < 0.01, "把各次候车时间相加，再除以次数"'
RIGHT = "return sum(minutes) / len(minutes)"
WRONG = "return sum(minutes) / 2"


def source(solution: str) -> dict[str, Any]:
    """Return the author's notebook with this solution."""
    body = f"def mean_wait(minutes):\n    ### BEGIN SOLUTION\n    {solution}\n    ### END SOLUTION"
    tests = f"assert callable(mean_wait)\n### BEGIN HIDDEN TESTS\n{HIDDEN}\n### END HIDDEN TESTS"
    return make_notebook(
        make_cell("markdown", "t1", "## 第 1 题 平均候车时间（10 分）\n\n`mean_wait(minutes)` 返回平均候车分钟数。"),
        answer_cell("a1", body),
        graded_cell("q1", tests, 10),
    )


def upload(page: Page, installation: Installation, notebook: Mapping[str, Any], *beside: Path, folder: Path) -> None:
    """Upload a source notebook, and files beside it."""
    file = folder / "source.ipynb"
    file.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")
    page.goto(f"{installation.portal_url}/labs/manage/labs/{CODE}/upload/")
    page.set_input_files("input[name=source]", file)
    if beside:
        page.set_input_files("input[name=beside]", beside)
    with page.expect_navigation(timeout=120_000):
        page.locator("main form button.button").click()


def assign(page: Page, installation: Installation, release: str) -> None:
    """Try to put the release before the run."""
    page.goto(f"{installation.portal_url}/labs/manage/labs/{CODE}/assign/")
    run = page.locator("select[name=run] option").filter(has_text=RUN).get_attribute("value")
    page.select_option("select[name=run]", run)
    page.select_option("select[name=release]", label=release)
    page.fill("input[name=opens_at]", "2026-01-01T08:00")
    page.fill("input[name=due_at]", "2027-12-31T18:00")
    page.fill("input[name=pass_percent]", "60")
    page.uncheck("input[name=is_required]")
    page.locator("main form button.button").click()


def test_a_leaking_lab_is_found_explained_mended_and_assigned(
    installation: Installation, sign_in: Callable[..., Page], tmp_path: Path
) -> None:
    page = sign_in(INSTRUCTOR)
    page.goto(f"{installation.portal_url}/labs/manage/new/")
    page.fill("input[name=code]", CODE)
    page.fill("input[name=title]", TITLE)
    page.select_option("select[name=course]", label="城市数据分析实训")
    page.locator("main form button.button").click()

    upload(page, installation, source(WRONG), folder=tmp_path)
    refused = page.locator(".error-summary")
    expect(refused).to_contain_text("笔记本还不能发布")
    expect(refused).to_contain_text("参考答案没有通过自己的测试")

    notes = tmp_path / "notes.txt"
    notes.write_text(f"备课笔记\n{HIDDEN}\n", encoding="utf-8")
    upload(page, installation, source(RIGHT), notes, folder=tmp_path)
    expect(page).to_have_url(re.compile(r"/releases/1/report/"))
    report = page.locator("#report")
    expect(report).to_have_attribute("hx-trigger", "every 2s")
    expect(report).to_contain_text(re.compile("等待中|检查开始|%"))
    assign(page, installation, "第 1 版")
    expect(page.locator(".error-summary")).to_contain_text(re.compile("正在检查|没有通过检查"))

    page.goto(f"{installation.portal_url}/labs/manage/labs/{CODE}/releases/1/report/")
    expect(report.locator(".notice-danger")).to_contain_text("不能布置", timeout=CHECK_MS)
    expect(report).to_contain_text("必须修改")
    expect(report).to_contain_text("附带文件 notes.txt里能看到隐藏测试")
    expect(report).to_contain_text("请从中删除这些内容")
    assign(page, installation, "第 1 版")
    expect(page.locator(".error-summary")).to_contain_text("没有通过检查")

    upload(page, installation, source(RIGHT), folder=tmp_path)
    expect(page).to_have_url(re.compile(r"/releases/2/report/"))
    expect(report.locator(".notice-success")).to_be_visible(timeout=CHECK_MS)
    assign(page, installation, "第 2 版")
    expect(page).to_have_url(re.compile(rf"/labs/manage/labs/{CODE}/$"))
    expect(page.locator("main")).to_contain_text(RUN)
