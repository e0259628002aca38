"""The parts of an official document by GB/T 9704: what stands above its title, the title, and what closes it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from search.numerals import PRINTED

from .about import DATE, ISO_DATE, NUMBER_LINE, number_in
from .heads import CONTENTS, annex_head, article_lines
from .pieces import ENUMERATION, HEADING, ITEM
from .spacing import is_ended

Line = tuple[int, str]
_KINDS = (
    "法典|法|条例|办法|规定|细则|规则|章程|决定|准则|制度|规范|标准|指引|指南|方案|规划|计划|意见|通知|公告|通告|通报|决议|命令|批复|函|纲要|"
    "预案|清单|目录|导则|规程|解释|报告|请示|纪要|措施|政策|解读|问答|要点|答复|建议|公约|守则|标准化工作|公报|倡议书?|说明|基准|修正案"
)
NAMES_A_POLICY = re.compile(rf"(?:{_KINDS})(?:[（(〔\[][^（）()]*[）)〕\]])*$")
_ISSUES = re.compile(r"(?:印发|发布|公布|颁布|转发|批转|实施|颁发|下发)")
_ORDER = re.compile(
    rf"[\u4e00-\u9fff\s\u3000、]{{2,60}}令(?:[\s\u3000（(]*第?[\s\u3000]*[{PRINTED}]+[\s\u3000]*号[）)]?)?"
)
_COUNTED = re.compile(rf"[（(]?(?:[12]\d{{3}}年)?[\s\u3000]*第[\s\u3000]*[{PRINTED}\s\u3000]+号[）)]?")
_ABOVE = (
    re.compile(r"[\u4e00-\u9fff\s\u3000、]{2,60}文[\s\u3000]*件"),
    re.compile(r"(?:[★☆*\s\u3000]*(?:秘密|机密|绝密|特急|加急|平急|特提|内部资料|内部文件)[★☆*\s\u3000\d年个月]*)+"),
    re.compile(r"\d{6}"),
    re.compile(r"附[\s\u3000]*件[\s\u3000]*\d{0,2}[：:]?"),
    re.compile(r"签[\s\u3000]*发[\s\u3000]*人[：:].{0,40}"),
    re.compile(r"(?:主动公开|依申请公开|不予公开|公开)"),
    re.compile(r"[-—–_＿=＝*★☆\s\u3000]{3,}"),
    re.compile(r"(?:首页|当前位置|所在位置|您的位置|您现在的位置).{0,60}"),
    re.compile(r"(?:索引号|发文机关|发布机关|成文日期|发布日期|主题分类|公开方式|有效性|信息分类)[：:\s\u3000].{0,60}"),
)
_BODY = re.compile(
    r"[\u4e00-\u9fff（）()、]{2,40}(?:政府|办公室|办公厅|厅|局|委员会|委|部|院|中心|办|会|集团|公司|银行|大学|学院|总队|支队|处|署|组|党组|指挥部)"
    r"(?:[（(]?(?:印|盖章|章|公章|代章)[）)]?)?"
)
_PERSON = re.compile(
    r"(?:代?(?:市|省|县|区|州|部|厅|局|院|署|行|校)长|主席|主任|总理|会长)[\s\u3000]+[\u4e00-\u9fff某·\s\u3000]{2,10}"
)
_COLOPHON = re.compile(
    r"(?:抄送|抄报|主题词|分送|报|送)[：:].*|.{0,40}印发(?:[\s\u3000]*共印\d+份)?|[（(]?此件.{0,8}公开.{0,6}[）)]?|[（(]?联[\s\u3000]*系[\s\u3000]*人[：:].*|"
    r"[（(]?共印[\s\u3000]*\d+[\s\u3000]*份[）)]?|[（(]?信息公开(?:选项|形式|类别)[：:].*"
)


@dataclass
class Opening:
    """What the lines before the body say: the title, what stands above it, number and issuer."""

    title: str = ""
    number: str = ""
    issuer: str = ""
    above: list[Line] = field(default_factory=list)
    rest: list[Line] = field(default_factory=list)


@dataclass
class Closing:
    """What closes a document: who signed, when, whom it was sent to."""

    lines: list[str] = field(default_factory=list)
    signer: str = ""
    day: str = ""


def open_document(lines: Sequence[Line], marked: str = "") -> Opening:
    """Return title and number of a document. `marked` is what the file itself marks as its title."""
    texts = [text for _, text in lines]
    if marked and not is_above([marked], 0):
        return _finished(lines, marked, set(), 0, marked)
    first = 0
    while first < len(texts) and first < 25 and is_above(texts, first):
        first += 1
    if first == len(texts) or first == 25:
        first = 0
    starts = _law_starts(texts)
    notice = bool(texts) and _ISSUES.search(texts[first]) is not None and "《" in "".join(texts[first : first + 3])
    if starts is not None and (first or notice):
        found = _title_of_law(texts, first, starts)
        if found is not None:
            return _finished(lines, found[0], found[1], first)
    length = _title_length(texts, first, is_headed=bool(first))
    title = "".join(texts[first : first + length])
    return _finished(lines, title[:300], set(range(first, first + length)), first)


def _finished(lines: Sequence[Line], title: str, used: set[int], first: int, marked: str = "") -> Opening:
    texts = [text for _, text in lines]
    if marked:
        law = (
            _title_of_law([marked, *texts], 0, starts + 1)
            if (starts := _law_starts(texts)) is not None and _ISSUES.search(marked) and "《" in marked
            else None
        )
        if law is not None:
            return Opening(
                law[0][:300],
                *_origin(texts),
                rest=[line for place, line in enumerate(lines) if place + 1 not in law[1]],
            )
        return Opening(marked[:300], *_origin(texts), rest=list(lines))
    return Opening(
        title[:300],
        *_origin(texts),
        above=[line for place, line in enumerate(lines[:first])],
        rest=[line for place, line in enumerate(lines) if place >= first and place not in used],
    )


def is_above(texts: Sequence[str], place: int) -> bool:
    """Whether a line belongs above a title: 版头, number, order, crumbs of a page."""
    text = texts[place].strip()
    if any(pattern.fullmatch(text) for pattern in _ABOVE) or NUMBER_LINE.fullmatch(text):
        return True
    if _ORDER.fullmatch(text) or _COUNTED.fullmatch(text):
        return True
    after = texts[place + 1].strip() if place + 1 < len(texts) else ""
    return bool(re.fullmatch(r"[\u4e00-\u9fff\s\u3000、]{2,60}(?:公告|通告)", text)) and bool(_COUNTED.fullmatch(after))


def stands_alone(texts: Sequence[str], place: int) -> bool:
    """Whether a line is a part of an official document by itself: title, number, signature, day, receivers."""
    text = texts[place].strip()
    is_signer = bool(_BODY.fullmatch(_bare(text)) or _PERSON.fullmatch(text)) and any(
        map(is_day, texts[place + 1 : place + 4])
    )
    is_title = len(text) <= 40 and bool(NAMES_A_POLICY.search(text)) and _begins_body(texts, place + 1)
    return is_day(text) or is_signer or is_title or bool(_COLOPHON.fullmatch(text)) or is_above(texts, place)


def _law_starts(texts: Sequence[str]) -> int | None:
    """Return the place of the first article or heading, where there are articles."""
    articles = article_lines(texts)
    if not articles:
        return None
    first = min(articles)
    heading = next(
        (place for place in range(first) if HEADING.fullmatch(texts[place]) and len(texts[place]) < 40), first
    )
    contents = next((place for place in range(heading) if CONTENTS.fullmatch(texts[place])), heading)
    return min(first, heading, contents)


def _title_of_law(texts: Sequence[str], first: int, starts: int) -> tuple[str, set[int]] | None:
    """Return the title of the law that an order or a notice brings: named there in 《》, or the last line that can be one."""
    before = "".join(texts[:starts])
    named = {_bare(name): name for name in re.findall(r"《([^《》]{2,80}(?:〈[^〈〉]*〉[^《》]*)?)》", before)}
    for place in range(starts - 1, first, -1):
        for length in (1, 2, 3):
            whole = "".join(texts[place - length + 1 : place + 1])
            if place - length + 1 >= first and _bare(whole) in named:
                return whole, set(range(place - length + 1, place + 1))
    for place in range(starts - 1, first - 1, -1):
        text = texts[place]
        if len(text) <= 60 and NAMES_A_POLICY.search(text) and not _ISSUES.search(text) and annex_head(text) is None:
            return text, {place}
    whole = "".join(texts[first:starts])
    brought = re.search(r"《([^《》]{2,80})》[^。]{0,80}(?:现予|予以|公布|发布|印发|施行)", whole)
    if brought is not None and "关于" not in texts[first]:
        return brought[1], set()
    return None


def _title_length(texts: Sequence[str], first: int, *, is_headed: bool) -> int:
    """Return over how many lines the title runs."""
    whole = texts[first] if texts else ""
    for length in range(1, 5):
        place = first + length
        if place >= len(texts) or not _can_go_on(texts[place]):
            return length if length == 1 or NAMES_A_POLICY.search(whole) else 1
        goes_on = texts[place].startswith(("关于", "的", "《")) and not (
            "关于" in whole and NAMES_A_POLICY.search(whole)
        )
        is_whole = NAMES_A_POLICY.search(whole) is not None
        if is_whole and not (goes_on and "关于" not in whole):
            return length
        joined = whole + texts[place]
        is_wrapped = "关于" in joined or (NAMES_A_POLICY.search(joined) and _begins_body(texts, place + 1))
        if not is_headed and not goes_on and not is_wrapped:
            return 1
        whole = joined
    return 1 if not NAMES_A_POLICY.search(whole) else 4


def _can_go_on(text: str) -> bool:
    is_numbered = HEADING.fullmatch(text) or ENUMERATION.match(text) or ITEM.match(text) or article_lines([text])
    is_other = text.startswith(("（", "(")) or text.endswith(("：", ":", "。", "；")) or NUMBER_LINE.fullmatch(text)
    return len(text) <= 60 and not is_numbered and not is_other and not CONTENTS.fullmatch(text) and not is_day(text)


def _begins_body(texts: Sequence[str], place: int) -> bool:
    return place < len(texts) and not _can_go_on(texts[place])


def _origin(texts: Sequence[str]) -> tuple[str, str]:
    """Return number and issuer as the first lines print them."""
    number = issuer = ""
    for place, raw in enumerate(texts[:40]):
        text = raw.strip()
        if (HEADING.fullmatch(text) and len(text) < 40) or article_lines([text]):
            break
        after = texts[place + 1].strip() if place + 1 < len(texts) else ""
        is_order = _ORDER.fullmatch(text) is not None
        if is_order or (
            _COUNTED.fullmatch(after) and re.fullmatch(r"[\u4e00-\u9fff\s\u3000、]{2,60}(?:公告|通告)", text)
        ):
            bare = _bare(text)
            number = number or (bare.strip("（）()") if "号" in bare else "")
            issuer = issuer or re.sub(r"(?:令|公告|通告).*$", "", bare)
            if not number and _COUNTED.fullmatch(after):
                number = bare + _bare(after).strip("（）()")
        elif (match := NUMBER_LINE.fullmatch(text)) is not None:
            number = number or number_in(match[0])
        elif _ABOVE[0].fullmatch(text):
            issuer = issuer or _bare(text).removesuffix("文件")
    return number, issuer


def without_closing(lines: Sequence[Line]) -> tuple[list[Line], Closing]:
    """Return the lines without the signature, its day and the list of receivers; annexes after them stay."""
    texts = [text.strip() for _, text in lines]
    articles = article_lines(texts)
    begins = (
        min(articles) if articles
        else next((place for place, text in enumerate(texts) if ENUMERATION.match(text) or ITEM.match(text)), 0)
    )  # fmt: skip
    closing, gone = Closing(), set()
    for place in range(begins + 1, len(texts)):
        if is_day(texts[place]) and (signers := _signers(texts, place, begins)):
            gone |= {*signers, *_list_of_annexes(texts, min(signers), begins), place}
            closing.signer = closing.signer or re.sub(
                r"[（(]?(?:印|盖章|公章|代章)[）)]?$", "", _bare(texts[min(signers)])
            )
            closing.day = closing.day or texts[place]
        elif _COLOPHON.fullmatch(texts[place]) and len(texts[place]) < 400 and _is_near_end(texts, place, gone):
            gone.add(place)
    gone |= _between(texts, gone)
    closing.lines = [texts[place] for place in sorted(gone)]
    return [line for place, line in enumerate(lines) if place not in gone], closing


def _signers(texts: Sequence[str], place: int, begins: int) -> set[int]:
    found: set[int] = set()
    above = place - 1
    while (
        above > begins and len(found) < 12 and (_BODY.fullmatch(_bare(texts[above])) or _PERSON.fullmatch(texts[above]))
    ):
        found.add(above)
        above -= 1
    return found


def _list_of_annexes(texts: Sequence[str], signed: int, begins: int) -> set[int]:
    """Return the lines above a signature that name the annexes: 附件：1.… 2.…"""
    for place in range(signed - 1, max(begins, signed - 12), -1):
        if re.match(r"附[\s\u3000]*件[\s\u3000]*[：:]", texts[place]):
            return set(range(place, signed))
        if not re.match(r"\d{1,2}[.．、]", texts[place]) or is_ended(texts[place]):
            return set()
    return set()


def _is_near_end(texts: Sequence[str], place: int, gone: set[int]) -> bool:
    """Whether the line closes the text: after the signature, before an annex, or among the last lines."""
    after = texts[place + 1 :]
    return place - 1 in gone or len(after) <= 6 or any(annex_head(text) for text in after[:4])


def _between(texts: Sequence[str], gone: set[int]) -> set[int]:
    """Return lines between 抄送 and 印发: the list of receivers over several lines."""
    sent = [place for place in gone if texts[place].startswith(("抄送", "抄报", "分送"))]
    printed = [place for place in gone if texts[place].endswith(("印发", "份", "份）"))]
    return {each for start in sent for end in printed if 0 < end - start <= 6 for each in range(start, end)}


def is_day(text: str) -> bool:
    """Whether a line is a date and nothing else."""
    bare = _bare(text)
    return bool(DATE.fullmatch(bare) or ISO_DATE.fullmatch(bare))


def _bare(text: str) -> str:
    return re.sub(r"[\s\u3000]", "", text)
