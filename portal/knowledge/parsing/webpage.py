"""HTML → lines, the title and what the page says of the document. Menus, crumbs and what is not shown stay outside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from .numberwords import written
from .spacing import flowed

BLOCKS = {
    "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "tr", "table", "tbody", "thead", "section", "article",
    "blockquote", "center", "dl", "dt", "dd", "pre", "main", "body", "form", "fieldset", "figure", "caption",
}  # fmt: skip
LEFT_OUT = {
    "script", "style", "noscript", "template", "nav", "header", "footer", "aside", "del", "s", "strike", "button", "select",
    "option", "input", "textarea", "iframe", "object", "svg", "rt", "rp", "head", "xml",
}  # fmt: skip
CONTENT = re.compile(
    r"^(?:zoom|ucap-content|trs_editor|trs_ueditor|view|article-?content|pages_content|content-?text|news_?conent_two_text)$",
    re.I,
)
"""Names that the portals of governments give to the box with the text itself."""
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|text-decoration[\w-]*\s*:[^;]*line-through", re.I
)
_PRINTED = {"decimal": "{0}.", "cjk-ideographic": "{1}、", "simp-chinese-informal": "{1}、"}
_LABELS = re.compile(r"^(发文字号|文号|发文机关|发布机关|成文日期)[：:\s\u3000]+(\S.*)$")
_BEFORE_TITLE = re.compile(r"(首页|当前位置|所在位置|您的位置|您现在的位置).{0,40}[>＞»/›]|^\s*(首页)\s*$")
_FURNITURE = re.compile(
    r"^(来源[：:].*|发布时间[：:].*|发布日期[：:].*|浏览次数.*|阅读次数.*|点击数?[：:].*|字号[：:].*|字体[：:].*|【?打印.{0,6}|【?关闭.{0,6}|"
    r"分享到?[：:]?.{0,12}|扫一扫.*|上一篇.*|下一篇.*|版权所有.*|.*ICP备.*|.*公网安备.*|责任编辑.*|\[?大\s*中\s*小\]?)$"
)


@dataclass
class PageText:
    """The lines of a page, its title where the page marks one, and labelled facts."""

    title: str = ""
    head: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)


def read_page(text: str) -> PageText:
    """Return the lines that a reader of the page sees as its text."""
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    text = text.replace("\x00", "")
    if not text.strip():
        return PageText()
    try:
        tree = lxml_html.document_fromstring(text.encode(), parser=lxml_html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, ValueError):
        return PageText()
    hidden = _hidden_classes(tree)
    headings = [said for node in tree.iter("h1") if (said := _said(node, hidden)) and not _BEFORE_TITLE.search(said)]
    named = next((each.get("content", "") for each in tree.iter("meta") if each.get("name") == "ArticleTitle"), "")
    page = PageText(title=headings[0] if headings else named.strip())
    body = tree.find("body")
    whole = list(_lines(tree if body is None else body, hidden))
    page.title = page.title or _named_line(tree, whole)
    page.head = dict(_facts(whole))
    box = _content_box(tree, hidden)
    kept = list(_lines(box, hidden)) if box is not None else whole
    page.lines = list(_text_of(page.title, kept))
    return page


def _text_of(title: str, lines: list[str]) -> Iterator[str]:
    """Yield the lines from the title on, without the furniture of the page."""
    bare = _bare(title)
    places = [place for place, line in enumerate(lines) if bare and _bare(line) == bare]
    for line in lines[places[0] + 1 :] if places else lines:
        if line.strip() and not _FURNITURE.match(line.strip()) and not _BEFORE_TITLE.search(line):
            yield line


def _named_line(tree: Any, lines: list[str]) -> str:
    """Return the line that the window's title names beside the name of the site; empty: none."""
    named = (tree.findtext(".//title") or "").strip()
    parts = {_bare(part) for part in (named, *re.split(r"[_|｜—–·]|-{1,2}|\s{1,}", named)) if len(part) > 4}
    return next((line.strip() for line in lines if _bare(line) in parts and not _BEFORE_TITLE.search(line)), "")


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _said(node: Any, hidden: set[str]) -> str:
    return "".join(line.strip() for line in _lines(node, hidden))


def _content_box(tree: Any, hidden: set[str]) -> Any | None:
    """Return the box that portals put the text in, where it holds the articles or most of the words."""
    whole = "\n".join(_lines(tree, hidden))
    for node in tree.iter("div", "article", "td", "section"):
        names = [node.get("id", ""), *(node.get("class") or "").split()]
        if node.tag == "article" or any(CONTENT.match(name) for name in names):
            own = "\n".join(_lines(node, hidden))
            if _heads(own) >= max(1, _heads(whole)) or len(own) * 2 > len(whole):
                return node
    return None


def _heads(text: str) -> int:
    return len(re.findall(r"^\s*第[^条\n]{1,8}[条條]", text, re.M))


def _facts(lines: list[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        if (match := _LABELS.match(line.strip())) is not None and len(match[2]) <= 60:
            yield ("发文机关" if match[1] == "发布机关" else match[1]), match[2].strip()


def _lines(top: Any, hidden: set[str]) -> Iterator[str]:
    """Yield the text of a tree line by line. A walk without recursion: pages nest as deep as they like."""
    said: list[str] = []
    ready: list[str] = []

    def end() -> None:
        if line := flowed("".join(said)):
            ready.extend(line.split("\n"))
        said.clear()

    stack: list[tuple[Any, bool]] = [(top, False)]
    while stack:
        node, is_end = stack.pop()
        if is_end:
            if _is_block(node):
                end()
            elif node.tag in ("td", "th"):
                said.append("\x1f")
        elif isinstance(node.tag, str) and not _is_left_out(node, hidden):
            if _is_block(node):
                end()
            _begin(node, said)
            stack.append((node, True))
            stack += [(child, False) for child in reversed(node)]
            continue
        if node is not top and node.tail:
            said.append(node.tail)
        yield from ready
        ready.clear()
    end()
    yield from ready


def _begin(node: Any, said: list[str]) -> None:
    if node.tag == "br":
        said.append("\x1e")
    elif node.tag == "li" and (number := _printed(node)):
        said.append(number)
    if node.text:
        said.append(node.text)


def _is_block(node: Any) -> bool:
    """Whether it is a line of its own: a paragraph is, but not in the cell of a table; a cell is where it only frames text."""
    if node.tag in ("td", "th"):
        return _is_frame(node)
    parent = node.getparent()
    in_cell = node.tag in ("p", "div") and parent is not None and parent.tag in ("td", "th") and not _is_frame(parent)
    return node.tag in BLOCKS and not in_cell


def _is_frame(cell: Any) -> bool:
    row = cell.getparent()
    if row is None or len(row) == 1 or next(cell.iter("table"), None) is not None:
        return True
    texts = ((each.text_content() or "").strip() for each in cell.iterchildren("p", "div"))
    return sum(bool(re.match(r"第.{1,8}[条條]", text)) for text in texts) > 1


def _printed(node: Any) -> str:
    """Return the number that a browser prints before an entry of an ordered list."""
    parent = node.getparent()
    if parent is None or parent.tag != "ol":
        return ""
    style = (parent.get("style") or "").lower()
    kind = next((name for name in _PRINTED if name in style), "decimal")
    if "none" in style and "list-style" in style:
        return ""
    before = sum(1 for each in node.itersiblings("li", preceding=True))
    start = parent.get("start") or "1"
    value = (int(start) if start.isdigit() and len(start) < 5 else 1) + before
    return _PRINTED[kind].format(value, written(value, "chineseCounting"))


def _is_left_out(node: Any, hidden: set[str]) -> bool:
    if node.tag in LEFT_OUT or node.get("hidden") is not None or node.get("aria-hidden") == "true":
        return True
    style = node.get("style")
    if style and _HIDDEN.search(style):
        return True
    return bool(hidden) and not hidden.isdisjoint((node.get("class") or "").split())


def _hidden_classes(tree: Any) -> set[str]:
    """Return the classes that the page's own style sheet does not show."""
    found: set[str] = set()
    for sheet in tree.iter("style"):
        for selector, rules in re.findall(r"([^{}]+)\{([^{}]*)\}", sheet.text or ""):
            if re.search(r"display\s*:\s*none|visibility\s*:\s*hidden", rules, re.I):
                found |= {name[1:] for name in re.findall(r"(?:^|,)\s*\w*(\.[\w-]+)\s*(?=,|$)", selector)}
    return found
