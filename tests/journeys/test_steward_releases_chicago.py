"""A data steward takes Chicago 311 from its file to a release that the privacy officer signs; a trainee reads it in
the Lab; the officer withdraws it and it leaves the open Lab."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from playwright.sync_api import Page, expect

from tests.journeys.laboratory import run_in_kernel
from tests.running import Installation, wait_for

STEWARD, OFFICER, TRAINEE = "he.ping", "lin.tao", "zhou.min"
CODE = "chicago-311"
DESK = "/datasets/desk/"
PLACE = f"/srv/datasets/{CODE}/1/data.csv"
LOOK = f"from pathlib import Path\np = Path('{PLACE}')\nprint(sum(1 for _ in p.open()) if p.exists() else 'absent')"


def draft_of(page: Page, installation: Installation) -> str:
    """From the catalogue to a draft on the fetched data."""
    page.goto(f"{installation.portal_url}{DESK}register/")
    button = page.locator(f"form[action='{DESK}catalogue/{CODE}/'] button")
    if button.count():
        with page.expect_navigation():
            button.click()
    else:  # an earlier run registered it
        page.goto(f"{installation.portal_url}{DESK}datasets/{CODE}/")
    expect(page.locator("#work table")).to_be_visible(timeout=120_000)
    page.get_by_role("link", name="批次 1", exact=True).click()
    expect(page.locator("main")).to_contain_text("Street_Address")
    with page.expect_navigation():
        page.get_by_role("button", name="起草").click()
    return page.url


def previewed(page: Page, draft: str) -> None:
    """What the recipe would do, before anything is built."""
    with page.expect_navigation():
        page.get_by_role("button", name="保存并预览").click()
    expect(page.locator("h1")).to_contain_text("预览")
    expect(page.locator("dl.facts")).to_contain_text(re.compile(r"→ \d+"))
    page.goto(draft)


def built(page: Page) -> None:
    """The release made aside, measured and assessed."""
    with page.expect_navigation():
        page.get_by_role("button", name="保存并构建").click()
    expect(page.locator("#build")).to_contain_text("风险评估报告", timeout=180_000)
    page.reload()
    expect(page.locator("h1")).to_contain_text("已评估")


def open_home(page: Page, installation: Installation) -> Page:
    """The trainee's Lab, from the page of a lab."""
    page.goto(f"{installation.portal_url}/learning/")
    page.get_by_role("link", name="停车诱导").first.click()
    with page.context.expect_page() as opened:
        page.locator("main a[href*='/hub/user-redirect/']").first.click()
    lab = opened.value
    lab.wait_for_selector(".jp-Notebook .jp-Cell", timeout=120_000)
    return lab


def test_from_file_to_release_and_its_end(installation: Installation, sign_in: Callable[..., Page]) -> None:
    base = installation.portal_url
    steward, officer = sign_in(STEWARD), sign_in(OFFICER)
    draft = draft_of(steward, installation)
    previewed(steward, draft)
    built(steward)

    officer.goto(f"{base}{DESK}")
    officer.locator(".card-accent a").first.click()
    expect(officer).to_have_url(draft)
    expect(officer.locator("#build")).to_contain_text("最小等价类")
    year = date.today().year + 1
    officer.get_by_label("有效期至").fill(f"{year}-06-30")
    with officer.expect_navigation():
        officer.get_by_role("button", name="批准报告").click()
    expect(officer.locator("h1")).to_contain_text("已批准")

    steward.goto(draft)
    with steward.expect_navigation():
        steward.get_by_role("button", name="发布版本").click()
    steward.get_by_role("link", name="版本 1").click()
    steward.get_by_label("或个人(用户名)").fill(TRAINEE)
    steward.get_by_label("用途").fill("网格化城管实训")
    with steward.expect_navigation():
        steward.get_by_role("button", name="授权", exact=True).click()

    trainee = sign_in(TRAINEE)
    lab = open_home(trainee, installation)
    rows = wait_for(
        lambda: int(found) if (found := run_in_kernel(lab, LOOK).strip()).isdigit() else None, 90, "the data"
    )
    assert rows > 70_000
    # Read-only, and nothing of what was dropped.
    head = run_in_kernel(lab, f"print(open('{PLACE}', encoding='utf-8-sig').readline())")
    assert "Street_Address" not in head
    assert "OSError" in run_in_kernel(lab, f"open('{PLACE}', 'w')") or "PermissionError" in run_in_kernel(
        lab, f"open('{PLACE}', 'w')"
    )

    version = steward.url
    officer.goto(version)
    officer.locator("#withdraw ~ form textarea").fill("发布方更正了地址字段")
    with officer.expect_navigation():
        officer.get_by_role("button", name="撤回", exact=True).click()
    wait_for(lambda: run_in_kernel(lab, LOOK).strip() == "absent", 90, "the withdrawn data leaving the Lab")
    trainee.goto(f"{base}/datasets/{CODE}/")
    expect(trainee.locator("main")).to_contain_text("发布方更正了地址字段")
