"""An official takes the short course to its certificate, and anybody verifies it by its address."""

from __future__ import annotations

import io
from collections.abc import Callable

from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.journeys.reading import read_course
from tests.running import Installation, wait_for

OFFICIAL = "li.wei"
COURSE = "/courses/chd/smart-city-governance/"


def test_a_lesson_cannot_be_claimed_unread(installation: Installation, sign_in: Callable[..., Page]) -> None:
    page = sign_in("zhou.min")
    page.goto(f"{installation.portal_url}/learning/")
    page.locator("main a.button").first.click()

    with page.expect_navigation():
        page.get_by_role("button", name="我已学完本讲").click()

    expect(page.locator("#main")).to_contain_text("再读")
    expect(page.locator("#progress")).not_to_contain_text("本讲已学完")


def test_official_completes_course_and_is_certified(installation: Installation, sign_in: Callable[..., Page]) -> None:
    page = sign_in(OFFICIAL)
    dashboard = f"{installation.portal_url}/learning/"

    page.goto(dashboard)
    page.get_by_role("link", name="智慧城市治理与数据要素").first.click()
    read_course(page, installation, COURSE)
    page.goto(dashboard)

    expect(page.locator("main")).to_contain_text("100 %")
    expect(page.locator("main")).to_contain_text("4学时")

    # The worker makes the award and its document.
    def has_certificate() -> bool:
        page.reload()
        return page.get_by_role("link", name="证书（PDF）").count() > 0

    wait_for(has_certificate, 30, "the certificate")
    with page.expect_download() as download:
        page.get_by_role("link", name="证书（PDF）").first.click()
    document = PdfReader(io.BytesIO(download.value.path().read_bytes()))
    text = document.pages[0].extract_text().replace(" ", "")
    assert "李伟" in text
    assert "智慧城市治理能力证书" in text

    address = page.get_by_role("link", name="核验页").first.get_attribute("href")
    assert address
    stranger = page.context.browser.new_context(locale="zh-CN").new_page()  # type: ignore[union-attr]  # a context of a browser has one
    stranger.goto(installation.portal_url + address)
    expect(stranger.locator("main")).to_contain_text("有效")
    expect(stranger.locator("main")).to_contain_text("李伟")
    stranger.context.close()


def test_the_course_can_be_found_and_read_without_javascript(
    installation: Installation, new_context: Callable[..., object]
) -> None:
    page: Page = new_context(java_script_enabled=False).new_page()  # type: ignore[attr-defined]  # a BrowserContext

    page.goto(f"{installation.portal_url}/search/?q=数据要素&kind=course")
    page.locator("main").get_by_role("link", name="数据要素").first.click()

    expect(page.locator("h1")).to_contain_text("数据要素")
