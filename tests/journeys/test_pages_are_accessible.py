"""Every kind of page is free of serious findings of axe (WCAG 2.2 A and AA), reflows, and is worked by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.running import Installation

LEVELS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
# What a change of colors or of size can break; the rest is the same as in the light standard view.
LOOKS = {"runOnly": {"type": "rule", "values": ["color-contrast", "target-size"]}, "resultTypes": ["violations"]}
MODES = {"dark": ("dark", "standard"), "large print": ("light", "large")}
NARROW_PX = (390, 320)

POLICY_VIEWS = ("", "history/", "compare/")
COURSE = "courses/chd/smart-city-governance/"
BOOK = "/labs/books/cdp-2026/"
DATASET = "/datasets/desk/datasets/birmingham-parking/"
PAGES = {
    "": [
        *("/", "/courses/", f"/{COURSE}", "/courses/chd/", "/knowledge/", "/search/?q=data", "/certificates/verify/"),
        *("/accounts/login/", "/accounts/first-login/", "/accounts/password/reset/", "/no-such-page/"),
        *(
            f"/policies/{place}"
            for place in ("", "glossary/", *(f"qinchuan-smart-city/{view}" for view in POLICY_VIEWS))
        ),
    ],
    "he.ping": ["/datasets/desk/", "/datasets/desk/register/", DATASET],
    "xu.yan": ["/policies/import/", "/policies/reviews/"],
    "li.wei": [
        *("/learning/", "/account/", "/notices/", "/datasets/", "/datasets/birmingham-parking/", "/certificates/"),
        *("/accounts/2fa/", "/accounts/password/change/", "/accounts/sessions/", "/hr/"),
        *("/search/?q=%E6%95%B0%E6%8D%AE", "/search/saved/"),
    ],
    "zhang.jun": [
        *("/labs/manage/", "/labs/manage/new/", "/labs/manage/labs/parking-guidance/", "/labs/submissions/"),
        *("/learning/teaching/", "/learning/teaching/cdp-2026/", "/learning/teaching/cdp-2026/enroll/"),
        *("/labs/desk/", BOOK, f"{BOOK}?lab=parking-guidance", f"{BOOK}import/"),
        *("/labs/comments/city-data-practice/", "/labs/regrades/", "/labs/appeals/"),
    ],
    "zhao.lei": ["/hr/", "/hr/summary/", "/personnel/", "/personnel/new/"],
    "qian.hua": ["/audit/"],
}
ENGLISH = {"": ["/en/", "/en/courses/", f"/en/{COURSE}", "/accounts/login/"], "zhao.lei": PAGES["zhao.lei"][:2]}
# Pages that a reader comes to by a link of another one.
LINKED = {
    "/datasets/desk/": "main table a",
    DATASET: "main a[href*='/versions/']",
    f"/{COURSE}": "main ol a",
    "/personnel/": "main table a",
    "/knowledge/": "main .card a",
    "/labs/submissions/": "main table th a",
    f"{BOOK}?lab=parking-guidance": "main a[href*='/analysis/']",
}
CASES = [(who, "zh-hans") for who in PAGES] + [(who, "en") for who in ENGLISH]


def findings(page: Page, options: dict[str, Any]) -> list[str]:
    """Return what axe finds serious or critical: rule, element and what is wrong."""
    response = Axe().run(page, options=options).response
    return [
        f"{rule['id']}: {node['html'][:160]} — {node['any'][0]['message'] if node['any'] else rule['help']}"
        for rule in response["violations"]
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


def dress(page: Page, theme: str, mode: str) -> None:
    """Show the open page in a theme and a print size, as its cookies would."""
    page.evaluate("([theme, mode]) => Object.assign(document.documentElement.dataset, {theme, mode})", [theme, mode])


def overflow(page: Page) -> str:
    """Return the elements that reach beyond the right edge of a page that scrolls sideways;
    nothing when it does not."""
    found: str = page.evaluate(
        """() => document.documentElement.scrollWidth <= document.documentElement.clientWidth ? "" :
          [...document.querySelectorAll("body *")].filter(
            (one) => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest(".table-wrap, pre")
          ).slice(0, 5).map((one) => one.outerHTML.slice(0, 120)).join(" | ") || "something scrolls sideways" """
    )
    return found


def problems(page: Page, modes: dict[str, tuple[str, str]]) -> list[str]:
    """Everything that is wrong with the open page, in its looks and widths."""
    found = [f"light: {finding}" for finding in findings(page, LEVELS)]
    for name, (theme, mode) in modes.items():
        dress(page, theme, mode)
        found += [f"{name}: {finding}" for finding in findings(page, LOOKS)]
    for width in NARROW_PX:
        page.set_viewport_size({"width": width, "height": 800})
        for mode in ("standard", "large"):
            dress(page, "light", mode)
            found += [f"{width} px, {mode}: {sideways}" for sideways in [overflow(page)] if sideways]
    page.set_viewport_size({"width": 1280, "height": 900})
    return found


@pytest.mark.parametrize(("who", "language"), CASES, ids=lambda value: value or "anonymous")
def test_pages_are_accessible(
    who: str, language: str, installation: Installation, sign_in: Callable[..., Page], page: Page
) -> None:
    reader = sign_in(who) if who else page
    logged: list[str] = []
    reader.on("console", lambda message: logged.append(message.text) if message.type == "error" else None)
    reader.on("pageerror", lambda error: logged.append(str(error)))
    addresses = list(ENGLISH[who] if language == "en" else PAGES[who])
    wrong = {}
    reader.goto(f"{installation.portal_url}/preferences/language/{language}/?next=/search/")
    for address in addresses:
        reader.goto(installation.portal_url + address)
        assert reader.locator("html").get_attribute("lang") == language
        if address in LINKED:
            addresses.append(str(reader.locator(LINKED[address]).first.get_attribute("href")))
        wrong[address] = problems(reader, MODES if language != "en" else {})

    assert not {address: found for address, found in wrong.items() if found}
    assert not [line for line in logged if "status of 404" not in line and "status of 403" not in line]


def test_a_keyboard_is_enough(installation: Installation, page: Page) -> None:
    account = installation.accounts["li.wei"]
    page.goto(f"{installation.portal_url}/accounts/login/")
    page.evaluate("document.activeElement.blur()")

    # The first stop leads past the head of the page.
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    expect(page.locator(".skip-link")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()

    # From there to the form, and in.
    page.keyboard.press("Tab")
    expect(page.locator("input[name=login]")).to_be_focused()
    page.keyboard.type(account.username)
    stop_at(page, "input[name=password]")
    page.keyboard.type(account.password)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "/accounts/login/" not in page.url

    # The account's menu opens, is walked and leads on.
    stop_at(page, "details.menu summary")
    page.keyboard.press("Enter")
    expect(page.locator(".menu-list")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".menu-list")).to_be_hidden()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page).to_have_url(f"{installation.portal_url}/learning/")


def test_every_stop_shows_that_it_has_the_focus(installation: Installation, page: Page) -> None:
    page.goto(f"{installation.portal_url}/courses/")
    stops = 0
    while stops < 60:
        page.keyboard.press("Tab")
        state = page.evaluate(FOCUS)
        if state["tag"] == "BODY":
            break
        stops += 1
        assert state["outline"], state
        assert state["seen"], state

    assert stops > 15


FOCUS = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect();
  // A card's link shows it around the whole card.
  const styles = [getComputedStyle(one), getComputedStyle(one, "::after")];
  return {
    tag: one.tagName, html: one.outerHTML.slice(0, 120),
    outline: styles.some((style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2),
    seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight,
  };
}"""


def stop_at(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(40):
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no stop at {selector}")
