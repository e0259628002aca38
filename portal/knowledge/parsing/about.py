"""What a document says about itself: names, number, dates, level, region."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from search.numerals import PRINTED, printed_number

_PROVINCES = """
北京:110000 天津:120000 河北:130000 山西:140000 内蒙古:150000 辽宁:210000 吉林:220000 黑龙江:230000 上海:310000
江苏:320000 浙江:330000 安徽:340000 福建:350000 江西:360000 山东:370000 河南:410000 湖北:420000 湖南:430000
广东:440000 广西:450000 海南:460000 重庆:500000 四川:510000 贵州:520000 云南:530000 西藏:540000 陕西:610000
甘肃:620000 青海:630000 宁夏:640000 新疆:650000 台湾:710000 香港:810000 澳门:820000
"""
REGIONS: dict[str, str] = {name: code for name, _, code in (pair.partition(":") for pair in _PROVINCES.split())}
"""Provinces by the name that titles begin with, with their codes of GB/T 2260."""
_BRACKETED = r"[\u4e00-\u9fff]{1,16}[\s\u3000]*[〔\[［（(【﹝〈]\s*[12]\d{3}\s*年?[〕\]］)）】﹞〉]\s*第?\s*\d+\s*号"
_ORDERED = rf"[\u4e00-\u9fff]{{1,24}}令[\s\u3000（(]*第?[\s\u3000]*[{PRINTED}]+[\s\u3000]*号"
NUMBER = re.compile(rf"{_BRACKETED}|{_ORDERED}|(?:GB|GA|CJJ?|DB\d{{2}})(?:/[TZ])?\s?\d+(?:\.\d+)?[-—]\d{{4}}")
NUMBER_LINE = re.compile(
    rf"(?:(?:发文字号|文号)[：:\s\u3000]*)?[（(]?(?:{_BRACKETED}|{_ORDERED})[）)]?(?:[\s\u3000]*签[\s\u3000]*发[\s\u3000]*人[：:].*)?"
)
"""A line that is the number of the document, perhaps with who signed it."""
_LEADS_IN = re.compile(r"^(?:.*(?:根据|依据|按照|依照)|经(?!济)|以|由|被)(?=[\u4e00-\u9fff]{2,})")
ISO_DATE = re.compile(r"[12]\d{3}[-./]\d{1,2}[-./]\d{1,2}")
DATE = re.compile(rf"([12]\d{{3}}|[{PRINTED}]{{4}})\s*年\s*([{PRINTED}]{{1,3}})\s*月\s*([{PRINTED}]{{1,3}})\s*日")
EFFECTIVE = re.compile(rf"自\s*({DATE.pattern})\s*起\s*(?:正式)?(?:施行|实施|生效|执行)")
_IS_ABOUT_ITSELF = re.compile(
    r"施行|实施|执行|生效|印发之日|发布之日|公布之日|本(?:办法|规定|细则|通知|意见|条例|方案|规则|决定|文件|措施|政策)"
)
_UNTIL = re.compile(
    rf"有效期(?:限)?[^。；]{{0,20}}?[至到]\s*{DATE.pattern}|试行[^。；]{{0,12}}?[至到]\s*{DATE.pattern}|[至到]\s*{DATE.pattern}\s*(?:止|废止|失效|自行|有效)"
)
_SPAN = re.compile(
    rf"(?:有效期(?:限)?|试行(?:期)?(?:限)?|暂行期|实施期限?)(?:暂定|为|暂)?\s*([{PRINTED}]{{1,3}})\s*(年|个月)"
)
FIELDS = {
    "code": "code", "编码": "code", "title": "title", "标题": "title", "number": "number", "文号": "number",
    "发文字号": "number", "issuer": "issuer", "发文机关": "issuer", "level": "level", "层级": "level", "theme": "theme",
    "主题": "theme", "region": "region", "地区": "region", "status": "status", "效力": "status", "issued": "issued_date",
    "成文日期": "issued_date", "version": "version_date", "版本日期": "version_date", "effective": "effective_date",
    "施行日期": "effective_date", "valid_until": "valid_until", "有效期至": "valid_until", "aliases": "aliases", "简称": "aliases", "source": "source", "来源": "source",
    "interprets": "interprets", "解读对象": "interprets", "implements": "implements", "实施对象": "implements",
}  # fmt: skip
DATES = ("issued_date", "version_date", "effective_date", "valid_until")
STATUSES = {"现行有效": "in_force", "已修改": "amended", "已废止": "repealed", "尚未生效": "not_yet"}


class UnreadableField(ValueError):
    """A line of the head says something that it cannot say."""


@dataclass(frozen=True)
class About:
    """What is known of a document; empty where nothing is."""

    title: str = ""
    code: str = ""
    number: str = ""
    issuer: str = ""
    level: str = ""
    theme: str = ""
    region: str | None = None
    status: str = ""
    aliases: tuple[str, ...] = ()
    issued_date: date | None = None
    version_date: date | None = None
    effective_date: date | None = None
    valid_until: date | None = None
    source: str = ""
    interprets: tuple[str, ...] = ()
    implements: tuple[str, ...] = ()
    history: tuple[str, ...] = ()


def read_date(text: str) -> date | None:
    """Return the first day that a text names: 2025年8月1日, 二〇二五年八月一日 or 2025-08-01."""
    if (iso := re.search(r"\b([12]\d{3})-(\d{1,2})-(\d{1,2})\b", text)) is not None:
        parts = iso.groups()
    elif (match := DATE.search(text)) is not None:
        parts = match.groups()[:3]
    else:
        return None
    try:
        year, month, day = (printed_number(part) for part in parts)
        return date(year, month, day)
    except ValueError:
        return None


def read_fields(head: Mapping[str, str]) -> About:
    """Return what the head of a file says (`title: …` or `标题: …`). Raises UnreadableField."""
    found: dict[str, object] = {}
    for name, value in head.items():
        field = FIELDS.get(name.strip().lower())
        value = value.strip().strip('"')
        if field is None or not value:
            continue
        if field in DATES:
            found[field] = read_date(value)
            if found[field] is None:
                raise UnreadableField(f"{name}: {value[:40]}")
        elif field in ("aliases", "interprets", "implements"):
            found[field] = tuple(part.strip() for part in re.split(r"[;；,，、|]", value) if part.strip())
        elif field == "status":
            found[field] = STATUSES.get(value, value)
        elif field == "region":
            found[field] = region_code(value)
        else:
            found[field] = value
    return About(**found)  # type: ignore[arg-type]  # the names above are those of the fields


def region_code(name: str) -> str:
    """Code of a province by name or code; empty for the whole country. Raises UnreadableField."""
    if name in ("全国", "国家", "national", "000000"):
        return ""
    if re.fullmatch(r"\d{6}", name):
        return name
    for short, code in REGIONS.items():
        if name.startswith(short):
            return code
    raise UnreadableField(f"region: {name[:40]}")


def complete(about: About, preamble: Iterable[str], last_clauses: str) -> About:
    """Return the same, with what the words before the first clause and the last clauses tell."""
    before = "\n".join(preamble)
    number = about.number or number_in(before)
    effective = about.effective_date
    if effective is None and (said := EFFECTIVE.findall(last_clauses) or EFFECTIVE.findall(before)):
        effective = read_date(said[-1][0])
    history = about.history or tuple(_history(before))
    version = about.version_date or last_day(history)
    title = about.title
    return replace(
        about,
        number=number,
        effective_date=effective,
        version_date=version,
        history=history,
        issued_date=(issued := about.issued_date or (read_date(history[0]) if history else None)),
        valid_until=about.valid_until or end_of_validity(f"{before}\n{last_clauses}", effective, version or issued),
        level=about.level or guess_level(title),
        region=about.region if about.region is not None else guess_region(title),
        aliases=about.aliases or tuple(short_titles(title)),
    )


def number_in(text: str) -> str:
    """Return the first number of a document in a text, without the words and the day that lead to it."""
    match = NUMBER.search(DATE.sub("\n", text))
    if match is None:
        return ""
    bare = re.sub(r"[\s\u3000]", "", re.sub(r"令[\s\u3000]*[（(]", "令", match[0]))
    return _LEADS_IN.sub("", bare) if "令" in bare else bare


def end_of_validity(text: str, effective: date | None, issued: date | None) -> date | None:
    """Return the last day on which a text holds by its own words: 有效期至…, 有效期五年, 试行二年."""
    for sentence in re.split(r"[。\n]", text):
        if not _IS_ABOUT_ITSELF.search(sentence):
            continue
        if (until := _UNTIL.search(sentence)) is not None:
            return read_date(re.split("[至到]", until[0])[-1])
        if (span := _SPAN.search(sentence)) is not None:
            first = effective or read_date(sentence) or issued
            return _after(first, printed_number(span[1]), span[2]) if first is not None else None
    return None


def _after(first: date, count: int, unit: str) -> date | None:
    months = first.year * 12 + first.month - 1 + (count if "月" in unit else count * 12)
    if not 0 < count < 100:
        return None
    year, month = divmod(months, 12)
    day = min(first.day, monthrange(year, month + 1)[1])
    return date(year, month + 1, day) - timedelta(days=1)


def _history(before: str) -> Iterable[str]:
    for line in re.split(r"[\n；;]|(?=根据\s*[12]\d{3}\s*年)", before):
        if DATE.search(EFFECTIVE.sub("", line)) and re.search(r"通过|修订|修正|公布|批准|发布", line):
            yield line.strip("（）() 　")[:200]


def last_day(history: Iterable[str]) -> date | None:
    """Return the latest day that a history names."""
    return max((day for line in history if (day := read_date(line)) is not None), default=None)


def guess_region(title: str) -> str:
    """Return the province in whose name a title begins; empty: the whole country."""
    return next((code for short, code in REGIONS.items() if title.startswith(short)), "")


def guess_level(title: str) -> str:
    """Level by the words of a title; an editor sets it where they mislead."""
    if "解读" in title:
        return "政策解读"
    if re.search(r"宪法(修正案)?(（.*）)?$", title):
        return "宪法"
    is_local = bool(guess_region(title)) or bool(re.match(r"[\u4e00-\u9fff]{2,8}(省|市|县|区|自治州)", title))
    if title.endswith("条例"):
        return "地方性法规" if is_local else "行政法规"
    if re.search(r"(办法|规定|规则|细则)(（试行）)?$", title):
        return "地方政府规章" if is_local else "部门规章"
    if title.endswith(("法", "法典")):
        return "法律"
    return "规范性文件" if re.search(r"(通知|意见|决定|公告|方案|规划|纲要|函)(（.*）)?$", title) else "其他"


def short_titles(title: str) -> Iterable[str]:
    """Return how people call a policy: without 中华人民共和国 and without what stands in brackets at the end."""
    bare = re.sub(r"[（(](\d{4}年?)?(修正|修订|试行|暂行|\d{4}年?.*)[）)]$", "", title)
    short = bare.removeprefix("中华人民共和国")
    return [name for name in dict.fromkeys((short, bare)) if name and name != title]
