"""Patterns of numbered identifiers: each with its kind and the check that a hit must pass."""

from __future__ import annotations

import re
from collections.abc import Callable

from labs.datasets.deidentification.checksums import (
    GAP,
    has_digit,
    is_bank_card,
    is_credit_code,
    is_grouped_id_card,
    is_mistyped_id_card,
    is_old_id_card,
)

PROVINCE = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
_L = "[A-HJ-NP-Za-hj-np-z]"
_C = "[0-9A-HJ-NP-Za-hj-np-z]"
_ALONE, _END = "(?<![0-9A-Za-z])", "(?![0-9A-Za-z])"
_EXTENSION = r"(?:\s?(?:-|转接?|转分机|分机号?|#)\s?\d{1,5})?"
_SAYS = r"(?:号码?|编号|证号|号)?\s?[:\uff1a为是]?\s?"
DECIMAL = re.compile(r"(?<![\d.])(\d+)\.\d+(?:[eE][+-]?\d+)?(?!\.?\d)")
"""A number with one point; 138.1234.5678 has two and is none."""
_CUE = re.compile(
    r"(?:手机|电话|联系方式|号码?|致电|回电|拨打|身份证|证件|卡号|tel|phone|mobile)[^\d\n]{0,4}$", re.IGNORECASE
)
PATTERNS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool] | None], ...] = tuple(
    (kind, re.compile(pattern), check)
    for kind, pattern, check in (
        ("id_card", rf"{_ALONE}[1-9](?:{GAP}\d){{16}}{GAP}[\dXx]{_END}", is_grouped_id_card),
        ("id_card", rf"(?<![0-9A-Za-z])(?:ID|id|Id)?([1-9][\dOo]{{16}}[\dXx]){_END}", is_mistyped_id_card),
        ("permit", rf"(?:回乡证|港澳居民来往内地通行证|往来港澳通行证|台胞证|台湾居民来往大陆通行证|通行证|居住证|永久居留(?:身份)?证|军官证|士兵证|警官证){_SAYS}([A-Za-z]{{0,3}}\d{{7,12}}(?:\(\w\))?)(?!\d)", None),
        ("permit", rf"{_ALONE}[HMhm]\d{{8}}(?:\d{{2}})?{_END}", None),
        ("permit", r"[军海空南北沈兰济广成武士文参后联]字第\s?(\d{6,8})\s?号", None),
        ("credit_code", rf"{_ALONE}[1-9A-HJ-NP-RTUWXY]{{2}}\d{{6}}[0-9A-HJ-NP-RTUWXY]{{10}}{_END}", is_credit_code),
        ("bank_card", r"(?<![\d.])(?:62\d{2}|4\d{3}|5[1-5]\d{2}|9[0-9]\d{2}|3[57]\d{2})(?:[ -]?\d{4}){2,3}(?:[ -]?\d{1,4})(?![\d.])", is_bank_card),
        ("id_card_15", r"(?<![0-9A-Za-z.])[1-9]\d{14}(?![0-9A-Za-z.])", is_old_id_card),
        ("mobile", rf"(?<![\d.])(?:(?:\((?:\+|00)?86\)|(?:\+|00)?86)[- ]?)?1[3-9]\d(?:{GAP}\d{{4}}{GAP}\d{{4}}|{GAP}\d{{3}}{GAP}\d{{5}})(?![\d.]\d|\d|\s?(?:元(?!旦)|吨|米|千[瓦克]|公斤|平方|立方|[%‰]|k[Ww]h|kg|[eE][+-]?\d))", None),
        ("landline", rf"(?<![\d.-])(?:(?:\+|00)86[- ]?)?(?:\(0?[1-9]\d{{1,2}}\)|(?<!\d)0[1-9]\d{{1,2}}|(?<=86[- ])\d{{2,3}})[- ]?[2-9](?:\d{{6,7}}|\d{{2,3}}[- ]\d{{4}}){_EXTENSION}(?!\d)", None),
        ("landline", rf"(?:座机|固话|固定电话|办公电话|家庭电话|宅电|传真|电话|致电|回电){_SAYS}([2-9]\d{{6,7}}|[2-9]\d{{2,3}}[- ]\d{{4}}){_EXTENSION}(?![\d.-])", None),
        ("plate", rf"{PROVINCE}\s?{_L}\s?[·.•-]?\s?(?:{_C}{{4}}\s{_C}|[DABCEFGHJK][0-9A-HJ-NP-Z]\d{{4}}|\d{{5}}[DABCEFGHJK]|{_C}{{4}}[0-9A-HJ-NP-Za-hj-np-z挂学警港澳领超试]|\d{{4}}应急){_END}", has_digit),
        ("plate", r"使\s?\d{3}[·.•-]?\s?\d{3}(?![\d.]|\s?[人元个户吨万米条次名])|(?<![\d.])\d{6}使(?![用得其命者])", None),
        ("plate", rf"{_ALONE}[Ww][Jj]\s?{PROVINCE}?\s?[·.•-]?(?:\d{{2}}-?\d{{5}}|\d{{4}}[0-9TDSHBXJtdshbxj]){_END}", None),
        ("plate", rf"(?:车牌|车号|军车|军牌){_SAYS}([A-Z]{{2}}[·.•-]?\d{{5}}){_END}", None),
        ("passport", rf"{_ALONE}(?:[EGDSPKegdspk]\d{{8}}|[Ee][A-HJ-NP-Za-hj-np-z]\d{{7}}|(?:SE|DE|PE|MA)\d{{7}}){_END}", None),
        ("passport", rf"护照{_SAYS}([A-Za-z]{{1,2}}\d{{6,8}}|\d{{9}}){_END}", None),
        ("email", r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", None),
    )
)  # fmt: skip


def decimals_in(plain: str) -> list[tuple[int, int]]:
    """Return where decimal numbers stand, in which no identifier does.

    Of `3.610113…` only the point counts: offices number their lines so, and a resident's number may follow.
    """
    out = []
    for match in DECIMAL.finditer(plain):
        if _CUE.search(plain[max(0, match.start() - 10) : match.start()]):
            continue  # a telephone with a point in it, as some write it
        is_line = len(match[1]) < 3 and match[1] != "0"
        out.append((match.start(1), match.end(1) + 1) if is_line else match.span())
    return out


def is_decimal(text: str) -> bool:
    """Return whether a text is a plain decimal number; with an exponent it may be a code that a spreadsheet damaged."""
    return re.fullmatch(r"[+-]?\d+\.\d+", text.strip()) is not None
