"""Markdown and HTML of trainees as HTML that can do nothing: few tags, no links, pictures only as data."""

from __future__ import annotations

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

LONGEST = 40_000
TEXT_TAGS = {
    *("p", "br", "hr", "em", "strong", "del", "code", "pre", "blockquote", "ul", "ol", "li", "sub", "sup"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "img"),
}
TABLE_TAGS = {"table", "thead", "tbody", "tfoot", "tr", "th", "td", "p", "br", "strong", "em", "code", "pre", "caption"}
SPANS = {"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan", "scope"}}

_markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def markdown_html(text: str, pictures: dict[str, str]) -> SafeString:
    """Return a Markdown cell; `pictures` are its attachments as data addresses, by name.

    Raw HTML in it stands as text; links lose their address, so that nothing leads out of the frame.
    """
    for name, address in pictures.items():
        text = text.replace(f"attachment:{name}", address)
    html = _markdown.render(text[:LONGEST] if not pictures else text)
    clean = nh3.clean(
        html,
        tags=TEXT_TAGS,
        attributes={**SPANS, "img": {"src", "alt"}},
        url_schemes={"data"},
        attribute_filter=_only_pictures,
        link_rel=None,
    )
    return mark_safe(clean)  # noqa: S308  (cleaned on the line above)


def table_html(html: str) -> SafeString:
    """Return an HTML output of a notebook (a table of pandas, mostly): tables and text, nothing else."""
    return mark_safe(nh3.clean(html, tags=TABLE_TAGS, attributes=SPANS, link_rel=None))  # noqa: S308  (cleaned here)


def _only_pictures(_tag: str, attribute: str, value: str) -> str | None:
    if attribute == "src" and not value.startswith("data:image/"):
        return None
    return value
