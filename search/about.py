"""A query that names a law and asks for more: 数据安全法全文, 数据安全法 27, 数据安全法对数据出境有什么规定. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from search.intents import without_question_words
from search.names import KINDS_OF_LAW, title_key
from search.numerals import CHINESE, read_numeral

MOST_NAMES = 8
SHORTEST = 3
_CITED = re.compile(r"《([^《》]{2,80})》")
_LEAD_IN = re.compile(r"^(?:请问|根据|依据|依照|按照|按|关于|在|查询?|找)\s*")
_KIND = re.compile(rf"(?=({KINDS_OF_LAW}))")
_ADDED = re.compile(r"\s*[(\[【〔][^()\[\]【】〔〕]{1,16}[)\]】〕]")
_OF_THE_WHOLE = re.compile(
    "全文|原文|正文|内容|文本|目录|下载|最新|现行|有效|废止|失效|修订|修改|颁布|公布|发布|通过|施行|实施|生效|开始|时间|日期|时候|"
    "哪一?年|何时|pdf|docx?|[的是了还在有从版吗年]"
)
"""Words that ask for a law as a whole, not for something in it."""
_WHOLE = re.compile(r"^(.+?)的?(全文|原文|正文|文本|最新版)$")
_PART_AND_NUMBER = re.compile(r"^(.+(?:编|总则|分则|附则))\s*(\d{1,4})$")
_ARTICLE = re.compile(rf"^\s*第?\s*((?!19\d\d|20\d\d)\d{{1,4}}|[{CHINESE}]{{1,6}})\s*$")


@dataclass(frozen=True)
class Asked:
    """A title that the query may name, as titles are compared, and what it asks about it."""

    name: str
    rest: str

    @property
    def is_whole(self) -> bool:
        """Whether the law itself is asked for."""
        return not title_key(_OF_THE_WHOLE.sub("", without_question_words(self.rest)))

    @property
    def article(self) -> str:
        """The number that stands behind the title without 条; a year is none."""
        match = _ARTICLE.match(self.rest)
        number = read_numeral(match[1]) if match else None
        return "" if number is None else str(number)


def asked_about(text: str) -> list[Asked]:
    """Return the readings of the text as a title and more, those with the longest title first."""
    found = [one for one in _readings(text) if len(one.name) >= SHORTEST and title_key(one.rest)]
    # 法 ends 办法 and is found in it again.
    return sorted(dict.fromkeys(found), key=lambda one: -len(one.name))[:MOST_NAMES]


def _readings(text: str) -> Iterator[Asked]:
    for match in _CITED.finditer(text):
        yield Asked(title_key(match[1]), _LEAD_IN.sub("", f"{text[: match.start()]} {text[match.end() :]}".strip()))
    for pattern in (_WHOLE, _PART_AND_NUMBER):
        if split := pattern.match(text):
            yield Asked(title_key(split[1]), split[2])
    for body in dict.fromkeys((text, _LEAD_IN.sub("", text))):
        yield from _behind_kinds(body)


def _behind_kinds(body: str) -> Iterator[Asked]:
    for match in _KIND.finditer(body):
        end = match.start() + len(match[1])
        yield Asked(title_key(body[:end]), body[end:])
        if added := _ADDED.match(body, end):
            yield Asked(title_key(body[: added.end()]), body[added.end() :])
