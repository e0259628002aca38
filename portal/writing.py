"""One form for text that people type in many dresses, and what no later format can hold.

Full-width letters, dots, dashes, blanks, invisible characters and the private-use characters of GBK and GB 18030 differ
from keyboard to keyboard; what they mean does not. Names are kept in `name_form` and compared by `name_key`; login names,
codes and numbers are read in `code_form`.
"""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

DOTS = "·•・･．‧∙⋅●。｡."
DASHES = "-‐‑‒–—―−﹘﹣－ーｰ─━"
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe0e\ufe0f\ufeff\u3164\uffa0]"
)
DIRECTIONAL = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
BETWEEN_HAN = re.compile(f"(?<=[{HAN}])\\s+(?=[{HAN}])")
DOT_BETWEEN_HAN = re.compile(f"(?<=[{HAN}])\\s*[{re.escape(DOTS)}]\\s*(?=[{HAN}])")
NEVER_WRITTEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
IDEOGRAPHIC_PLANES = range(0x20000, 0x3FFFE)
"""Ideographs are added every year; the tables of this Python know only those of its own day."""
PICTOGRAPHS = range(0x1F000, 0x1FC00)


def _of_older_encodings() -> dict[int, str]:
    """Private-use characters that GBK and GB 18030 of 2000 gave for want of a code, and the characters that they are."""
    known = {
        **{0xE78D + place: character for place, character in enumerate("\ufe10\ufe12\ufe11\ufe13\ufe14\ufe15\ufe16\ufe17\ufe18\ufe19")},
        0xE7C7: "\u1e3f", 0xE7C8: "\u01f9", 0xE7E7: "\u303e",
        **{0xE7E8 + place: chr(0x2FF0 + place) for place in range(12)},
        0xE816: "\U00020087", 0xE817: "\U00020089", 0xE818: "\U000200cc", 0xE81E: "\u9fb4", 0xE826: "\u9fb5",
        0xE82B: "\u9fb6", 0xE82C: "\u9fb7", 0xE831: "\U000215d7", 0xE832: "\u9fb8", 0xE83B: "\U0002298f",
        0xE843: "\u9fb9", 0xE854: "\u9fba", 0xE855: "\U000241fe", 0xE864: "\u9fbb",
    }  # fmt: skip
    for place in range(80):
        trail = 0x50 + place + (0x50 + place >= 0x7F)
        decoded = bytes((0xFE, trail)).decode("gb18030")
        if unicodedata.category(decoded) != "Co":
            known.setdefault(0xE815 + place, decoded)
    return known


OLDER = _of_older_encodings()
_TO_DASH = str.maketrans(dict.fromkeys(DASHES, "-"))
_TO_MIDDLE_DOT = str.maketrans(dict.fromkeys(DOTS, "·"))
_TO_FULL_STOP = str.maketrans(dict.fromkeys(DOTS, "."))


def plain(text: str) -> str:
    """Return the text without what differs unseen: width, older encodings, invisible characters,
    kinds and runs of blanks."""
    folded = unicodedata.normalize("NFKC", INVISIBLE.sub("", text.translate(OLDER)))
    return " ".join(INVISIBLE.sub("", folded).split())


def name_form(text: str) -> str:
    """Return a person's name as it is kept: 阿卜杜拉•买买提 → 阿卜杜拉·买买提, 李　伟 → 李伟."""
    return DOT_BETWEEN_HAN.sub("·", BETWEEN_HAN.sub("", plain(text)))


def name_key(text: str) -> str:
    """Return a name for comparing: two that read alike have the same key."""
    return "".join(plain(text).translate(_TO_DASH).translate(_TO_MIDDLE_DOT).split()).casefold()


def code_form(text: str) -> str:
    """Return a login name, code or number as it is meant: ｌｉ．ｗｅｉ → li.wei, ZHZL—2026 → ZHZL-2026."""
    return "".join(plain(text).translate(_TO_FULL_STOP).translate(_TO_DASH).split())


def unwritable(text: str) -> str:
    """Characters of the text that no later format can hold: not characters, private, directional or control marks."""
    return "".join(dict.fromkeys(character for character in text if _is_unwritable(character)))


def check_writable(text: str) -> None:
    """Raise ValidationError for text with a character that a workbook, a PDF or an export cannot hold."""
    bad = unwritable(text) if isinstance(text, str) else ""
    if bad:
        named = ", ".join(f"U+{ord(character):04X}" for character in bad[:5])
        places = ", ".join(str(text.index(character) + 1) for character in bad[:5])
        raise ValidationError(
            _("A character cannot be kept here (%(named)s, at place %(places)s): type it anew or leave it out."),
            code="unwritable",
            params={"named": named, "places": places},
        )


def _is_unwritable(character: str) -> bool:
    code = ord(character)
    if code < 0x7F and code >= 0x20:
        return False
    if NEVER_WRITTEN.match(character) or DIRECTIONAL.match(character):
        return True
    category = unicodedata.category(character)
    is_newer = category == "Cn" and (code in IDEOGRAPHIC_PLANES or code in PICTOGRAPHS) and code & 0xFFFE != 0xFFFE
    return category in ("Co", "Cs", "Cn") and not is_newer
