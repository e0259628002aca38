"""The bar above a notebook, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.hub_config.fake_lab_api import ASSIGNMENT
from tests.hub_config.local_hub import LocalHub

pytestmark = pytest.mark.slow

NEWS = ("Jupyter news", "新闻")


def open_lab(hub: LocalHub, browser: Browser, user: str, width: int = 1280) -> tuple[Page, list[str]]:
    """Sign in, follow the lesson's link and return the page with the bar, and the foreign addresses it asked for."""
    page = browser.new_context(viewport={"width": width, "height": 820}, locale="zh-CN").new_page()
    page.set_default_timeout(60_000)
    foreign: list[str] = []
    own = (hub.url, hub.server(user), hub.server(user).replace("http", "ws"), "data:", "blob:")
    page.on("request", lambda request: foreign.append(request.url) if not request.url.startswith(own) else None)
    page.goto(f"{hub.url}/hub/user-redirect/chengxue/open/{ASSIGNMENT}")
    page.fill("input[name=username]", user)
    page.fill("input[name=password]", hub.password)
    page.click("button[type=submit]")
    page.wait_for_selector(".cx-bar")
    return page, foreign


@pytest.fixture(scope="module")
def opened(hub: LocalHub, browser: Browser) -> tuple[Page, list[str]]:
    """Return the lab of u7 in the browser."""
    return open_lab(hub, browser, "u7")


def test_one_click_opens_the_notebook_in_chinese_with_the_bar(opened: tuple[Page, list[str]]) -> None:
    page, _ = opened

    bar = page.get_by_role("region", name="实训作业")
    expect(bar).to_contain_text("停车诱导")
    expect(bar).to_contain_text("还剩 5 天")
    expect(bar).to_contain_text("剩余提交 3/3 次")
    expect(page.get_by_role("menuitem", name="文件")).to_be_visible()
    assert not [word for word in NEWS if word in page.inner_text("body")]


def test_checking_by_keyboard_shows_results_by_question(opened: tuple[Page, list[str]]) -> None:
    page, _ = opened
    bar = page.get_by_role("region", name="实训作业")

    bar.get_by_role("button", name="检查").focus()
    page.keyboard.press("Enter")

    expect(bar).to_contain_text("检查完成，不计成绩", timeout=20_000)
    expect(bar.get_by_role("row", name="分时占用率")).to_contain_text("部分通过")


def test_submitting_asks_once_and_shows_receipt_and_score(opened: tuple[Page, list[str]]) -> None:
    page, _ = opened
    bar = page.get_by_role("region", name="实训作业")

    bar.get_by_role("button", name="提交").click()
    expect(page.locator(".jp-Dialog")).to_contain_text("还剩 2 次")
    page.locator(".jp-Dialog .jp-mod-accept").click()

    expect(bar).to_contain_text("得分 7.5/10", timeout=20_000)
    expect(bar).to_contain_text("SJ-2026-")
    expect(bar).to_contain_text("剩余提交 2/3 次")


def test_starting_again_says_where_the_old_file_is(opened: tuple[Page, list[str]]) -> None:
    page, _ = opened
    bar = page.get_by_role("region", name="实训作业")

    bar.get_by_role("button", name="重新开始").click()
    page.locator(".jp-Dialog .jp-mod-accept").click()

    expect(bar).to_contain_text("已重新开始", timeout=20_000)


def test_a_lab_asks_nobody_but_its_own_server(opened: tuple[Page, list[str]]) -> None:
    _, foreign = opened

    assert not foreign


def test_on_a_telephone_the_buttons_are_on_the_screen(hub: LocalHub, browser: Browser) -> None:
    page, _ = open_lab(hub, browser, "u8", width=390)
    page.wait_for_timeout(1500)

    for name in ("检查", "提交", "重新开始"):
        box = page.get_by_role("region", name="实训作业").get_by_role("button", name=name).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390


def test_who_chose_english_gets_an_english_bar(hub: LocalHub, browser: Browser) -> None:
    hub.spawn("u9")
    token = hub.token_of("u9")
    hub.run(
        "u9", token, "import os; os.makedirs('/home/u9/.jupyter/lab/user-settings/@jupyterlab/translation-extension')"
    )
    hub.run(
        "u9",
        token,
        "open('/home/u9/.jupyter/lab/user-settings/@jupyterlab/translation-extension/plugin.jupyterlab-settings', 'w')"
        """.write('{"locale": "en"}')""",
    )

    page, _ = open_lab(hub, browser, "u9")

    expect(page.get_by_role("region", name="Lab assignment")).to_contain_text("attempts left")
