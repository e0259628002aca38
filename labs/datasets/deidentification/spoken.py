"""Numbers that people write in words (一三八…), and account names of messengers behind their cue."""

from __future__ import annotations

import re

DIGITS = {word: str(value) for value, words in enumerate(["零〇○", "一壹幺", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"]) for word in words}  # fmt: skip
_WORDS = "".join(DIGITS)
_ONE = f"[{_WORDS}0-9]"
_GAP = r"[ \u3000、,\uff0c·.-]?"
NUMBER = re.compile(rf"(?<!{_ONE}){_ONE}(?:{_GAP}{_ONE}){{9,17}}(?:{_GAP}[Xx])?(?!{_ONE}|{_GAP}[0-9Xx])")
SPOKEN = re.compile(rf"[{_WORDS}]|^[0-9](?:[ \u3000,\uff0c·.-][0-9])+$")
MOBILE = re.compile(r"1[3-9]\d{9}")
ACCOUNTS = (
    ("wechat", re.compile(r"(?:微信|[Ww]e[Cc]hat|(?<![A-Za-z])[Ww]ei[Xx]in(?=:)|(?<![A-Za-z])[Vv][Xx]|薇信|威信|卫星号)\s?(?:账号|帐号|号码|号|ID|id)?\s?(?:是|为)?[:\uff1a]?\s?((?=[A-Za-z_-]*\d|[a-z]+_)[A-Za-z][A-Za-z0-9_-]{5,19}|\d{6,12})(?![A-Za-z0-9_-])")),
    ("qq", re.compile(r"(?:(?<![A-Za-z])[Qq]{2}|扣扣|企鹅号)\s?(?:账号|帐号|号码|号|群)?\s?(?:是|为)?[:\uff1a]?\s?([1-9]\d{4,10})(?![A-Za-z0-9@])")),
)  # fmt: skip


def numbers_in(text: str) -> list[tuple[str, int, int]]:
    """Return digits of a number that is partly written in words or with a gap after every digit."""
    out = []
    for match in NUMBER.finditer(text):
        if not SPOKEN.search(match.group()):
            continue
        digits = "".join(DIGITS.get(c, c) for c in match.group() if c in DIGITS or c.isalnum()).upper()
        out.append((digits, match.start(), match.end()))
    return out


def accounts_in(text: str) -> list[tuple[str, int, int]]:
    """Return the accounts that stand behind the name of their messenger."""
    return [(kind, *match.span(1)) for kind, pattern in ACCOUNTS for match in pattern.finditer(text)]
