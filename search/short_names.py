"""Short names of laws, learned from their titles: 反诈法 is in 反电信网络诈骗法, 关基条例 in 关键信息基础设施安全保护条例. Pure.

A short name keeps the order of the title's characters and its last word (法, 条例). Good ones begin where the title does,
or behind the place that made the law, and leave little out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from search.engines import NameHit
from search.names import KINDS_OF_LAW

SHORTEST = 3
LONGEST = 30
FEW = 5
"""Laws that a name may mean which begins inside their titles; more means that it is no name but some words: 管理条例."""
WHOLE = 3
"""Characters before the last word of a name that begins inside a title: 公积金条例 says something, 管理条例 nothing."""
_KIND = re.compile(rf"(?:{KINDS_OF_LAW})$")
_ADDED = re.compile(r"(?:试行|暂行|修订|修正|草案|[12]\d{3}年?|[一二三四五六七八九十]{1,2})*$")
_PLACE_ENDS = "省市区县州盟旗"


def could_be_short(name: str) -> bool:
    """Return whether a title's key has the shape of a short name."""
    kind = _KIND.search(name)
    return kind is not None and SHORTEST <= len(name) <= LONGEST and kind.start() >= 2


def meant_by(name: str, hits: Iterable[NameHit]) -> list[NameHit]:
    """Return those of the hits that the short name may mean, the likeliest first."""
    ranked = [(rank, hit) for hit in hits if (rank := _rank(name, hit.name)) is not None]
    anchored = [(rank, hit) for rank, hit in ranked if rank[0] == 0]
    if not anchored and len(ranked) > FEW:
        return []
    return [
        hit
        for _, hit in sorted(
            anchored or ranked, key=lambda one: (one[1].is_repealed, one[0], -one[1].score, one[1].key)
        )
    ]


def _rank(name: str, title: str) -> tuple[int, int] | None:
    """Return whether the name begins inside the title and how many characters it leaves out; None when it is not in it."""
    title = title[: _ADDED.search(title).start()] if _KIND.search(title) is None else title  # type: ignore[union-attr]
    kind, own = _KIND.search(title), _KIND.search(name)
    if kind is None or own is None or kind.group() != own.group():
        return None
    starts = [place for place in range(len(title)) if place == 0 or title[place - 1] in _PLACE_ENDS]
    for start in reversed(starts):
        if title[start] == name[0] and _is_within(name, title[start:]):
            return 0, len(title) - start - len(name)
    first = title.find(name[:2])
    if first >= 0 and own.start() >= WHOLE and _is_within(name, title[first:]):
        return 1, len(title) - first - len(name)
    return None


def _is_within(name: str, title: str) -> bool:
    rest = iter(title)
    return all(character in rest for character in name)
