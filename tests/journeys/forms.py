"""One form of each kind, as its people meet it: where it stands, what they enter, what they press, what they are told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin

from bs4 import BeautifulSoup
from playwright.sync_api import Page, Response

from tests.crawling.reading import faults

SEEN = "[role=status], [role=alert], .notice, .error-summary, h1, h2, .field-error, tbody, .messages li"
"""Where the site says what became of a press."""
TEXT = """秦川省公共停车数据管理办法
（2026年6月1日秦川省数据局发布，自2026年7月1日起施行）
第一条 为了规范公共停车数据的管理，制定本办法。
第二条 停车场经营者应当按日报送泊位数据。
"""


@dataclass(frozen=True)
class Kind:
    """One kind of form. `{n}` in what is entered differs from walk to walk."""

    name: str
    who: str
    address: str
    fields: tuple[tuple[str, str], ...]
    press: str
    said: str
    links: tuple[str, ...] = ()
    """Links that lead on from `address` to the form."""
    then: tuple[str, ...] = ()
    """What is pressed on the pages that ask again."""
    needs_script: bool = False
    reads: bool = False
    """Whether the form only asks (GET)."""

    def open(self, page: Page, portal: str, number: str) -> None:
        """Come to the form as a person does."""
        page.goto(portal + self.address.replace("{n}", number))
        for link in self.links:
            page.goto(urljoin(page.url, str(page.locator(link).first.get_attribute("href"))))

    def fill(self, page: Page, number: str) -> None:
        """Enter something into the fields."""
        for selector, value in self.fields:
            field = page.locator(selector).first
            if field.evaluate("one => one.tagName") == "SELECT":
                field.select_option(index=int(value))
            elif field.get_attribute("type") == "file":
                field.set_input_files({"name": value, "mimeType": "text/plain", "buffer": TEXT.encode()})
            else:
                field.fill(value.replace("{n}", number))

    def send(self, page: Page, *, fully: bool = True) -> Response | None:
        """Press, and press again where the site asks first."""
        answer = _press(page, self.press)
        for again in self.then if fully else ():
            answer = _press(page, again)
        return answer


def _press(page: Page, selector: str) -> Response | None:
    with page.expect_navigation() as moved:
        page.locator(selector).first.click()
    return moved.value


BUTTON = "main form.form .button"
KINDS = (
    Kind("search", "", "/search/", (("#search-query", "停车"),), "main form[role=search] button", "条结果", reads=True),
    Kind("filter", "zhao.lei", "/personnel/", (("#q", "赵"),), "main form.filters button", "1 人|赵", reads=True),
    Kind(
        *("verification", "", "/certificates/verify/"),
        (("#id_serial", "ZHZL-2026-999999"), ("#id_name", "查无此人")),
        *("main form button", "没有"),
    ),
    Kind(
        *("create", "zhao.lei", "/personnel/new/"),
        (
            ("[name=username]", "w{n}"),
            ("[name=name]", "冯小刚"),
            ("[name=organization]", "1"),
            ("[name=position]", "1"),
        ),
        *(BUTTON, "冯小刚"),
    ),
    Kind(
        *("edit in two steps", "zhao.lei", "/personnel/?q=冯小刚&state=new"),
        (("[name=email]", "w{n}@example.org"), ("[name=reason]", "更换邮箱")),
        *(BUTTON, "邮箱|电子邮件"),
        links=("main tbody a", "main a[href$='/identity/']"),
        then=(BUTTON,),
    ),
    Kind(
        *("question before a step", "zhao.lei", "/personnel/?q=冯小刚&state=new", ()),
        *("form[action$='/deactivate/'] button", "已停用|已关闭|停用|关闭"),
        links=("main tbody a",),
        then=(BUTTON,),
    ),
    Kind(
        *("button alone", "zhao.lei", "/personnel/?q=冯小刚&state=inactive", ()),
        *("form[action$='/reactivate/'] button", "恢复|启用|打开"),
        links=("main tbody a",),
    ),
    Kind("upload", "xu.yan", "/policies/import/", (("[name=file]", "办法.txt"),), "[name=look]", "办法"),
    Kind("save", "zhou.min", "/search/?q=泊位{n}", (), "form[action*='/search/saved/'] button", "已保存"),
    # The lesson at which one goes on: reading adds up, so a walk may finish one.
    Kind(
        *("lesson", "zhou.min", "/learning/", (), "#progress form button", "再读|已"),
        links=("main a.button",),
    ),
    Kind(
        *("many lines", "zhang.jun", "/learning/teaching/cdp-2026/enroll/", (("[name=people]", "查无此人 n{n}"),)),
        *(BUTTON, "没有人|更正|没有"),
    ),
    Kind(
        *("author's row", "zhang.jun", "/admin/lesson/?q=诱导", (("[name=title_en]", "Guidance {n}"),)),
        *("main form button[type=submit]:visible", "已更新|已保存|已修改"),
        links=("main a[href*='/admin/lesson/edit/']",),
        needs_script=True,
    ),
)


def wrong(page: Page, answer: Response | None) -> list[str]:
    """Return what is wrong with the page that a press led to, as people see it."""
    status = answer.status if answer else 200
    found = [f"{status}"] if status >= 500 else []
    if "/admin/" not in page.url:
        found += faults(BeautifulSoup(page.content(), "html.parser"), status)
    sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return found + ([f"scrolls sideways by {sideways} px"] if sideways > 1 else [])


def in_view(page: Page, pattern: str) -> bool:
    """Return whether something that says `pattern` stands within the window."""
    said = page.locator(SEEN).filter(has_text=re.compile(pattern))
    return any(
        one.evaluate(
            "one => { const box = one.getBoundingClientRect(); return box.width > 0 && box.top < innerHeight && box.bottom > 0; }"
        )
        for one in said.all()
    )
