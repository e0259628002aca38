"""A data steward brings a hotline's messy table and cleans it; the name column stops the build; the privacy officer's room shows why and
signs nothing in one click; the mended release holds no name, neither in its file nor on the page of a trainee."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.hotline import HEADS, SIGNED, Hotline, hotline
from tests.running import Installation

STEWARD, OFFICER, TRAINEE = "he.ping", "lin.tao", "zhou.min"
DESK = "/datasets/desk/"
NAME, WARD, MOMENT = HEADS[0], HEADS[4], HEADS[5]
CALLS = 1200
WHY = "表中看不出是谁，可以发布"


@pytest.fixture(scope="module")
def calls() -> Hotline:
    """Return the delivery."""
    return hotline(seed=20261130, calls=CALLS)


@pytest.fixture(scope="module")
def code() -> str:
    """Return a dataset of this run's own, for an installation that is walked through again."""
    return f"hotline-{int(time.time())}"


def pressed(page: Page, name: str) -> None:
    """Press a button that leads to a page."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).first.click()


def delivered(page: Page, installation: Installation, code: str, file: Path) -> None:
    """Make the register's entry, and take the file in."""
    page.goto(f"{installation.portal_url}{DESK}register/")
    for name, value in (
        ("code", code), ("title", f"市民热线 {code[-4:]}"), ("description", "市民热线来电记录"), ("source", "热线办"), ("license", "内部使用"),
    ):  # fmt: skip
        page.locator(f"form.form [name={name}]").fill(value)
    with page.expect_navigation():
        page.locator("form.form > button").click()
    page.set_input_files("input[name=file]", file)
    with page.expect_navigation():
        page.locator("form[action$='/deliver/'] button").click()
    expect(page.locator("#work table")).to_be_visible(timeout=120_000)


def cleaned(page: Page) -> None:
    """Clean the delivery by the steps that the table needs: the footer, blanks, dates, and spellings of a district."""
    page.get_by_role("link", name="批次 1", exact=True).click()
    expect(page.locator("#dirt + ul")).to_contain_text("合计")
    page.get_by_role("link", name="清洗", exact=True).click()
    pressed(page, "添加这张表似乎需要的步骤")
    steps = page.locator("section[aria-labelledby=steps] table")
    for step in ("去掉首尾空格", "删除表下的说明和落款", "删除合计行", "统一日期"):
        expect(steps).to_contain_text(step)
    page.get_by_label("添加步骤").select_option("map")
    page.get_by_label("用于列").select_option(WARD)
    pressed(page, "继续")
    spellings = page.locator("#step textarea")
    assert "碑林 → 碑林区" in spellings.input_value()
    pressed(page, "添加这一步")
    expect(page.locator("section[aria-labelledby=before]")).to_contain_text(f"{CALLS + 2} 行变为 {CALLS} 行")
    expect(page.locator("section[aria-labelledby=after] mark").filter(has_text="2025-").first).to_be_visible()
    expect(page.locator("section[aria-labelledby=bad]")).to_contain_text("没有。")
    pressed(page, "开始清洗")
    clean = page.get_by_role("link", name="批次 2", exact=True)
    expect(clean).to_be_visible(timeout=120_000)
    clean.click()
    expect(page.locator("main")).to_contain_text(f"{CALLS + 2} 行变为 {CALLS} 行")
    expect(page.locator("#dirt")).to_have_count(0)


def role_of(page: Page, column: str) -> str:
    """Return what the form says of a column."""
    return page.locator("tr", has=page.locator(f"th code:text-is('{column}')")).locator("[name^=role-]").input_value()


def choose(page: Page, column: str, role: str, treatment: str) -> None:
    """Role and treatment of a column, in the form."""
    row = page.locator("tr", has=page.locator(f"th code:text-is('{column}')"))
    row.locator("[name^=role-]").select_option(role)
    row.locator("[name^=treatment-]").select_option(treatment)


def built(page: Page, draft: str, words: str) -> None:
    """Build the draft, and see what is said of it."""
    page.goto(draft)
    pressed(page, "保存并构建")
    expect(page.locator("#build")).to_contain_text(words, timeout=180_000)


def test_the_name_column_stops_the_build(
    installation: Installation, sign_in: Callable[..., Page], calls: Hotline, code: str, tmp_path: Path
) -> None:
    steward, officer = sign_in(STEWARD), sign_in(OFFICER)
    file = tmp_path / "热线.csv"
    file.write_bytes(calls.content)
    delivered(steward, installation, code, file)
    cleaned(steward)
    pressed(steward, "起草")
    draft = steward.url
    pressed(steward, "采用全部建议")
    assert role_of(steward, NAME) == "direct" and role_of(steward, "诉求内容") == "text"
    # Without a script only the fields of the chosen treatment are shown.
    row = steward.locator("tr", has=steward.locator("th code:text-is('年龄')"))
    expect(row.get_by_label("各级区间宽度，从细到粗")).to_be_visible()
    expect(row.get_by_label("网格边长（米）", exact=True)).to_be_hidden()

    choose(steward, NAME, "text", "redact")
    pressed(steward, "保存")
    built(steward, draft, "阻止发布")
    expect(steward.locator("#build .notice-danger", has_text=NAME).first).to_be_visible()

    officer.goto(f"{installation.portal_url}{DESK}")
    officer.locator(f".card-accent a[href='{draft.removeprefix(installation.portal_url)}']").click()
    officer.get_by_role("link", name="处理前后对照").click()
    finding = officer.locator(".looked", has=officer.locator(f".notice-danger:has-text('{NAME}')")).first
    before = finding.locator("tbody tr:not(.after)").first.inner_text()
    assert any(caller.name in before for caller in calls.callers)
    expect(officer.get_by_role("button", name="批准报告")).to_have_count(0)
    officer.goto(draft)
    officer.locator("summary", has_text="退回草案").click()
    officer.locator("form[action$='/return/'] textarea").fill("姓名列不能发布")
    with officer.expect_navigation():
        officer.locator("form[action$='/return/'] button").click()

    steward.goto(draft)
    choose(steward, NAME, "direct", "drop")
    pressed(steward, "保存")
    built(steward, draft, "风险评估报告")


def test_the_officer_signs_what_he_looked_at(
    installation: Installation, sign_in: Callable[..., Page], calls: Hotline, code: str
) -> None:
    officer = sign_in(OFFICER)
    officer.goto(f"{installation.portal_url}{DESK}datasets/{code}/")
    officer.get_by_role("link", name="草案 1").click()
    officer.get_by_role("link", name="审阅并签字").click()
    room = officer.url
    officer.get_by_label("有效期至").fill(f"{date.today().year + 1}-06-30")
    pressed(officer, "批准报告")
    ticks = officer.locator("[name^=seen-]")
    assert ticks.count() >= 2
    expect(officer.locator("#id_seen-0_error")).to_be_visible()
    expect(officer.locator(".field-error")).to_have_count(2 * ticks.count())

    officer.goto(room)
    known = calls.callers[0]
    person = officer.locator("#person-1")
    person.get_by_label("年龄", exact=True).fill(str(known.age))
    person.get_by_label("诉求内容", exact=True).fill(known.phone)
    pressed(officer, "试着认人")
    expect(officer.locator("#person-1 [role=status]")).to_contain_text("不在发布表里")

    for place in range(ticks.count()):
        officer.locator(f"[name=seen-{place}]").check()
        officer.locator(f"[name=reason-{place}]").fill(WHY)
    pressed(officer, "批准报告")
    expect(officer.locator("h1")).to_contain_text("已批准")
    officer.get_by_role("link", name="风险评估报告").first.click()
    expect(officer.locator("main")).to_contain_text(WHY)
    expect(officer.locator("main")).to_contain_text("已知在内者被认出的最大概率")


def test_the_mended_release_holds_no_name(
    installation: Installation, sign_in: Callable[..., Page], calls: Hotline, code: str
) -> None:
    steward, trainee = sign_in(STEWARD), sign_in(TRAINEE)
    steward.goto(f"{installation.portal_url}{DESK}datasets/{code}/")
    steward.get_by_role("link", name="草案 1").click()
    for _ in ("ask", "do"):
        pressed(steward, "发布版本")
    steward.get_by_role("link", name="版本 1").click()
    steward.get_by_label("或个人（登录名）").fill(TRAINEE)
    steward.get_by_label("用途").fill("热线分析实训")
    pressed(steward, "授权")

    released = installation.paths.datasets / code / "1"
    text = (released / "data.csv").read_text("utf-8-sig")
    trainee.goto(f"{installation.portal_url}/datasets/{code}/")
    shown = trainee.locator("main").inner_text()
    assert SIGNED not in text and "合计" not in text
    with (released / "data.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows and all(row[WARD] == row[WARD].strip() and row[WARD].endswith(("区", "*", "")) for row in rows)
    assert "诉求内容" in shown and "遮盖标识符" in shown
    for caller in calls.callers:
        for telling in (caller.name, caller.number, caller.phone, caller.address):
            assert telling not in text, telling
            assert telling not in shown, telling
