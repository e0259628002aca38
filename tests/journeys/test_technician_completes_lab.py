"""A technician solves the lab on real data in JupyterHub, is graded in the sandbox and sees the score in both places."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from portal.installation.paths import ROOT
from tests.journeys.laboratory import answers_of, read_notebook, with_answers, write_notebook
from tests.journeys.reading import read_course
from tests.running import Installation

TECHNICIAN = "wang.fang"
NOTEBOOK = "cdp-2026/parking-guidance/parking-guidance.ipynb"
SOURCE = ROOT / "labs/assignments/demo/parking_guidance/parking_guidance.ipynb"
REFLECTION = (
    "落地前还需要各停车场的坐标与步行距离、节假日客流；只用汇总占用数，不采集车牌；诱导屏的建议须标明更新时间。"
)


COURSE = "/courses/chd/city-data-practice/"


def lab_page(page: Page, installation: Installation) -> None:
    """From the dashboard to the page of the lab."""
    page.goto(f"{installation.portal_url}/learning/")
    page.get_by_role("link", name="停车诱导").first.click()
    expect(page.locator("h1")).to_contain_text("停车诱导")


def open_lab(page: Page) -> Page:
    """One click opens the Lab with the notebook already there."""
    with page.context.expect_page() as opened:
        page.locator("main a[href*='/hub/user-redirect/']").first.click()
    lab = opened.value
    lab.wait_for_selector(".jp-Notebook .jp-Cell", timeout=120_000)
    lab.wait_for_selector(".cx-bar", timeout=60_000)
    return lab


def press(lab: Page, name: str) -> None:
    """Press a button of the bar, and confirm when the bar asks."""
    lab.locator(".cx-bar").get_by_role("button", name=name, exact=True).click()
    confirm = lab.locator(".jp-Dialog .jp-mod-accept")
    if name == "提交":
        confirm.click()


def solved(notebook: dict[str, Any]) -> dict[str, Any]:
    """Return the notebook with the author's answers and a reflection of the trainee's own."""
    answers = answers_of(json.loads(SOURCE.read_text(encoding="utf-8")))
    written = {
        cell["metadata"]["nbgrader"]["grade_id"]: REFLECTION
        for cell in notebook["cells"]
        if cell["cell_type"] == "markdown" and cell["metadata"].get("nbgrader", {}).get("solution")
    }
    return with_answers(notebook, answers | written)


def test_technician_checks_submits_and_sees_the_score(installation: Installation, sign_in: Callable[..., Page]) -> None:
    page = sign_in(TECHNICIAN)
    read_course(page, installation, COURSE)
    lab_page(page, installation)
    lab = open_lab(page)
    bar = lab.locator(".cx-bar")
    expect(bar).to_contain_text("截止")
    expect(bar).to_contain_text("剩余提交")

    write_notebook(lab, NOTEBOOK, solved(read_notebook(lab, NOTEBOOK)))
    lab.reload()
    lab.wait_for_selector(".cx-bar", timeout=60_000)
    press(lab, "检查")
    expect(lab.locator("body")).to_contain_text(re.compile("检查完成"), timeout=60_000)
    press(lab, "提交")

    # The receipt first, then the score, without a reload of anything.
    expect(lab.locator("body")).to_contain_text(re.compile(r"SJ-\d{8}-\d{6}"), timeout=30_000)
    expect(bar).to_contain_text(re.compile(r"80\s*/\s*100"), timeout=60_000)
    page.reload()
    expect(page.locator("main")).to_contain_text(re.compile(r"80\s*/\s*100"))
    expect(page.locator("main")).to_contain_text(re.compile(r"SJ-\d{8}-\d{6}"))
