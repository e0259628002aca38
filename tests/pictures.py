"""Takes the README's pictures from a running installation: CHENGXUE_RUNNING=<VAR_DIR> python -m tests.pictures"""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from portal.installation.paths import ROOT
from tests.running import CHROMIUM, CHROMIUM_FLAGS, Installation, known_installation, log_in

FOLDER = ROOT / "docs" / "pictures"
WIDE, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 860}


def shot(page: Page, name: str) -> None:
    """Keep what the window shows."""
    page.wait_for_timeout(600)
    page.screenshot(path=FOLDER / f"{name}.jpg", type="jpeg", quality=82)


def signed_in(browser: Browser, installation: Installation, username: str, **options: object) -> Page:
    """Return a page of a demo person."""
    context = browser.new_context(**{"viewport": WIDE, "locale": "zh-CN", **options})  # type: ignore[arg-type]  # options of a context
    page = context.new_page()
    log_in(page, installation, installation.accounts[username])
    return page


def main() -> None:
    """Walk through the pages and keep their pictures."""
    installation = known_installation(Path(os.environ["CHENGXUE_RUNNING"]))
    FOLDER.mkdir(parents=True, exist_ok=True)
    portal = installation.portal_url
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        visitor = browser.new_context(viewport=WIDE, locale="zh-CN").new_page()
        visitor.goto(portal)
        shot(visitor, "home")
        dark = browser.new_context(viewport=WIDE, locale="zh-CN", color_scheme="dark").new_page()
        dark.goto(f"{portal}/courses/chd/smart-city-governance/one-network/")
        shot(dark, "lesson-dark")
        phone = signed_in(browser, installation, "li.wei", viewport=PHONE)
        phone.goto(f"{portal}/learning/")
        shot(phone, "learning-phone")
        technician = signed_in(browser, installation, "wang.fang")
        technician.goto(f"{portal}/learning/")
        technician.get_by_role("link", name="停车诱导").first.click()
        shot(technician, "lab-result")
        with technician.context.expect_page() as opened:
            technician.locator("main a[href*='/hub/user-redirect/']").first.click()
        lab = opened.value
        lab.wait_for_selector(".cx-bar", timeout=120_000)
        lab.wait_for_timeout(3000)
        shot(lab, "lab")
        officer = signed_in(browser, installation, "chen.jing")
        officer.goto(f"{portal}/hr/?sort=-hours")
        shot(officer, "hr")
        officer.get_by_role("link", name="王芳").click()
        visitor.goto(portal + str(officer.get_by_role("link", name="核验").first.get_attribute("href")))
        shot(visitor, "verification")
        browser.close()


if __name__ == "__main__":
    main()
