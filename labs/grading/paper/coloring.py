"""Python code with its parts marked for reading; text that Python cannot read stays as it is."""

from __future__ import annotations

import io
import keyword
import token
import tokenize
from collections.abc import Iterator

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

LONGEST = 20_000
KINDS = {token.STRING: "c-text", token.NUMBER: "c-number", tokenize.COMMENT: "c-note"}


def colored(code: str) -> SafeString:
    """Return the code as escaped HTML with `<span class="c-…">` around keywords, texts, numbers and comments."""
    code = code[:LONGEST]
    try:
        return mark_safe("".join(_parts(code)))  # noqa: S308  (every part is escaped)
    except (tokenize.TokenError, SyntaxError, IndexError):
        return escape(code)


def _parts(code: str) -> Iterator[str]:
    lines = code.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    at = 0
    for each in tokenize.generate_tokens(io.StringIO("".join(lines)).readline):
        kind = KINDS.get(each.type, "c-word" if each.type == token.NAME and keyword.iskeyword(each.string) else "")
        if not kind:
            continue
        begin, end = starts[each.start[0] - 1] + each.start[1], starts[each.end[0] - 1] + each.end[1]
        yield escape(code[at:begin])
        yield f'<span class="{kind}">{escape(code[begin:end])}</span>'
        at = end
    yield escape(code[at:])
