"""Names of persons behind a cue (姓名, 我叫, 联系人), before a title or at the head of a sentence before a verb of speaking."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from labs.datasets.deidentification.addresses import HAN as _HAN
from labs.datasets.deidentification.names import COMPOUND, GIVEN, SURNAMES, WORDS, WORDY, is_likely

HAN = f"[{_HAN}]"
# Surnames that are taken as such only behind a sure cue: most of them begin everyday words too.
RARE = (
    "付关曲宫迟景房宁党谷艾古桂荣解冷蓝兰车桑池幸苟连容农植巫麻干边荆冀仇谈占郎银禹胥乐平楼狄鹿糜计戈楚习沙丰巢查红盖火奉帅况"
    "修种年阳母南才漆綦郗雍郄濮牧督郦伦卿苍闻莘劳逄姬扶堵宰屠衡步满弓薄都皮寇折呼延妥逯蹇撖缑啜锁剡虎铁冶米乃"
)
_NAME = rf"(?:(?:{COMPOUND}){HAN}{{1,2}}|[{SURNAMES}]{HAN}{{1,2}})"
_ANY_NAME = rf"(?:(?:{COMPOUND}){HAN}{{1,2}}|[{SURNAMES}{RARE}]{HAN}{{1,2}})"
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
_EVERYDAY = (
    "白天 方便 方面 方向 方式 常年 常常 高度 高峰 高温 高层 高空 高速 关注 万一 金额 马路 马上 安全 平时 平台 毛病 顾客 许多 于是 何时 何地 雷雨 洪水 龙头 温度 施工 严重 严格 文明 文件 武汉 黄河 "
    "江苏 江边 田间 石头 钟头 应当 应该 包括 单位 全部 全体 方可 方能 尤其 任何 任意 段时 段路 侯车 孔洞 左右 左侧 左边 易发 易燃 易爆 程度 程序 常见 常用 钱款 钱财 余额 余下 车辆 阳台 叶子 康复 "
    "宋体 尹始 符合 童年 苗木 纪律 纪念 甘愿 耿直 卓越 詹天 文化 文艺 文字 文书 文物 任用 任教 任职 张贴 陈列 游泳 游行 高效 牟取 季节 孙子 孙女 曾经 曾用 申领 方法 陆地 杨浦 闵行 唐河 路口 路肩 "
    "孔明 江堤 肖像 童工 童较 高于 卢比 双方 "
)
NO_NAMES = frozenset(_EVERYDAY.split())


def is_name_of_parts(text: str) -> bool:
    """Return whether words joined by dots can be a name: of a place or thing they end otherwise."""
    return not text.endswith(("区", "市", "园", "城", "馆", "奖", "节", "路", "店", "府", "苑", "湾", "里"))


def is_no_word(text: str) -> bool:
    """Return whether a surname with what follows is no everyday word."""
    if text[0] in "向于管施文方任童戴路游":
        return is_likely(text, NO_NAMES)
    return text[:2] not in NO_NAMES and text[:2] not in WORDS


def is_strange_name(text: str) -> bool:
    """Return whether what stands before a title can be a name without a Chinese surname."""
    return not re.search("[的位个名这那该某各等来电人员者民请谢]", text)


GRAMMAR = frozenset("的了是在有和与及或也都就还不没很被把让给从到对将已说称要请吗吧呢啊迟第")
_SURE = (
    "我叫|本人叫|孩子叫|名叫|叫做|姓名|户名|户主|业主|收件人|收货人|寄件人|联系人|来电人|投诉人|举报人|反映人|申请人|申办人|当事人|负责人|经办人|承办人|承租人|出租人|房东|租客|患者|病人|"
    "法定代表人|法人代表|委托人|代理人|受托人|监护人|被告人?|原告人?|被申请人|证人|嫌疑人|受害人|被害人|死者|伤者|司机|驾驶人|驾驶员|车主|市民|居民|村民|住户|学生|家长|老人|客户|顾客|乘客|"
    "我母亲|我父亲|我爱人|我丈夫|我妻子|我儿子|我女儿|母亲|父亲|爱人|丈夫|妻子|儿子|女儿|网格员|志愿者|教师|医生|护士|会计"
)
_FIELDS = rf"(?:{_SURE}|签字|签名|落款|姓名及职务|被走访人|参保人|持卡人|收款人|付款人|汇款人|开户人|紧急联系人|配偶|子女|本人|[{_HAN}]{{1,3}}人(?:姓名)?)"
_ON = (
    r"(?=[^\u4e00-\u9fff]|$|家[在住里]|现[住在]|住在?|独居|居住|户[口籍]|身份|证件|电话|手机|联系|电[话联]|性别|年龄|出生|生于|今年|今天|昨[天日夜]|先生|女士|同志|师傅|老师|小姐|来[电信访]|"
    r"致电|反映|咨询|投诉|举报|建议|申请|要求|希望|表示|认为|声?称|说|讲|想|的|是|在|于|为|与|和|及|因|从|到|向|对|把|被|将|系|等|也|已|曾|又|都|就|还|没|不|未|去|来|经|持|驾|骑|开车|带|欠|租|"
    r"两|三|突|受伤|死亡|签|收[到取]?|负责|参加|处|需|请|有|无|急|患|突发|拒|自|最|刚|给|让|跟|当|遗失|丢失|上学|入学)"
)
NOBODY = re.compile(
    r"不详|不明|未知|匿名|保密|未提供|未留|未填|本人|同上|详见|不愿|拒绝|暂无|没有|无名|如下|先生|女士|有关|相关|部门|单位|公司|"
    r"[\u4e00-\u9fff]+(?:局|委|办|院|校|所|站|店|厂|科|处|社|队|村|组|室|部|厅|会|行|中心|公司|街道|物业|集团|小区|平台|热线|专员|客服|经理|主任|人员)$"
)


def is_somebody(text: str) -> bool:
    """Return whether what stands in a field for a name can be one: not 不详, not an office."""
    return NOBODY.match(text) is None and text[:2] not in NO_NAMES


def is_written_name(text: str) -> bool:
    """Return whether a surname with what follows a sure cue is no everyday word."""
    surname, given = (text[:2], text[2:]) if text[:2] in COMPOUND else (text[0], text[1:])
    if GRAMMAR.intersection(given) or NOBODY.match(text):
        return False
    usual = [letter in GIVEN for letter in given]
    if text[:2] in NO_NAMES or text[:2] in WORDS:
        return len(text) > 2 and all(usual)
    return any(usual) or (surname not in RARE and surname not in WORDY)


PATTERNS: tuple[tuple[re.Pattern[str], Callable[[str], bool] | None], ...] = tuple(
    (re.compile(pattern), check)
    for pattern, check in (
        (rf"{_FIELDS}\s?[:\uff1a]\s?({HAN}{{2,4}}(?:[·•・]{HAN}{{2,8}})*)(?=[^{_HAN}]|$|性别|身份|电话|手机|联系|证件)", is_somebody),
        (rf"(?:姓名|联系人|收件人|收货人)\s({HAN}{{2,4}}(?:[·•・]{HAN}{{2,8}})*)(?=[^{_HAN}]|$)", is_somebody),
        (rf"(?:{_SURE}|据|人|叫|是|和|与|给|由|找)[:\uff1a是为叫]?\s?({HAN}{{2,6}}?(?:[·•・]{HAN}{{2,5}})+?){_ON}", is_name_of_parts),
        (rf"(?:{_SURE})[:\uff1a是为叫]?\s?({_ANY_NAME}){_ON}", is_written_name),
        (rf"(?<!{HAN}){HAN}{{2,8}}(?:[·•・]{HAN}{{2,8}})+", is_name_of_parts),
        (rf"(?<!{HAN})({HAN}{{3,6}})(?=先生|女士)", is_strange_name),
        (rf"(?:{_CUES})\s?[:\uff1a为是]?\s?({_NAME}){_AFTER_NAME}", is_no_word),
        (rf"(?<![{HAN[1:-1]}A-Za-z0-9])({_NAME})(?=(?:{_SPEAKS})|[,\uff0c]\s?[男女]\b|[,\uff0c][男女][,\uff0c])", is_no_word),
        (rf"(?<!{HAN})({_NAME}|[{SURNAMES}]某{{1,2}})(?=先生|女士|小姐|同志|师傅|老师|医生)", None),
    )
)  # fmt: skip


def names_with_cue(text: str) -> Iterator[tuple[int, int]]:
    """Yield where names stand in `text` (digits and signs of half width), the surest rule first; they may overlap."""
    for pattern, check in PATTERNS:
        for match in pattern.finditer(text):
            group = 1 if match.re.groups else 0
            if check is None or check(match.group(group)):
                yield match.span(group)
