"""Whether one value has the shape of a name, and how sure that is: spaced, masked, familiar, of a minority, given name first.

`names` finds names in running text and must be careful; here a whole column is asked, so that single values may be wrong.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from labs.datasets.deidentification.cued_names import NO_NAMES, RARE
from labs.datasets.deidentification.names import COMPOUND, GIVEN, PLACES, PLAIN_SURNAMES, SURNAMES, WORDY, is_likely
from labs.datasets.deidentification.romanized import is_romanized_name
from labs.datasets.deidentification.shares import holds_mostly

_TRADITIONAL = "張劉陳楊趙黃吳孫馬羅鄭謝韓馮蕭鄧許呂蘇盧蔣賈葉閻鍾陸萬錢湯賴龔嚴溫齊莊偉麗強軍傑濤國華蘭紅飛"
_SIMPLIFIED = "张刘陈杨赵黄吴孙马罗郑谢韩冯萧邓许吕苏卢蒋贾叶阎钟陆万钱汤赖龚严温齐庄伟丽强军杰涛国华兰红飞"
SIMPLIFIED = str.maketrans(_TRADITIONAL, _SIMPLIFIED)
_SYLLABLES = (
    "扎西|次仁|才仁|卓玛|多吉|平措|格桑|央金|央宗|德吉|尼玛|旦增|丹增|洛桑|巴桑|拉姆|白玛|索朗|才让|仁青|仁增|达瓦|普布|米玛|边巴|顿珠|罗布|曲珍|旺姆|贡布|"
    "巴特尔|巴图|乌兰|其其格|格日勒|格日乐|朝鲁|宝音|那仁|斯琴|图雅|呼和|阿古拉|苏日娜|娜仁|托娅|高娃|萨仁|孟和|布和|特木尔|额尔敦|乌云|"
    "买买提|艾合买提|吐尔逊|阿依|古丽|古力|热合曼|阿不都|阿卜杜|玉素甫|木拉提|依明|努尔|帕提曼|尼牙孜|肉孜|库尔班|迪丽|热巴|司马义|哈力克|买合木提|艾力|吐尔洪|玛依拉|阿迪力|克里木|哈萨克"
)
MINORITY = re.compile(rf"(?:{_SYLLABLES}){{2,4}}\Z|(?:巴特尔|其其格|格日勒|买买提|艾合买提|吐尔逊|阿不都|玉素甫|苏日娜|阿古拉|库尔班|司马义|古丽)[\u4e00-\u9fff]{{0,4}}\Z|[\u4e00-\u9fff]{{1,4}}(?:巴特尔|其其格|格日勒|买买提|古丽|古力)\Z")  # fmt: skip
JOINTS = re.compile(r"[\s\u3000\u00a0_/·•・．‧.\-|,，、\u200b-\u200f\u2060\ufeff]+")
_HAN = "[\u4e00-\u9fff]"
STRICT = re.compile(rf"(?:(?:{COMPOUND}){_HAN}{{1,2}}|[{SURNAMES}]{_HAN}{{1,2}})\Z")
MASKED = re.compile(rf"(?:(?:{COMPOUND}|[{SURNAMES}{RARE}])[*＊某○×xX]{{1,2}}{_HAN}?|[*＊○×]{{1,2}}{_HAN}{{1,2}})\Z")
FAMILIAR = re.compile(rf"[小老阿][{SURNAMES}{GIVEN}]\Z|[{SURNAMES}](?:姐|哥|叔|姨|工|总|嫂|伯|婶|爷|奶|[Ss]ir|师傅|先生|女士|老师|警官|医生)\Z")  # fmt: skip
KIN = re.compile(
    rf"({_HAN}{{2,4}}?)(?:的|之)(?:妻子?|丈夫|夫|儿子|女儿|子|女|父亲?|母亲?|孙[子女]?|兄|弟|姐|妹|家属|爱人)\Z"
)
TEAMS = frozenset("组队")
"""王秀英组: a team called after who leads it; 李家组 is a part of a village."""
REVERSED = re.compile(rf"[{GIVEN}]{{2}}[{PLAIN_SURNAMES}]\Z|[{RARE}][{GIVEN}]{{1,2}}\Z")
BRACKETED = re.compile(rf"({_HAN}{{1,4}})[(（\[【]({_HAN}{{1,3}})[)）\]】]\Z")
NO_FAMILIAR = frozenset(
    [
        "小学",
        "小时",
        "小麦",
        "小康",
        "小城",
        "小江",
        "小河",
        "小海",
        "小山",
        "小路",
        "小米",
        "小雨",
        "小雪",
        "小桥",
        "小红",
        "小心",
        "小春",
        "小冬",
        "小夏",
        "小秋",
        "小天",
        "小林",
        "小岗",
        "小石",
        "小金",
        "小东",
        "小南",
        "小华",
        "小白",
        "小龙",
        "小家",
        "小汤",
        "小于",
        "老年",
        "老城",
        "老家",
        "老海",
        "老林",
        "老路",
        "老江",
        "老河",
        "老龙",
        "老东",
        "老天",
        "老大",
        "阿里",
        "阿胶",
    ]
)
NOBODY = frozenset(
    [
        "待定",
        "无",
        "暂无",
        "空缺",
        "不详",
        "未知",
        "未填",
        "其他",
        "其它",
        "匿名",
        "本人",
        "没有",
        "缺",
        "空",
        "/",
        "-",
        "—",
        "--",
        "N/A",
        "NA",
        "null",
        "None",
    ]
)
LEAST_SURE, LEAST_SHAPED, LEAST_ALL, HALF = 0.3, 0.85, 0.9, 0.5
FEW, SOME = 2, 5


def joined(value: str) -> str:
    """Return the value without what may stand between the characters of a name."""
    return JOINTS.sub("", value).translate(SIMPLIFIED)


def is_surely_name(value: str) -> bool:
    """Return whether a value is a surname with a given name, masked or not, or a usual name of a minority."""
    bare = joined(value)
    if MASKED.match(bare) or MINORITY.match(bare):
        return True
    if bare[-1:] in TEAMS and is_usual(bare[:-1]):
        return True
    if (kin := KIN.match(bare)) is not None:
        return is_surely_name(kin[1])
    bracketed = BRACKETED.match(value.strip())
    if bracketed and bracketed[2] in SURNAMES and set(bracketed[1]) <= set(GIVEN):
        return True
    return bool(STRICT.match(bare)) and is_likely(bare, NO_NAMES)


def is_name_shaped(value: str) -> bool:
    """Return whether a value may be a name: also familiar forms, given name first, in Latin letters."""
    return is_surely_name(value) or is_familiar(value) or _is_odd(value)


def is_usual(value: str) -> bool:
    """Return whether a value is surely a name, and its given name of characters that given names have."""
    bare = joined(value)
    return is_surely_name(value) and bool(STRICT.match(bare)) and set(bare[1 + (bare[:2] in COMPOUND) :]) <= set(GIVEN)


def is_familiar(value: str) -> bool:
    """Return whether a value is a form such as 小芳, 老周, 李姐."""
    bare = joined(value)
    return bool(FAMILIAR.match(bare)) and bare not in NO_FAMILIAR


def _is_odd(value: str) -> bool:
    bare = joined(value)
    bracketed = BRACKETED.match(value.strip())
    if bracketed and (bracketed[2] in SURNAMES or is_surely_name(bracketed[1]) or is_familiar(bracketed[1])):
        return True
    return bool(REVERSED.match(bare)) or is_romanized_name(value.strip().replace("_", " "))


def are_people(values: Sequence[str]) -> bool:
    """Return whether distinct values are names taken together; words for nobody do not count."""
    some = [value for value in values if value not in NOBODY]
    if holds_mostly(some, lambda value: value[-1:] in PLACES, HALF):
        return False  # 张家湾, 李家村: called after people, and none
    if FEW <= len(some) < SOME:
        return all(map(is_usual, some)) and any(joined(value)[0] not in WORDY for value in some)
    if len(some) < SOME:
        return False
    if holds_mostly(some, is_surely_name, LEAST_ALL) or holds_mostly(some, is_familiar, LEAST_ALL):
        return True
    return holds_mostly(some, is_name_shaped, LEAST_SHAPED) and holds_mostly(some, is_surely_name, LEAST_SURE)
