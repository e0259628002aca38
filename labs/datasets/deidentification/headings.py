"""What a column is about, from its heading and from its values as a whole.

A detector of running text needs a cue beside a name or number; in a table the cue is the heading, or that every value
has the same shape. Kinds that need exactness (who is this?) identify; a date of birth or an address does so until it
is made coarser.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache, partial

from labs.datasets.deidentification.coded_people import COLOR, kind_of_codes
from labs.datasets.deidentification.cued_names import RARE
from labs.datasets.deidentification.detectors import FULL_WIDTH, NO_NAMES, is_id_card
from labs.datasets.deidentification.names import COMPOUND, PLACES, PLAIN_SURNAMES, SURNAMES, is_likely
from labs.datasets.deidentification.numbers import is_decimal
from labs.datasets.deidentification.projected import is_fine_point
from labs.datasets.deidentification.romanized import is_romanized_name
from labs.datasets.deidentification.shaped_names import are_people
from labs.datasets.deidentification.shares import holds_mostly
from labs.datasets.deidentification.wrapped import unwrapped

KINDS = {
    "name": "姓名", "id_number": "证件号码", "phone": "电话号码", "plate": "车牌号", "account": "账号", "email": "邮箱",
    "birth_date": "出生日期", "address": "地址", "hash": "标识符的散列值", "device": "设备标识", "coordinates": "精确坐标", "heading": "姓名",
}  # fmt: skip
# A coarser value of these no longer points at one person; half a name or number still does.
COARSENED = frozenset({"birth_date", "address", "coordinates"})

_PERSON = "户主|来电人|来信人|投诉人|举报人|反映人|联系人|申请人|当事人|经办人|负责人|法人代表|法定代表人|患者|学生|家长|监护人|业主|住户|车主|参保人|被保险人|纳税人|收件人|寄件人|乘客|司机|驾驶员|员工|职工|老人|死者|受害人|救助对象"
_HEADINGS: tuple[tuple[str, str], ...] = (
    ("hash", r"(?:md5|sha-?\d*|hash|哈希|散列)"),
    ("id_number", r"身份证|证件号|公民身份号码|社会保障号|社保(?:卡)?号|护照号|通行证|居住证号|军官证|驾驶证号|学籍号|(?:^|[^a-z])(?:id_?card|id_?no|id_?number|ssn|passport|national_?id)(?:[^a-z]|$)"),
    ("phone", r"手机|电话|联系方式|(?:^|[^a-z])(?:phone|mobile|tel|telephone|cell_?phone|fax)(?:[^a-z]|$)"),
    ("plate", r"车牌|号牌号码|(?:licen[cs]e_?plate|plate_?(?:no|number))"),
    ("account", r"银行卡|银行账[号户]|卡号|微信号?$|QQ号?$|(?:bank_?(?:card|account)|card_?(?:no|number)|wechat)"),
    ("account", r"(?:^|[^a-z])(?:员工|职工|工|学|警|病历|住院|门诊|就诊|医保|会员|客户|用户)(?:编)?号码?$|用户ID$|(?:^|[^a-z])(?:user|employee|staff|student|member|customer|patient)_?(?:id|no|number)$|(?:^|[^a-z])(?:open|union)_?id$"),
    ("device", r"(?:^|[^a-z])(?:imei|imsi|iccid|idfa|oaid|mac|mac_?addr(?:ess)?|ip|ip_?addr(?:ess)?)(?:[^a-z]|$)"),
    ("email", r"邮箱|电子邮件|e-?mail"),
    ("birth_date", r"出生(?:日期|年月日?)|生日|(?:^|[^a-z])(?:birth_?(?:date|day)|date_?of_?birth|dob)(?:[^a-z]|$)"),
    ("address", r"住址|住所|(?:家庭|户籍|通讯|通信|联系|居住|详细|现居|收货)地址|^地址$|门牌号?$|^(?:房|房间|室|楼栋|门牌)号?$|(?:home|mailing|street|postal)_?address|^address$"),
    ("name", rf"姓名|人名|名字$|^(?:姓|姓氏|名|xing|ming|xingming)$|^(?:{_PERSON})$|(?:{_PERSON})(?:名字?|名称)$|(?:^|[^a-z])(?:full_?name|first_?name|last_?name|given_?name|family_?name|surname|person_?name|applicant|complainant|caller|patient_?name|owner_?name|contact_?name)(?:[^a-z]|$)"),
)  # fmt: skip
HEADINGS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _HEADINGS)
# What follows tells of a fact about it (how many, whether, of which kind), not the thing itself.
_ABOUT = re.compile(
    r"(?:类型|种类|类别|数量|个数|人数|次数|时长|时间|是否|状态|归属地|长度|有无|type|count|status|kind)\Z",
    re.IGNORECASE,
)

_NAME = re.compile(
    rf"(?:(?:{COMPOUND})[\u4e00-\u9fff]{{1,2}}|[{SURNAMES}][\u4e00-\u9fff]{{1,2}}|[{SURNAMES}][*某○×]{{1,2}})\Z"
)
_DOTTED = re.compile(r"[\u4e00-\u9fff]{2,8}(?:[·•・．‧][\u4e00-\u9fff]{2,8})+\Z")
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("id_number", re.compile(r"[1-9]\d{5}(?:[*xX×]{4,12}|\*+)[\dXx*]{2,4}\Z")),
    ("id_number", re.compile(r"[1-9]\d{13,16}[*]{1,4}\Z")),
    # What a spreadsheet made of an 18-digit number: three digits lost, or an exponent.
    ("id_number", re.compile(r"[1-9]\d{0,15}E\+17\Z", re.IGNORECASE)),
    ("id_number", re.compile(r"[1-6]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d000\Z")),
    (
        "id_number",
        re.compile(r"[1-8]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]\Z", re.IGNORECASE),
    ),
    (
        "phone",
        re.compile(r"(?:\+?86)?1[3-9]\d(?:\d{8}|[*xX×]{4,8}\d{0,4}|\d{1,4}[*xX×]{4,7}|\d{4}[*xX×]{1,4}\d{0,3})\Z"),
    ),
    ("phone", re.compile(r"0[1-9]\d{1,2}[2-8]\d{6,7}\Z")),
    ("id_number", re.compile(r"(?:[EG]\d{8}|E[A-HJ-NP-Z]\d{7})\Z", re.IGNORECASE)),
    ("device", re.compile(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\Z", re.IGNORECASE)),
    ("account", re.compile(r"o[A-Za-z0-9_]{27}\Z")),
    ("hash", re.compile(r"(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})\Z", re.IGNORECASE)),
)
_SHAPES_OF = {kind: [pattern for other, pattern in _SHAPES if other == kind] for kind, _ in _SHAPES}
# These keep their separators. A millidegree is a hundred meters: a fourth decimal finds the house.
_WHOLE: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "coordinates",
        re.compile(r"(?:POINT\s*\(\s*)?-?\d{1,3}\.\d{4,}\s*[, ]\s*-?\d{1,3}\.\d{4,}\s*\)?\Z", re.IGNORECASE),
    ),
    ("device", re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)\Z")),
    (
        "address",
        re.compile(
            r"\d{1,3}-\d{1,2}-\d{3,4}\Z|\d{1,3}[栋幢号]楼?-?\d{1,2}(?:单元)?-?\d{3,4}室?\Z|住?\d{1,3}[栋幢号]楼?\d{2,4}[室户]\Z"
        ),
    ),
    ("birth_date", re.compile(r"(?:19|20)\d{2}[年.\-/]\d{1,2}[月.\-/](?:\d{1,2}日?)?(?:出?生)\Z")),
)
_COORDINATE = re.compile(r"经度|纬度|坐标|^(?:lon|lng|lat|longitude|latitude)$|(?:^|_)(?:lon|lng|lat)$", re.IGNORECASE)
_FINE = re.compile(r"-?\d{1,3}\.\d{4,}\Z")
_SEPARATORS = re.compile(r"[\s\u3000.\-_/|\u200b-\u200f\u2060\ufeff]+")
_LIKE_DIGITS = str.maketrans("OoIl①②③④⑤⑥⑦⑧⑨⓪", "00111234567890")
_LONG = re.compile(r"[\dOoIl①-⑨⓪Xx]{11,18}\Z")
_PREFIX = re.compile(r"(?:ID|NO)(?=[\dOo]{11})", re.IGNORECASE)
# Born on a day and the last four: two thirds of a resident's number. Numbers of cases have the same shape, but recent years.
_TAIL = re.compile(r"((?:19|20)\d{2})(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]\Z")
GROWN_UP = 2008
MOST_LOOKED_AT = 5000
MOSTLY, HALF = 0.8, 0.5
FEWEST = 5
LEAST_NAMES = 0.9
FEWEST_LATIN = 7
COMPOUNDS = frozenset(COMPOUND.split("|"))
# Rare surnames that stand for nothing else where they stand alone: no color, quarter of the sky, plant or measure.
_WORDS_ALONE = set("农植边干平楼鹿麻习沙丰巢红火种年阳母南步满弓皮铁米乃桑池车兰冷蓝桂火盖容连银衡都荣")
_MORE_ALONE = "逄郗亓訾蔚宓郇昝佴笪贲厍隗缑逯鄂亢郏浦弭麴芮羿储汲邴糜嵇裘缪钮龚麹璩濮扈郁晁阙殳夔巩晏爨揭禤覃仉闾邸"
ALONE = frozenset((set(RARE) | set(_MORE_ALONE)) - _WORDS_ALONE)
SURELY_ALONE = frozenset(set(PLAIN_SURNAMES) | ALONE) - set("姜梁陆朱马白苏杨")


@lru_cache(4096)
def kind_of_heading(heading: str) -> str | None:
    """Return which of KINDS a heading announces, or None."""
    plain = re.sub(r"\s+", "", heading.translate(FULL_WIDTH))
    if _ABOUT.search(plain) or plain.startswith("是否"):
        return None
    return next((kind for kind, pattern in HEADINGS if pattern.search(plain)), None)


def kind_of_values(labels: Sequence[str], *, is_piece: bool = False) -> str | None:
    """Return which of KINDS nearly every distinct value of a column has the shape of, or None.

    Columns of fewer than `FEWEST` distinct values are judged only when all are usual names. `is_piece` says that the
    values were put together from two columns: then a name must look like one beyond doubt.
    """
    whole = [unwrapped(label.translate(FULL_WIDTH)).strip() for label in labels[:MOST_LOOKED_AT] if label.strip()]
    if len(whole) < FEWEST:
        are_surnames = len(whole) > 1 and all(value in SURELY_ALONE for value in whole)
        return "name" if not is_piece and (are_surnames or are_people(whole)) else None
    for kind, pattern in _WHOLE:
        if holds_mostly(whole, pattern.match, MOSTLY):
            return kind
    values = [_bare(value) for value in whole]
    for kind, patterns in _SHAPES_OF.items():
        if holds_mostly(values, partial(_has_shape, kind, patterns), MOSTLY):
            return kind
    if holds_mostly(values, _TAIL.match, MOSTLY):
        years = sorted(int(found[1]) for value in values if (found := _TAIL.match(value)))
        if years[len(years) // 2] < GROWN_UP:
            return "id_number"
    if not is_piece and (code := kind_of_codes(whole, values)) is not None:
        return code
    return "name" if _are_names(whole, values) or (not is_piece and are_people(whole)) else None


def _has_shape(kind: str, patterns: Sequence[re.Pattern[str]], value: str) -> bool:
    for pattern in patterns:
        if pattern.match(value):
            return True
    return kind == "id_number" and _is_number(value)


def _bare(value: str) -> str:
    """Return the value without separators and with digits for letters like them;
    150.00000001 has none but is a number."""
    if "." in value and is_decimal(value):
        return value.strip()
    bare = _PREFIX.sub("", _SEPARATORS.sub("", value))
    return bare.translate(_LIKE_DIGITS) if _LONG.match(bare) else bare


def kind_of(heading: str, labels: Sequence[str]) -> str | None:
    """Return what a column holds by its heading, else by its values."""
    announced = kind_of_heading(heading) or _fine_coordinates(heading, labels)
    if announced is None and is_fine_point(heading, labels):
        return "coordinates"
    shaped = announced or kind_of_values(labels)
    return None if shaped == "hash" and announced is None and COLOR.search(heading) else shaped


def _fine_coordinates(heading: str, labels: Sequence[str]) -> str | None:
    """Longitudes or latitudes of which the half tells where within some ten meters."""
    values = [label.strip() for label in labels[:MOST_LOOKED_AT] if label.strip()]
    if len(values) < FEWEST or not _COORDINATE.search(heading):
        return None
    return "coordinates" if holds_mostly(values, _FINE.match, HALF) else None


def _are_names(whole: Sequence[str], values: Sequence[str]) -> bool:
    """Chinese names; surnames alone; names in Latin letters, of which there must be many to be no accident."""
    if holds_mostly(values, _ends_like_a_place, HALF):
        return False  # 张家湾, 李家村: called after people, and none
    if holds_mostly(values, _is_name, LEAST_NAMES) or holds_mostly(values, _is_surname, LEAST_NAMES):
        return True
    return len(whole) >= FEWEST_LATIN and holds_mostly(whole, is_romanized_name, LEAST_NAMES)


def _ends_like_a_place(value: str) -> bool:
    return value[-1:] in PLACES


def _is_surname(value: str) -> bool:
    return value in COMPOUNDS or (len(value) == 1 and (value in SURNAMES or value in ALONE))


def _is_number(value: str) -> bool:
    return len(value) == 18 and value[:17].isdigit() and value[17] in "0123456789Xx" and is_id_card(value)


def _is_name(value: str) -> bool:
    if _DOTTED.match(value):
        return True
    return bool(_NAME.match(value)) and is_likely(value, NO_NAMES)
