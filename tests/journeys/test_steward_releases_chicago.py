"""A data steward takes Chicago 311 from its file to a release that the privacy officer signs; an instructor makes a lab
of it; a trainee reads it in the Lab; the officer withdraws it: it leaves the open Lab, and the lab freezes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.graders import answer_cell, graded_cell, make_cell, make_notebook
from tests.journeys.laboratory import run_in_kernel
from tests.journeys.practice import assign, make_lab, upload
from tests.running import Installation, wait_for

STEWARD, OFFICER, INSTRUCTOR, TRAINEE = "he.ping", "lin.tao", "zhang.jun", "zhou.min"
CODE = "chicago-311"
DESK = "/datasets/desk/"
PLACE = f"/srv/datasets/{CODE}/1/data.csv"
LAB, TITLE = "city-cleaning", "环卫诉求：读懂公开数据"
WHY = "发布方更正了地址字段"
LOOK = f"from pathlib import Path\np = Path('{PLACE}')\nprint(sum(1 for _ in p.open()) if p.exists() else 'absent')"


def draft_of(page: Page, installation: Installation) -> str:
    """From the catalog to a draft on the fetched data."""
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
    """See what the recipe would do before anything is built: beside the form while it is written,
    and on a page of its own."""
    limit = page.get_by_label("最小等价类(k)")
    expect(page.locator("#live")).to_contain_text(re.compile(r"→ \d+"), timeout=30_000)
    limit.fill("0")
    limit.blur()
    expect(page.locator("#live .notice")).to_be_visible(timeout=30_000)
    limit.fill("5")
    limit.blur()
    expect(page.locator("#live")).to_contain_text(re.compile(r"→ \d+"), timeout=30_000)
    with page.expect_navigation():
        page.get_by_role("button", name="保存并预览").click()
    expect(page.locator("h1")).to_contain_text("预览")
    expect(page.locator("dl.facts")).to_contain_text(re.compile(r"→ \d+"))
    page.goto(draft)


def built(page: Page) -> None:
    """Make the release aside, measured and assessed."""
    with page.expect_navigation():
        page.get_by_role("button", name="保存并构建").click()
    expect(page.locator("#build")).to_contain_text("风险评估报告", timeout=180_000)
    page.reload()
    expect(page.locator("h1")).to_contain_text("已评估")


def signed(officer: Page, until: str) -> None:
    """Every finding ticked with a reason, then the signature."""
    for tick in officer.locator("[name^=seen-]").all():
        tick.check()
    for reason in officer.locator("[name^=reason-]").all():
        reason.fill("逐行看过，没有认出任何人")
    officer.get_by_label("有效期至").fill(until)
    with officer.expect_navigation():
        officer.get_by_role("button", name="批准报告").click()


def granted(steward: Page, name: str) -> None:
    """Grant the version to one person on its page."""
    steward.get_by_label("或个人（登录名）").fill(name)
    steward.get_by_label("用途").fill("网格化城管实训")
    with steward.expect_navigation():
        steward.get_by_role("button", name="授权", exact=True).click()


def lab_source() -> dict[str, object]:
    """Return a lab of one question on the released file."""
    count = (
        f"def requests():\n    ### BEGIN SOLUTION\n    return sum(1 for _ in open({PLACE!r})) - 1\n    ### END SOLUTION"
    )
    test = 'assert callable(requests)\n### BEGIN HIDDEN TESTS\nassert requests() > 70_000, "每行一条诉求"\n### END HIDDEN TESTS'
    return make_notebook(
        make_cell("markdown", "intro", "# 环卫诉求\n\n`requests()` 返回诉求的条数。"),
        answer_cell("a1", count),
        graded_cell("q1", test, 10),
    )


def set_lab(instructor: Page, installation: Installation, tmp_path: Path) -> None:
    """Set the instructor's lab on the released version before the run in which the trainee learns."""
    make_lab(instructor, installation, LAB, TITLE)
    file = tmp_path / "source.ipynb"
    file.write_text(json.dumps(lab_source(), ensure_ascii=False), encoding="utf-8")
    upload(instructor, installation, LAB, file, 1, data=CODE)
    assign(instructor, installation, LAB)


def open_lab_page(page: Page, installation: Installation) -> None:
    """Open the trainee's page of the lab."""
    page.goto(f"{installation.portal_url}/learning/")
    page.get_by_role("link", name=TITLE).first.click()
    expect(page.locator("h1")).to_contain_text(TITLE)


def open_lab(page: Page, installation: Installation) -> Page:
    """Return the trainee's Lab, from the page of the lab."""
    open_lab_page(page, installation)
    with page.context.expect_page() as opened:
        page.locator("main a[href*='/hub/user-redirect/']").first.click()
    lab = opened.value
    lab.wait_for_selector(".jp-Notebook .jp-Cell", timeout=120_000)
    return lab


def withdrawn(officer: Page, version: str) -> None:
    """Take the version back as the officer."""
    officer.goto(version)
    officer.locator("#withdraw ~ form textarea").fill(WHY)
    for _ in ("ask", "do"):
        with officer.expect_navigation():
            officer.get_by_role("button", name="撤回", exact=True).click()


def test_from_file_to_release(installation: Installation, sign_in: Callable[..., Page]) -> None:
    steward, officer = sign_in(STEWARD), sign_in(OFFICER)
    draft = draft_of(steward, installation)
    previewed(steward, draft)
    built(steward)

    officer.goto(f"{installation.portal_url}{DESK}")
    officer.locator(".card-accent a").first.click()
    expect(officer).to_have_url(draft)
    expect(officer.locator("#build")).to_contain_text("最小等价类")
    officer.get_by_role("link", name="审阅并签字").click()
    signed(officer, f"{date.today().year + 1}-06-30")
    expect(officer.locator("h1")).to_contain_text("已批准")

    steward.goto(draft)
    with steward.expect_navigation():
        steward.get_by_role("button", name="发布版本").click()
    with steward.expect_navigation():
        steward.get_by_role("button", name="发布版本").click()
    steward.get_by_role("link", name="版本 1").click()
    granted(steward, INSTRUCTOR)


def test_its_report_is_renewed(installation: Installation, sign_in: Callable[..., Page]) -> None:
    steward, officer = sign_in(STEWARD), sign_in(OFFICER)
    steward.goto(f"{installation.portal_url}{DESK}datasets/{CODE}/")
    steward.get_by_role("link", name="版本 1").first.click()
    with steward.expect_navigation():
        steward.get_by_role("button", name="续签报告").click()
    expect(steward.locator("main")).to_contain_text("新报告等待签字")

    officer.goto(f"{installation.portal_url}{DESK}")
    here = steward.url.removeprefix(installation.portal_url)
    officer.locator(f".card-accent a[href='{here}']", has_text="报告续签").click()
    expect(officer).to_have_url(steward.url)
    until = f"{date.today().year + 2}-01-31"
    officer.get_by_role("link", name="审阅并签字").click()
    signed(officer, until)
    expect(officer.locator("dl.facts")).to_contain_text(until)


def test_a_lab_on_it_until_it_is_withdrawn(
    installation: Installation, sign_in: Callable[..., Page], tmp_path: Path
) -> None:
    base = installation.portal_url
    set_lab(sign_in(INSTRUCTOR), installation, tmp_path)
    trainee, officer = sign_in(TRAINEE), sign_in(OFFICER)
    lab = open_lab(trainee, installation)
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

    officer.goto(f"{base}{DESK}datasets/{CODE}/")
    officer.get_by_role("link", name="版本 1").first.click()
    withdrawn(officer, officer.url)
    wait_for(lambda: run_in_kernel(lab, LOOK).strip() == "absent", 90, "the withdrawn data leaving the Lab")
    lab.reload()
    expect(lab.locator(".cx-bar")).to_contain_text(WHY, timeout=60_000)
    expect(lab.locator(".cx-bar").get_by_role("button", name="提交", exact=True)).to_be_disabled()
    open_lab_page(trainee, installation)
    expect(trainee.locator("main")).to_contain_text("实训暂停")
    expect(trainee.locator("main")).to_contain_text(WHY)
    trainee.goto(f"{base}/datasets/{CODE}/")
    expect(trainee.locator("main")).to_contain_text(WHY)
