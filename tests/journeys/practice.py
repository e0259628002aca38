"""A small lab for the practice loop: a question with a hint, one whose test is wrong, one that a person marks; and how
an instructor sets a lab."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.graders import answer_cell, graded_cell, make_cell, make_notebook
from tests.running import Installation

CODE = "gate-counts"
TITLE = "门禁计数：哪座门最忙"
HINT = "返回最忙的门的名称，不是它的人数"
BUSIEST = "def busiest(counts):\n    return max(counts, key=counts.get)"
MISREAD = "def busiest(counts):\n    return max(counts.values())"
GROWTH = "def growth(before, after):\n    return (after - before) / before * 100"
WRONG_GROWTH = "def growth(before, after):\n    return (after - before) / after * 100"
THOUGHTS = "早高峰在最忙的门增加引导员，只看汇总人数，不记录个人出入；数据每十分钟更新一次。"

CHECK_S = 180
RUN = "2026年城市数据分析实训班"


def make_lab(page: Page, installation: Installation, code: str, title: str) -> None:
    """Make a new lab of the technicians' course."""
    page.goto(f"{installation.portal_url}/labs/manage/new/")
    page.fill("input[name=code]", code)
    page.fill("input[name=title]", title)
    page.select_option("select[name=course]", label="城市数据分析实训")
    page.locator("main form button.button").click()


def upload(page: Page, installation: Installation, code: str, file: Path, number: int, data: str = "") -> None:
    """Upload a source notebook, ticking the dataset of code `data`, and wait until its check has passed."""
    page.goto(f"{installation.portal_url}/labs/manage/labs/{code}/upload/")
    page.set_input_files("input[name=source]", file)
    if data:
        page.locator("label", has_text=data).locator("input[name=versions]").check()
    with page.expect_navigation(timeout=120_000):
        page.locator("main form button.button").click()
    expect(page).to_have_url(re.compile(rf"/releases/{number}/report/"))
    expect(page.locator("#report .notice-success")).to_be_visible(timeout=CHECK_S * 1000)


def assign(page: Page, installation: Installation, code: str) -> None:
    """Put the newest release before the run in which the demo's technicians learn."""
    page.goto(f"{installation.portal_url}/labs/manage/labs/{code}/assign/")
    run = page.locator("select[name=run] option", has_text=RUN).get_attribute("value")
    page.select_option("select[name=run]", run)
    page.select_option("select[name=release]", index=1)
    page.fill("input[name=opens_at]", "2026-01-01T08:00")
    page.fill("input[name=due_at]", "2027-12-31T18:00")
    page.fill("input[name=max_attempts]", "9")
    page.fill("input[name=pass_percent]", "70")
    page.uncheck("input[name=is_required]")
    page.locator("main form button.button").click()
    expect(page.locator("main")).to_contain_text(RUN)


def source(*, is_mended: bool) -> dict[str, Any]:
    """Return the author's notebook; before it is mended, solution and test of question 2 share one mistake."""
    growth, expected = (GROWTH, 25) if is_mended else (WRONG_GROWTH, 20)
    return make_notebook(
        make_cell("markdown", "intro", "# 门禁计数\n\n按门统计的人数，没有个人信息。"),
        make_cell("markdown", "t1", "## 第 1 题 最忙的门（12 分）\n\n`busiest(counts)` 返回人数最多的门的名称。"),
        answer_cell("a1", _solution("busiest(counts)", BUSIEST)),
        graded_cell("q1", _tests('busiest({"东门": 3, "西门": 9}) == "西门"', HINT), 12),
        make_cell("markdown", "t2", "## 第 2 题 增长率（3 分）\n\n`growth(before, after)` 返回增长的百分数。"),
        answer_cell("a2", _solution("growth(before, after)", growth)),
        graded_cell("q2", _tests(f"abs(growth(100, 125) - {expected}) < 0.01", "增长率＝增加量除以基数，再乘 100"), 3),
        make_cell("markdown", "t3", "## 第 3 题 引导安排（5 分，教师评阅）"),
        make_cell(
            "markdown", "q3", f"### BEGIN SOLUTION\n{THOUGHTS}\n### END SOLUTION", grade=True, solution=True, points=5
        ),
    )


def answered(released: dict[str, Any], busiest: str) -> dict[str, Any]:
    """Return the trainee's notebook: question 2 right, question 1 as given."""
    notebook = copy.deepcopy(released)
    answers = {"a1": busiest, "a2": GROWTH, "q3": THOUGHTS}
    for cell in notebook["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = answers.get(grade_id, cell["source"])
    return notebook


def _solution(head: str, code: str) -> str:
    first, *rest = code.split("\n")
    assert head in first
    return "\n".join([first, "    ### BEGIN SOLUTION", *rest, "    ### END SOLUTION"])


def _tests(condition: str, hint: str) -> str:
    name = condition.split("(")[1 if condition.startswith("abs") else 0]
    visible = f'assert callable({name}), "请定义函数 {name}"'
    return f'{visible}\n### BEGIN HIDDEN TESTS\nassert {condition}, "{hint}"\n### END HIDDEN TESTS'
