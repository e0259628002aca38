"""Which lines begin an article, a heading or an annex. The next number that is expected is evidence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from search.numerals import PRINTED, printed_number

from .spacing import is_ended

_NUMERAL = rf"[{PRINTED}廿卅]+(?:[ \u3000]*[{PRINTED}廿卅]+)*"
ARTICLE_LINE = re.compile(
    rf"[【\[]?(?P<number>第[ \u3000]*(?P<value>{_NUMERAL})[ \u3000]*[条條](?:[ \u3000]*之[ \u3000]*[{PRINTED}]+(?![{PRINTED}间后前]))?)"
    r"(?P<gap>[\s\u3000]*)(?P<rest>.*)",
    re.DOTALL,
)
LOOSE = re.compile(r"[【\[]?第[\s\u3000]*[^\s，。；、条條第]{1,8}?[\s\u3000]*[条條]")
"""What looks like the head of an article, in whatever writing."""
REFERS = re.compile(
    r"(规定|規定|所[列称述指稱]|第.{1,4}[款项項]|[、，,。；]|[和或至及与以到][^\u4e00-\u9fff]{0,2}第|或者第|以及第|的|中(?:的|所|规定|关于|“)|"
    r"修改|改为|以[外内下上]|及其|关于|之[^一二三四五六七八九十]|[（(][一二三四五六七八九十\d]{1,3}[）)])"
)
"""How a sentence goes on that only begins with the number of another article."""
DOUBTFUL = re.compile(r"[中以和及与至或]")
"""How it may go on, but an article may begin so too."""
BRACKET = re.compile(r"[（(【\[〔][^（()）】\]〕]{1,40}[)）】\]〕]")
"""An article's own title, as in 第一条（目的）."""
CONTENTS = re.compile(r"目[\s\u3000]*[录錄次]")
DOTTED = re.compile(r"(?:[…⋯]{2,}|[.．·]{4,}|\t)[\s\u3000]*[（(]?[\d０-９]*[）)]?\s*$")
"""A line of a table of contents: dots or a tab, then a page."""
ANNEX = re.compile(
    rf"(?P<number>附[ \u3000]*(?:件|表|录|錄|图|圖|注|则(?=[：:])|)[ \u3000]*(?:[\d０-９]{{1,2}}|[{PRINTED}]{{1,3}}|[A-Z])?)"
    r"(?P<gap>[\s\u3000]*[：:．.、]?[\s\u3000]*)(?P<rest>.*)",
    re.DOTALL,
)

_HEADING = re.compile(r"第[^条條，。]{1,8}[编章节]")
LOOK_AHEAD = 200
"""Lines of articles that are looked at to judge one: keeps the work in proportion to the length."""


@dataclass(frozen=True)
class ArticleHead:
    """A line that can begin an article: how its number is printed, its value, what follows."""

    number: str
    value: int
    is_between: bool
    rest: str
    is_spaced: bool
    refers: bool
    doubtful: bool


def article_head(text: str) -> ArticleHead | None:
    """Return the head that a line can be; None where it begins with no number of an article."""
    match = ARTICLE_LINE.match(text)
    if match is None:
        return None
    try:
        value = article_value(match["value"])
    except ValueError:
        return None
    number, rest = re.sub(r"[\s\u3000]", "", match["number"]), match["rest"].strip()
    refers, doubtful = REFERS.match(rest) is not None, DOUBTFUL.match(rest) is not None
    if rest.startswith(("：", ":", "．", ".", "】", "]")):
        rest, is_spaced = rest[1:].strip(), True
    else:
        is_spaced = bool(match["gap"]) or not rest or (BRACKET.match(rest) is not None and not refers)
    return ArticleHead(number, value, "之" in number, rest, is_spaced, refers, doubtful)


def article_value(numeral: str) -> int:
    """Return the value of a number of an article, also of 廿一 and of 2 0. Raises ValueError."""
    bare = re.sub(r"[\s\u3000]", "", numeral)
    return printed_number(bare.replace("廿", "二十").replace("卅", "三十"))


def article_lines(lines: Sequence[str]) -> dict[int, ArticleHead]:
    """Return the heads of articles by their place among the lines.

    A number followed by a blank is one. Without a blank it must be the next in order, or the first after a gap that no
    later line fills, and the line before it must have ended. A line that goes on like a reference is none, unless the
    reading of it is doubtful, it is the one expected and no better line follows.
    """
    candidates = [(place, head) for place, text in enumerate(lines) if (head := article_head(text)) is not None]
    taken: dict[int, ArticleHead] = {}
    last = 0
    for index, (place, head) in enumerate(candidates):
        goes_on = bool(last) and _is_open(lines[place - 1])
        if _is_head(head, last, goes_on, [each for _, each in candidates[index + 1 : index + LOOK_AHEAD]]):
            taken[place] = head
            last = head.value
    return taken


def _is_open(before: str) -> bool:
    """Whether the line before stops in the middle of a sentence."""
    return len(before) > 8 and not is_ended(before) and not _HEADING.match(before)


def _is_head(head: ArticleHead, last: int, goes_on: bool, later: Sequence[ArticleHead]) -> bool:
    expected = head.value == last + 1 or (head.is_between and head.value in (last, last + 1))
    if head.refers:
        return head.is_spaced and expected and not goes_on and not _comes_better(head.value, later)
    if head.is_spaced:
        return expected or head.value == 1 or not goes_on
    if head.doubtful:
        return expected and not goes_on and not _comes_better(head.value, later)
    if expected or not last:
        return not (goes_on and _comes_better(head.value, later))
    if goes_on or not _goes_on_from(head.value, later):
        return False
    fills = any(each.value == last + 1 and not each.refers for each in _until_restart(later))
    return head.value == 1 or (last < head.value <= last + 10 and not fills)


def _until_restart(later: Sequence[ArticleHead]) -> Sequence[ArticleHead]:
    first = next((place for place, each in enumerate(later) if each.value == 1 and not each.refers), len(later))
    return later[:first]


def _comes_better(value: int, later: Sequence[ArticleHead]) -> bool:
    """Whether a later line of the same number is plainly a head, before the next number is."""
    for each in _until_restart(later):
        if each.refers or each.doubtful:
            continue
        if each.value == value + 1:
            return False
        if each.value == value:
            return True
    return False


def _goes_on_from(value: int, later: Sequence[ArticleHead]) -> bool:
    own = _until_restart(later)
    return not own or any(each.value == value + 1 and not each.refers for each in own)


def annex_head(text: str) -> tuple[str, str] | None:
    """Return number and title of an annex where a line is its head; None for a sentence that only begins like one."""
    match = ANNEX.fullmatch(text.strip())
    if match is None:
        return None
    number, gap, rest = re.sub(r"[\s\u3000]", "", match["number"]), match["gap"], match["rest"].strip()
    if number == "附" and not (gap.strip() and rest) and (rest or not gap.strip()):
        return None
    if (rest and not gap) or len(rest) > (80 if number == "附" else 300) or rest.endswith(("。", "；", "，")):
        return None
    return number, rest


def without_contents(lines: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """Return the lines without the table of contents."""
    kept = list(lines)
    start = next((place for place, (_, text) in enumerate(kept) if CONTENTS.fullmatch(text.strip())), None)
    if start is not None and start + 1 < len(kept):
        first = _bare(kept[start + 1][1])
        again = next((place for place in range(start + 2, len(kept)) if _bare(kept[place][1]) == first), None)
        if again is not None and first:
            del kept[start:again]
    return [(number, text) for number, text in kept if not (DOTTED.search(text) and len(text) < 80 and _is_entry(text))]


def _is_entry(text: str) -> bool:
    return bool(
        re.match(
            r"\s*(第.{1,8}[编章节条條]|附|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[)）])", text
        )
    )


def _bare(text: str) -> str:
    return re.sub(r"[\s\u3000]", "", DOTTED.sub("", text))
