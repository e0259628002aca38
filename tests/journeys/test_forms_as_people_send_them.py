"""Forms as a browser sends them, with its own Origin: verification by number, preferences, and an act after the session's end."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.running import Installation, log_in

CERTIFICATE_OF_NOBODY = ("ZHZL-2026-999999", "查无此人")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_anybody_asks_for_a_certificate_by_number(
    installation: Installation, new_context: Callable[..., BrowserContext], script: bool
) -> None:
    page = new_context(java_script_enabled=script, viewport={"width": 390, "height": 844}).new_page()
    page.goto(f"{installation.portal_url}/certificates/verify/")
    page.locator("#id_serial").fill(CERTIFICATE_OF_NOBODY[0])
    page.locator("#id_name").fill(CERTIFICATE_OF_NOBODY[1])
    page.locator("main form button").click()

    expect(page.locator("main")).to_contain_text("没有")
    expect(page.locator("main")).not_to_contain_text("表单太旧")
    assert page.url.endswith("/certificates/verify/")


@pytest.mark.parametrize(
    "address", ["/certificates/verify/", "/certificates/verify/no-such-token/", "/", "/search/?q=数据"]
)
def test_preferences_are_switched_on_every_kind_of_page(
    installation: Installation, new_context: Callable[..., BrowserContext], address: str
) -> None:
    page = new_context().new_page()
    page.goto(installation.portal_url + address)
    page.locator("button[name=mode][value=large]").click()

    expect(page.locator("html")).to_have_attribute("data-mode", "large")
    page.locator("button[name=theme][value=dark]").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def _lose_session(page: Page) -> None:
    page.context.clear_cookies(name="chengxue")
    page.context.clear_cookies(name="__Host-chengxue")


def test_a_press_after_the_sessions_end_is_offered_again(
    installation: Installation, sign_in: Callable[..., Page]
) -> None:
    page = sign_in("zhou.min")
    address = f"{installation.portal_url}/search/?q=数据要素"
    page.goto(address)
    _lose_session(page)
    page.locator("form[action*='/search/saved/'] button").first.click()
    page.wait_for_url("**/accounts/login/**")

    log_in(page, installation, installation.accounts["zhou.min"])

    offer = page.locator("#interrupted")
    expect(offer).to_be_in_viewport()
    expect(offer.get_by_role("button", name="再次提交")).to_be_focused()
    offer.get_by_role("button", name="再次提交").click()
    expect(page.locator("main")).not_to_contain_text("还没有完成")
    page.goto(f"{installation.portal_url}/search/saved/")
    expect(page.locator("main")).to_contain_text("数据要素")
