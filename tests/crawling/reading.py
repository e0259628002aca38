"""Pages as a browser reads them: links, forms, and whether what is shown is fit for people."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from bs4.element import PreformattedString

TEXTS = {
    "email": "li.wei@example.org", "date": "2026-12-01", "datetime-local": "2026-12-01T09:30", "number": "1",
    "url": "https://example.org/", "time": "09:30", "search": "数据", "tel": "02912345678", "month": "2026-12",
}  # fmt: skip
SILENT = {"code", "pre", "script", "style", "svg", "textarea", "option", "template"}
WORDS = re.compile(r"[A-Za-z][a-z']{1,}(?: [A-Za-z][a-z']+){3,}")
"""Four words of English in a row: no name, no code and no file has so many."""


@dataclass
class Form:
    """A form of a page with what a browser would send for it."""

    page: str
    address: str
    method: str
    fields: list[tuple[str, str, str]] = field(default_factory=list)
    button: tuple[str, str] | None = None

    def shape(self, route: str) -> tuple[Any, ...]:
        """Return what makes two forms the same for a crawler."""
        return (route, self.method, tuple(sorted({name for name, _, _ in self.fields})), self.button)

    @property
    def has_file(self) -> bool:
        """Whether the form takes a file."""
        return any(kind == "file" for _, kind, _ in self.fields)

    def data(self, *, filled: bool, choose: Callable[[str, str], Any] | None = None) -> dict[str, list[Any]]:
        """Return what is sent: hidden fields as they are, the others empty or with something plausible;
        files that `choose` gives."""
        sent: dict[str, list[Any]] = {}
        for name, kind, value in self.fields:
            if kind == "file":
                if choose:
                    sent.setdefault(name, []).append(choose(name, value))
            elif kind == "hidden" or filled:
                sent.setdefault(name, []).append(value)
            elif kind != "choice":
                sent.setdefault(name, []).append("")
        if self.button:
            sent[self.button[0]] = [self.button[1]]
        return sent


def links(page: str, soup: BeautifulSoup) -> Iterator[str]:
    """Addresses of this site that the page leads to."""
    for link in soup.find_all("a", href=True):
        target = urlsplit(urljoin(page, str(link["href"])))
        if not target.netloc or target.netloc == "testserver":
            yield target.path + (f"?{target.query}" if target.query else "")


def forms(page: str, soup: BeautifulSoup) -> Iterator[Form]:
    """Forms of the page, one for each named button."""
    for tag in soup.find_all("form"):
        address = urljoin(page, str(tag.get("action") or page))
        parts = urlsplit(address)
        if parts.netloc and parts.netloc != "testserver":
            continue
        fields = [one for one in map(_field, tag.find_all(["input", "select", "textarea"])) if one]
        buttons = [one for one in tag.find_all("button") if one.get("type", "submit") == "submit" and one.get("name")]
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        pressable: list[Tag | None] = [*buttons] or [None]
        for button in pressable:
            pressed = (str(button["name"]), str(button.get("value", ""))) if button else None
            yield Form(page, target, str(tag.get("method", "get")).lower(), fields, pressed)


def _field(tag: Tag) -> tuple[str, str, str] | None:
    name, kind = str(tag.get("name") or ""), str(tag.get("type", "text"))
    if not name or tag.has_attr("disabled") or kind in ("submit", "button", "reset", "image"):
        return None
    if kind == "file":
        return (name, "file", str(tag.get("accept", "")))
    if tag.name == "select":
        options = [str(option.get("value", "")) for option in tag.find_all("option")]
        return (name, "choice", next((value for value in options if value), ""))
    if kind in ("checkbox", "radio"):
        return (name, "choice", str(tag.get("value", "on")))
    if kind == "hidden":
        return (name, "hidden", str(tag.get("value", "")))
    typed = str(tag.get("value") or (tag.text if tag.name == "textarea" else ""))
    return (name, "text", typed or TEXTS.get(kind, "测试内容"))


def faults(soup: BeautifulSoup, status: int, *, is_screen_of_editors: bool = False) -> list[str]:
    """Return what is wrong with the page as people see it. The editors' screens have Wagtail's own frame."""
    found = []
    if not is_screen_of_editors and (soup.select_one(".site-header") is None or soup.find("h1") is None):
        found.append(f"{status} without a page in the site's look")
    elif not soup.find("a", href=True):
        found.append("a dead end")
    language = str(soup.html.get("lang", "")) if soup.html else ""
    if language.startswith("zh"):
        english = WORDS.search(" ".join(" ".join(_texts(soup)).split()))
        if english:
            found.append(f"English in a Chinese page: {english.group()[:80]}")
    return found


def _texts(tag: Tag) -> Iterator[str]:
    """Yield what stands on the page; code, what is entered and what is said to be English is left out."""
    for child in tag.children:
        if isinstance(child, Tag):
            if (
                child.name not in SILENT
                and child.get("lang") != "en"
                and "brand-line" not in child.get_attribute_list("class")
            ):
                yield from _texts(child)
        elif not isinstance(child, PreformattedString):
            yield str(child)
