"""Whether a value is a name in Latin letters: pinyin with a surname of China at either end, or a usual Western first name."""

from __future__ import annotations

import re

_SURNAMES = (
    "wang li zhang liu chen yang zhao huang zhou wu xu sun hu zhu gao lin he guo ma luo liang song zheng xie han tang feng yu dong xiao cheng cao yuan deng "
    "fu shen zeng peng lu su jiang cai jia ding wei xue ye yan pan du dai xia zhong tian ren fan fang shi yao tan liao zou xiong jin hao kong bai cui kang "
    "mao qiu qin gu hou shao meng long wan duan lei qian yin yi chang qiao lai gong wen ouyang sima zhuge shangguan"
)
SURNAMES = frozenset(_SURNAMES.split())
_INITIAL = "(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])"
_FINAL = "(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|ei|ui|ao|ou|iu|ie|ue|ve|er|an|en|in|un|vn|ia|ua|uo|a|o|e|i|u|v)"
SYLLABLES = re.compile(rf"(?:{_INITIAL}?{_FINAL}'?){{1,2}}\Z")
WORDS = re.compile(r"[A-Za-z']+")
FIRST_NAMES = frozenset(
    [
        "james",
        "john",
        "robert",
        "michael",
        "william",
        "david",
        "richard",
        "joseph",
        "thomas",
        "charles",
        "peter",
        "paul",
        "mark",
        "george",
        "andrew",
        "steven",
        "daniel",
        "kevin",
        "brian",
        "edward",
        "tom",
        "jack",
        "mary",
        "anna",
        "anne",
        "jane",
        "kate",
        "sarah",
        "emma",
        "linda",
        "susan",
        "lisa",
        "nancy",
        "karen",
        "helen",
        "laura",
        "julia",
        "alice",
        "lucy",
        "grace",
        "emily",
        "olivia",
        "sophia",
        "maria",
        "ivan",
        "igor",
        "olga",
        "ahmed",
        "mohammed",
        "ali",
    ]
)


def is_romanized_name(value: str) -> bool:
    """Return whether the value is two or three words, or one, that read as a name."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z'.,\- ]{3,30}", value):
        return False
    words = [word.lower() for word in WORDS.findall(value)]
    if len(words) == 1:
        return any(
            words[0][:size] in SURNAMES and _is_given(words[0][size:]) for size in range(2, min(7, len(words[0])))
        )
    if len(words) > 3:
        return False
    if words[0] in FIRST_NAMES:
        return True
    first, last = (
        words[0] in SURNAMES and _is_given("".join(words[1:])),
        words[-1] in SURNAMES and _is_given("".join(words[:-1])),
    )
    return first or last


def _is_given(text: str) -> bool:
    return bool(text) and SYLLABLES.match(text) is not None
