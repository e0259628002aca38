"""Explains terms where they stand: the first time that a page says one, it carries its meaning with it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from .queries import Gloss

_TAG = re.compile(r"(<[^>]*>)")
_NAME = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
SKIPPED = {"a", "abbr", "button", "code", "dfn", "h1", "h2", "h3", "h4", "h5", "h6", "label", "pre", "script", "select",
           "style", "summary", "svg", "textarea", "th"}  # fmt: skip
VOID = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Glossing:
    """Marks each term once per page."""

    def __init__(self, terms: Iterable[Gloss]) -> None:
        self.left = {gloss.term.lower(): gloss for gloss in terms}
        self._pattern = self._compile()

    def _compile(self) -> re.Pattern[str] | None:
        # The longest first: 数据共享交换 before 数据共享. Latin words only as whole words.
        words = sorted(self.left, key=len, reverse=True)
        edged = [rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word) for word in words]
        return re.compile("|".join(edged), re.IGNORECASE) if edged else None

    def mark(self, html: str) -> SafeString:
        """Return the same page with its terms explained; what stands in links, headings,
        code and forms stays as it is."""
        closed: list[str] = []
        parts: list[str] = []
        for piece in _TAG.split(html):
            if piece.startswith("<"):
                self._step(piece, closed)
                parts.append(piece)
            else:
                parts.append(piece if closed else self._explained(piece))
        # The page was safe before; what was put in was escaped by format_html.
        return mark_safe("".join(parts))  # noqa: S308

    def _step(self, tag: str, closed: list[str]) -> None:
        match = _NAME.match(tag)
        name = match[2].lower() if match else ""
        if match is None or name not in SKIPPED or name in VOID:
            return
        if not match[1]:
            closed.append(name)
        elif name in closed:
            closed.remove(name)

    def _explained(self, text: str) -> str:
        if self._pattern is None or not text.strip():
            return text
        return self._pattern.sub(lambda match: self._first(match[0]), text)

    def _first(self, word: str) -> str:
        gloss = self.left.get(word.lower())
        if gloss is None:
            return word
        # Once per page; the pattern goes on finding it and leaves it alone.
        del self.left[word.lower()]
        return format_html(
            '<dfn class="term"><a href="{}" aria-describedby="{}">{}</a>'
            '<span class="term-meaning" role="tooltip" id="{}">{} <small>{}</small></span></dfn>',
            gloss.url,
            f"m-{gloss.anchor}",
            mark_safe(word),  # noqa: S308  (of the page)
            f"m-{gloss.anchor}",
            gloss.definition,
            _("Source: %s") % gloss.source,
        )
