"""The plain form of people's names: how one is kept, and how two are compared."""

from __future__ import annotations

import re
import unicodedata

DOTS = re.compile(r"[.•‧∙⋅・･․]")
"""What keyboards write between the parts of a name such as 阿卜杜拉·买买提, beside U+00B7."""


def plain_name(text: str) -> str:
    """The name as it is kept: composed, one blank between words, none at the ends."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def comparable_name(text: str) -> str:
    """The name as it is compared: without blanks and letter case, with one kind of dot."""
    return DOTS.sub("·", "".join(plain_name(text).split())).casefold()
