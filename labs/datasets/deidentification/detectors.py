"""Finds direct identifiers of people in China in any text: patterns, checksums and cue words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from labs.datasets.deidentification.names import COMPOUND, SURNAMES, WORDS, is_likely, names_in
from labs.datasets.deidentification.spoken import MOBILE, accounts_in, numbers_in

PROVINCES = frozenset(
    map(
        str,
        (
            *range(11, 16),
            *range(21, 24),
            *range(31, 38),
            *range(41, 47),
            *range(50, 55),
            *range(61, 66),
            71,
            81,
            82,
            83,
        ),
    )
)
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECKS = "10X98765432"
CREDIT_DIGITS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
HAN = "[\u4e00-\u9fff]"
FULL_WIDTH = {
    0xFF01 + offset: 0x21 + offset for offset in range(94)
}  # digits, letters and signs as Chinese keyboards make them
# What stands between the groups of a number: nothing, a hyphen, a dot or a blank of any width.
_GAP = r"[-. \u3000\xa0]?"
ROOM = r"(?:室|房|户|号(?!楼))"


@dataclass(frozen=True)
class Found:
    """One identifier: its kind and where it stands."""

    kind: str
    start: int
    end: int


def is_id_card(text: str) -> bool:
    """Whether 18 characters are a resident's number: region, date of birth and ISO 7064 check digit."""
    text = text.upper()
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, ID_WEIGHTS, strict=False))
    return text[:2] in PROVINCES and 1850 <= born.year <= 2100 and ID_CHECKS[total % 11] == text[17]


def is_old_id_card(text: str) -> bool:
    """Whether 15 digits are a resident's number of the first generation."""
    try:
        date(1900 + int(text[6:8]), int(text[8:10]), int(text[10:12]))
    except ValueError:
        return False
    return text[:2] in PROVINCES


def is_grouped_id_card(text: str) -> bool:
    """Whether a resident's number stands in groups; the separators do not count."""
    return is_id_card(re.sub(_GAP, "", text))


def passes_luhn(text: str) -> bool:
    """Whether the digits end in their Luhn check digit."""
    digits = [int(character) for character in reversed(re.sub(r"[ -]", "", text))]
    doubled = [digit * (1 + index % 2) for index, digit in enumerate(digits)]
    return len(set(digits)) > 1 and sum(digit - 9 * (digit > 9) for digit in doubled) % 10 == 0


def is_bank_card(text: str) -> bool:
    """Whether digits are a bank card's: a length that its prefix has, and the check digit. A device's IMEI has 15."""
    length = sum(character.isdigit() for character in text)
    lengths = {"4": (16, 19), "5": (16,), "3": (15,) if text[1] == "7" else (16,)}.get(text[0], range(16, 20))
    return length in lengths and passes_luhn(text)


def is_credit_code(text: str) -> bool:
    """Whether 18 characters are a unified social credit code (GB 32100)."""
    total = sum(CREDIT_DIGITS.index(character) * pow(3, index, 31) for index, character in enumerate(text[:17]))
    return CREDIT_DIGITS[(31 - total % 31) % 31] == text[17] and not text.isdigit()


def is_name_of_parts(text: str) -> bool:
    """Whether words joined by dots can be a name: of a place or thing they end otherwise."""
    return not text.endswith(("区", "市", "园", "城", "馆", "奖", "节", "路", "店", "府", "苑", "湾", "里"))


def is_no_word(text: str) -> bool:
    """Whether a surname with what follows is no everyday word."""
    if text[0] in "向于管施":
        return is_likely(text, NO_NAMES)
    return text[:2] not in NO_NAMES and text[:2] not in WORDS


def is_strange_name(text: str) -> bool:
    """Whether what stands before a title can be a name without a Chinese surname."""
    return not re.search("[的位个名这那该某各等来电人员者民请谢]", text)


def has_digit(text: str) -> bool:
    """Whether any character is a digit."""
    return any(character.isdigit() for character in text)


_NAME = rf"(?:(?:{COMPOUND}){HAN}{{1,2}}|[{SURNAMES}]{HAN}{{1,2}})"
_CUES = (
    "我叫|本人叫|孩子叫|我是|姓名|名叫|姓|户名|户主|业主|业主代表|法人|法定代表人|当事人|患者|市民|居民|学生|身份证姓名|司机|救助对象|"
    "低保户|退役军人|住户|租客|房东|原告|被告|家属|家长|店主|车主|爱人|妻子|丈夫|父亲|母亲|儿子|女儿|已联系|"
    f"{HAN}{{0,2}}{HAN}人为?|{HAN}{{1,2}}(?:员|者)"
)
_AFTER_NAME = (
    r"(?=[,.:;()/\uff0c\u3002\u3001\uff1b\uff1a\uff08\uff09\s是为在因于家住的和与及男女系向称反持说不未欠]|身份|电话|手机|联系|先生|女士|"
    r"同志|小姐|师傅|老师|来电|来信|咨询|建议|投诉|举报|驾驶|酒后|递交|主持|现场|深夜|参加|要求|希望|表示|今年|今天|实名|办理|拾金|致电|质疑|申请|每日|每天|报警|想|来访|\d|$)"
)
_SPEAKS = "反映|来电|来信|致电|咨询|投诉|举报|建议|要求|希望|称|报警|质疑|申请|来访|驾驶|递交"
NO_NAMES = frozenset(
    [
        "白天",
        "方便",
        "方面",
        "方向",
        "方式",
        "常年",
        "常常",
        "高度",
        "高峰",
        "高温",
        "高层",
        "高空",
        "高速",
        "关注",
        "万一",
        "金额",
        "马路",
        "马上",
        "安全",
        "平时",
        "平台",
        "毛病",
        "顾客",
        "许多",
        "于是",
        "何时",
        "何地",
        "雷雨",
        "洪水",
        "龙头",
        "温度",
        "施工",
        "严重",
        "严格",
        "文明",
        "文件",
        "武汉",
        "黄河",
        "江苏",
        "江边",
        "田间",
        "石头",
        "钟头",
        "应当",
        "应该",
        "包括",
        "单位",
        "全部",
        "全体",
        "方可",
        "方能",
        "尤其",
        "任何",
        "任意",
        "段时",
        "段路",
        "侯车",
        "孔洞",
        "左右",
        "左侧",
        "左边",
        "易发",
        "易燃",
        "易爆",
        "程度",
        "程序",
        "常见",
        "常用",
        "钱款",
        "钱财",
        "余额",
        "余下",
        "车辆",
        "阳台",
        "叶子",
        "康复",
        "宋体",
        "尹始",
        "符合",
        "童年",
        "苗木",
        "纪律",
        "纪念",
        "甘愿",
        "耿直",
        "卓越",
        "詹天",
    ]
)
_LANE = "路|街|巷|道|弄"
PATTERNS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool] | None], ...] = tuple(
    (kind, re.compile(pattern), check)
    for kind, pattern, check in (
        ("id_card", r"(?<![0-9A-Za-z])[1-9]\d{16}[\dXx](?![0-9A-Za-z])", is_id_card),
        ("id_card", rf"(?<![0-9A-Za-z])[1-9]\d{{5}}{_GAP}(?:18|19|20)\d{{2}}{_GAP}\d{{2}}{_GAP}\d{{2}}{_GAP}\d{{3}}{_GAP}[\dXx](?![0-9A-Za-z])", is_grouped_id_card),
        ("permit", r"(?:回乡证|港澳居民来往内地通行证|往来港澳通行证|台胞证|台湾居民来往大陆通行证|通行证|居住证)(?:号码?|编号)?\s?[:\uff1a为是]?\s?([A-Za-z]?\d{8,10}(?:\(\w\))?)(?!\d)", None),
        ("permit", r"(?<![0-9A-Za-z])[HMhm]\d{8}(?:\d{2})?(?![0-9A-Za-z])", None),
        ("credit_code", r"(?<![0-9A-Za-z])[1-9A-HJ-NP-RTUWXY]{2}\d{6}[0-9A-HJ-NP-RTUWXY]{10}(?![0-9A-Za-z])", is_credit_code),
        ("bank_card", r"(?<![\d.])(?:62\d{2}|4\d{3}|5[1-5]\d{2}|9[0-9]\d{2}|3[57]\d{2})(?:[ -]?\d{4}){2,3}(?:[ -]?\d{1,4})(?![\d.])", is_bank_card),
        ("id_card_15", r"(?<![0-9A-Za-z.])[1-9]\d{14}(?![0-9A-Za-z.])", is_old_id_card),
        ("mobile", rf"(?<![\d.])(?:(?:\+|00)?86[- ]?)?1[3-9]\d(?:{_GAP}\d{{4}}{_GAP}\d{{4}}|{_GAP}\d{{3}}{_GAP}\d{{5}})(?![\d.]\d|\d|\s?(?:元(?!旦)|吨|米))", None),
        ("landline", r"(?<![\d.-])(?:\(0\d{2,3}\)|(0\d{2,3}))[- ]?[2-9](?:\d{6,7}|\d{2,3}[- ]\d{4})(?:[-转]\d{1,5})?(?!\d)", None),
        ("plate", r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Za-hj-np-z]\s?[·.•-]?\s?(?:[0-9A-HJ-NP-Za-hj-np-z]{4}\s[0-9A-HJ-NP-Za-hj-np-z]|[DABCEFGHJK][0-9A-HJ-NP-Z]\d{4}|\d{5}[DABCEFGHJK]|[0-9A-HJ-NP-Za-hj-np-z]{4}[0-9A-HJ-NP-Za-hj-np-z挂学警港澳])(?![0-9A-Za-z])", has_digit),
        ("plate", r"(?<![0-9A-Za-z])WJ\s?[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]?\s?[·.•-]?\d{4}[0-9TDSHBXJ](?![0-9A-Za-z])", None),
        ("passport", r"(?<![0-9A-Za-z])(?:[EGDSPKegdspk]\d{8}|[Ee][A-HJ-NP-Za-hj-np-z]\d{7}|(?:SE|DE|PE|MA)\d{7})(?![0-9A-Za-z])", None),
        ("email", r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", None),
        ("address", rf"{HAN}{{2,12}}(?<![共有计达约建在])\s?[A-Za-z]?(?:\d{{1,5}}号(?:院)?)?\s?[A-Za-z]?\d{{0,4}}\s?(?:栋|幢|号楼|座|楼)\s?(?:(?:[\d一二三四五六七八九十]{{1,3}}\s?单元)\s?(?:\d{{1,2}}层)?\s?\d{{2,5}}\s?{ROOM}?|(?:\d{{1,2}}层)?\s?\d{{2,5}}\s?{ROOM})", has_digit),
        ("address", rf"{HAN}{{2,14}}(?:{_LANE}|村|组|小区|花园|公寓|家园)\s?\d{{0,5}}\s?(?:号)?(?:院)?\s?(?:\d{{1,4}}(?:弄|栋|幢|号楼|座)\s?)?(?:\d{{1,4}}号)?\s?(?:\d{{1,2}}单元)?\s?\d{{2,5}}(?:室|房)", has_digit),
        ("address", rf"{HAN}{{2,14}}(?:{_LANE}|段|里|组|村)\s?(?:\d{{1,4}}弄)?\d{{1,5}}号(?:之\d+)?(?![令文线])", has_digit),
        ("address", rf"{HAN}{{2,12}}(?:区|村|组)\d{{1,3}}排\d{{1,4}}号", has_digit),
        ("address", rf"{HAN}{{2,12}}(?:小区|花园|公寓|家园|新村|苑)\s?\d{{1,3}}\s?(?:号楼|栋|幢)", has_digit),
        ("name", rf"(?<!{HAN}){HAN}{{2,8}}(?:[·•・]{HAN}{{2,8}})+", is_name_of_parts),
        ("name", rf"(?<!{HAN})({HAN}{{3,6}})(?=先生|女士)", is_strange_name),
        ("name", rf"(?:{_CUES})\s?[:\uff1a为是]?\s?({_NAME}){_AFTER_NAME}", is_no_word),
        ("name", rf"(?<![{HAN[1:-1]}A-Za-z0-9])({_NAME})(?=(?:{_SPEAKS})|[,\uff0c]\s?[男女]\b|[,\uff0c][男女][,\uff0c])", is_no_word),
        ("name", rf"(?<!{HAN})({_NAME}|[{SURNAMES}]某{{1,2}})(?=先生|女士|小姐|同志|师傅|老师|医生)", None),
    )
)  # fmt: skip
TOKENS = {
    "id_card": "身份证号", "id_card_15": "身份证号", "credit_code": "信用代码", "bank_card": "银行卡号", "mobile": "手机号",
    "wechat": "微信号", "qq": "QQ号", "landline": "固定电话", "plate": "车牌号", "passport": "护照号", "permit": "通行证号", "email": "邮箱", "address": "地址", "name": "姓名",
}  # fmt: skip
HINT = re.compile(r"[0-9@A-Z\u4e00-\u9fff]")


def find(text: str) -> list[Found]:
    """Return the identifiers in `text`, in order, never overlapping; offsets count characters."""
    plain = text.translate(FULL_WIDTH)
    if len(plain) < 3 or not HINT.search(plain):
        return []
    out: list[Found] = []
    for kind, pattern, check in PATTERNS:
        for match in pattern.finditer(plain):
            group = 1 if match.re.groups and kind in ("name", "permit") and match.group(1) else 0
            start, end = match.span(group)
            if any(start < other.end and other.start < end for other in out):
                continue
            if check is None or check(match.group(group)):
                out.append(Found("id_card" if kind == "id_card_15" else kind, start, end))
    for hit in (*_spoken(plain), *(Found("name", *span) for span in names_in(plain, NO_NAMES))):
        if not any(hit.start < other.end and other.start < hit.end for other in out):
            out.append(hit)
    return sorted(out, key=lambda found: found.start)


def _spoken(plain: str) -> list[Found]:
    """Return numbers in words and accounts of messengers."""
    out = [Found(kind, start, end) for kind, start, end in accounts_in(plain)]
    for digits, start, end in numbers_in(plain):
        if MOBILE.fullmatch(digits):
            out.append(Found("mobile", start, end))
        elif len(digits) == 18 and digits[:17].isdigit() and digits[17] in ID_CHECKS and is_id_card(digits):
            out.append(Found("id_card", start, end))
    return out


def redact(text: str) -> str:
    """Return `text` with every identifier replaced by a typed token, the same one for the same value in the text."""
    known: dict[tuple[str, str], str] = {}
    numbers: dict[str, int] = {}
    parts, last = [], 0
    for found in find(text):
        value = text[found.start : found.end]
        if (found.kind, value) not in known:
            numbers[found.kind] = numbers.get(found.kind, 0) + 1
            known[found.kind, value] = f"【{TOKENS[found.kind]}{numbers[found.kind]}】"
        parts += [text[last : found.start], known[found.kind, value]]
        last = found.end
    return "".join([*parts, text[last:]])
