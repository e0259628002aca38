"""How a learner reads a course to its end."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.running import Installation

LONGEST_LESSON_S = 90


def read_to_the_end(page: Page) -> None:
    """Stay on the lesson until the server has counted enough, then say that it is read."""
    page.locator("[data-left]").wait_for(state="hidden", timeout=LONGEST_LESSON_S * 1000)
    with page.expect_navigation():
        page.get_by_role("button", name="我已学完本讲").click()
    expect(page.locator("#progress")).to_contain_text("本讲已学完")


def read_course(page: Page, installation: Installation, course: str) -> None:
    """Read every lesson of a course that is not read yet, in order."""
    page.goto(f"{installation.portal_url}{course}")
    links = page.locator(f"main a[href^='{course}']").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    for lesson in dict.fromkeys(link.split("#")[0] for link in links):
        if lesson == course:
            continue
        page.goto(installation.portal_url + lesson)
        if page.get_by_role("button", name="我已学完本讲").count():
            read_to_the_end(page)
