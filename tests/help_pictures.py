"""Takes the pictures of the help from a running demo: CHENGXUE_RUNNING=<VAR_DIR> python -m tests.help_pictures [name …]"""

from __future__ import annotations

import io
import os
import sys
from collections import defaultdict
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from portal.installation.paths import ROOT
from tests.running import CHROMIUM, CHROMIUM_FLAGS, Installation, known_installation, log_in

FOLDER = ROOT / "portal/pages/static/pages/help"
WINDOW, SIZE = {"width": 1120, "height": 700}, (800, 500)
MOST_BYTES = 60 * 1024
PICTURES = {
    "learner-learning": ("wang.fang", "/learning/", ""),
    "learner-lab": ("wang.fang", "/learning/", "main a:has-text('停车诱导')"),
    "learner-account": ("wang.fang", "/account/", ""),
    "instructor-authoring": ("zhang.jun", "/admin/", ""),
    "instructor-labs": ("zhang.jun", "/labs/manage/", ""),
    "instructor-desk": ("zhang.jun", "/labs/desk/", ""),
    "instructor-enroll": ("zhang.jun", "/learning/teaching/cdp-2026/enroll/", ""),
    "author-lab": ("zhang.jun", "/labs/manage/labs/parking-guidance/", ""),
    "steward-desk": ("he.ping", "/datasets/desk/", ""),
    "officer-desk": ("lin.tao", "/datasets/desk/", ""),
    "editor-import": ("xu.yan", "/policies/import/", ""),
    "editor-reviews": ("xu.yan", "/policies/reviews/", ""),
    "hr-new": ("chen.jing", "/personnel/new/", ""),
    "hr-accounts": ("chen.jing", "/personnel/", ""),
    "hr-people": ("chen.jing", "/hr/", ""),
    "auditor-record": ("qian.hua", "/audit/", ""),
    "administrator-units": ("sun.qiang", "/organizations/", ""),
    "administrator-work": ("sun.qiang", "/work/", ""),
}
"""Name: whose page, its address, a link to follow from there."""


def compressed(picture: bytes) -> bytes:
    """Return the window as WebP, small enough."""
    image = Image.open(io.BytesIO(picture)).convert("RGB").resize(SIZE, Image.Resampling.LANCZOS)
    for quality in (70, 55, 40, 25):
        kept = io.BytesIO()
        image.save(kept, "WEBP", quality=quality, method=6)
        if len(kept.getvalue()) <= MOST_BYTES:
            break
    return kept.getvalue()


def take(browser: Browser, installation: Installation, username: str, names: list[str]) -> None:
    """Take the pictures of one person's pages."""
    page = browser.new_context(viewport=WINDOW, locale="zh-CN").new_page()  # type: ignore[arg-type]  # as in pictures
    log_in(page, installation, installation.accounts[username])
    for name in names:
        page.goto(installation.portal_url + PICTURES[name][1])
        if PICTURES[name][2]:
            page.locator(PICTURES[name][2]).first.click()
            page.wait_for_load_state()
        page.wait_for_timeout(500)
        (FOLDER / f"{name}.webp").write_bytes(compressed(page.screenshot()))
    page.context.close()


def main(asked: list[str]) -> None:
    """Take the pictures that are asked for, or all."""
    installation = known_installation(Path(os.environ["CHENGXUE_RUNNING"]))
    FOLDER.mkdir(parents=True, exist_ok=True)
    people: dict[str, list[str]] = defaultdict(list)
    for name in asked or PICTURES:
        people[PICTURES[name][0]].append(name)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        for username, names in people.items():
            take(browser, installation, username, names)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
