"""Forms as a browser sends them, with its own Origin: one of each kind plainly, from a stale tab, without JavaScript and
on a phone in large print; verification by number, preferences, and an act after the session's end.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Error, Page, expect

from tests.journeys.forms import KINDS, Kind, in_view, wrong
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


SOMEBODY_ELSE = "wang.fang"
PHONE = {"width": 390, "height": 844}
WAYS: dict[str, dict[str, Any]] = {
    "plainly": {},
    "no script": {"java_script_enabled": False},
    "phone": {"viewport": PHONE},
}


def _large_print(page: Page, portal: str) -> None:
    page.context.add_cookies([{"name": "mode", "value": "large", "url": portal}])


def _reader(kind: Kind, sign_in: Callable[..., Page], new_context: Callable[..., BrowserContext], **how: Any) -> Page:
    return (
        sign_in(kind.who, **how)
        if kind.who
        else new_context(**{"viewport": {"width": 1280, "height": 900}, **how}).new_page()
    )


@pytest.mark.parametrize("way", WAYS)
def test_one_form_of_each_kind_answers_where_the_eye_is(
    installation: Installation, sign_in: Callable[..., Page], new_context: Callable[..., BrowserContext], way: str
) -> None:
    problems = []
    for kind in KINDS:
        if kind.needs_script and way == "no script":
            continue
        page = _reader(kind, sign_in, new_context, **WAYS[way])
        if way == "phone":
            _large_print(page, installation.portal_url)
        try:
            faulty = _walk(kind, page, installation.portal_url)
        except Error as error:
            faulty = [f"{page.url}: {error}"]
        problems += [f"{kind.name}, {way}: {fault}" for fault in faulty]
        page.context.close()

    assert not problems, "\n".join(problems)


def _walk(kind: Kind, page: Page, portal: str) -> list[str]:
    number = f"{time.time_ns() // 10**6 % 10**8}"
    kind.open(page, portal, number)
    faulty = [f"before: {fault}" for fault in wrong(page, None)]
    kind.fill(page, number)
    faulty += wrong(page, kind.send(page))
    if not in_view(page, kind.said):
        faulty.append(f"“{kind.said}” is not in view: {page.url} {page.inner_text('body')[:400]!r}")
    return faulty


def _in_a_stale_tab(kind: Kind, first: Page, portal: str, other: Any) -> list[str]:
    number = f"{time.time_ns() // 10**6 % 10**8}"
    tabs = [first, first.context.new_page(), first.context.new_page()]
    for tab in tabs:
        kind.open(tab, portal, number)
        kind.fill(tab, number)
    kind.send(tabs[0])
    faulty = [f"stale: {fault}" for fault in wrong(tabs[1], kind.send(tabs[1], fully=False))]
    if not tabs[1].locator("h1, [role=status], [role=alert]").first.is_visible():
        faulty.append("stale: nothing is said")
    if kind.who and kind.who != SOMEBODY_ELSE:
        first.context.clear_cookies()
        first.context.add_cookies(other)
        faulty += [f"somebody else: {fault}" for fault in wrong(tabs[2], kind.send(tabs[2], fully=False))]
        if not kind.reads and not in_view(tabs[2], "其间已有他人登录"):
            faulty.append(f"somebody else, not said: {tabs[2].url} {tabs[2].inner_text('body')[:300]!r}")
    return faulty


def test_the_second_tab_is_told_the_truth(
    installation: Installation, sign_in: Callable[..., Page], new_context: Callable[..., BrowserContext]
) -> None:
    problems = []
    sign_in(SOMEBODY_ELSE).context.close()
    other = installation.signed_in[SOMEBODY_ELSE]["cookies"]
    for kind in KINDS:
        first = _reader(kind, sign_in, new_context)
        try:
            faulty = _in_a_stale_tab(kind, first, installation.portal_url, other)
        except Error as error:
            faulty = [str(error)]
        problems += [f"{kind.name}: {fault}" for fault in faulty]
        first.context.close()

    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("way", WAYS)
def test_signing_in_leads_on(installation: Installation, new_context: Callable[..., BrowserContext], way: str) -> None:
    page = new_context(**WAYS[way]).new_page()
    if way == "phone":
        _large_print(page, installation.portal_url)
    account = installation.accounts["zhou.min"]
    page.goto(f"{installation.portal_url}/accounts/login/?next=/learning/")
    page.fill("[name=login]", account.username)
    page.fill("[name=password]", "not-the-word")
    page.press("[name=password]", "Enter")
    expect(page.locator(".error-summary")).to_be_in_viewport()
    assert not wrong(page, None)
    page.fill("[name=password]", account.password)
    stale = page.context.new_page()
    stale.goto(f"{installation.portal_url}/accounts/login/")
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/learning/")
    expect(page.locator("h1")).to_be_in_viewport()
    assert not wrong(page, None)

    # The other tab still shows the form of somebody who is not signed in.
    stale.fill("[name=login]", "li.wei")
    stale.fill("[name=password]", installation.accounts["li.wei"].password)
    stale.press("[name=password]", "Enter")
    expect(stale.locator("h1")).to_contain_text("您已经登录")
    assert not wrong(stale, None)
