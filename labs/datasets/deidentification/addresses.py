"""Addresses in words: numbers of houses, buildings, flats and village groups, crossings, and what follows 家住 or 地址.

Every rule starts from something rare (a number with its unit, 十字, a cue) and looks back for the name of the place, so that
a text without an address costs one pass.
"""

from __future__ import annotations

import re

HAN = "\u4e00-\u9fff"
_WORDS = "一二三四五六七八九十百零〇两壹贰叁肆伍陆柒捌玖拾"
_NUMBER = rf"(?:[A-Za-z]{{0,2}}\d{{1,5}}[A-Za-z]?|[{_WORDS}]{{1,5}}|[A-Za-z甲乙丙丁东西南北中])"
_UNIT = "号院|号楼(?!道)|号|#院|#楼|#|栋楼|栋|幢|座|单元|门|层|楼|室|房|户|期|排|弄|组|社|队|村民小组|居民小组|院"
_SMALL = rf"(?:\d{{1,2}}|[{_WORDS}])"
_PIECE = rf"(?:第|附|副)?\s?{_NUMBER}\s?(?:{_UNIT})(?:[之附]\s?\d{{1,3}}号?)?"
_ROOM = r"[A-Za-z]?\d{3,5}[A-Za-z]?(?:-\d{1,3})?(?![\d.%]|\s?[元米年吨个人次度])(?:室|房|户|号)?"
_SEPARATOR = r"[ ,\uff0c\-/]?"
# Pieces in a row, the last one perhaps a bare number of a flat; or numbers with strokes: 3-2-501, 12/1/0803.
TAIL = re.compile(rf"{_PIECE}(?:{_SEPARATOR}{_PIECE})*(?:{_SEPARATOR}{_ROOM})?(?:\s?[东西南北中]户)?|(?<![\d.-])(?:\d{{1,3}}|[{_WORDS}]{{1,3}})(?:(?:-{_SMALL}){{1,2}}-\d{{3,4}}|(?:/{_SMALL}){{1,2}}/\d{{3,4}}|-\d{{3,4}})(?![\d.\-/])(?:室|号)?")  # fmt: skip
UNITS = re.compile(rf"{_NUMBER}\s?({_UNIT})")
FINAL_ROOM = re.compile(
    r"(?:[号楼栋幢座元层门#][ ,\uff0c\-/]?[A-Za-z]?\d{2,5}[A-Za-z]?(?:-\d{1,3})?|[室房户])(?:[室房户号])?(?:\s?[东西南北中]户)?$"
)
QUICK = re.compile(
    rf"[#号栋幢座元门层楼室房户期排弄组社队院字口叉汇会界角]|住|址|坐落|位于|寄到|送到|搬到|邮编|编码|户籍|老家|家在|\d[-/]\d|[镇乡道][{HAN}]{{2,6}}村"
)

ROAD = re.compile(r"(?:路|街|巷|道|胡同|弄|里|坊|段|条|什字|村|寨|庄|屯|组)$")
NO_ROAD = re.compile(
    r"(?:道路|铁路|公路|线路|电路|管道|通道|车道|渠道|频道|隧道|轨道|跑道|报道|知道|走路|马路|思路|水路|油路|气路|阶段|时段|路段|手段|这里|那里|哪里|城里|家里|公里|全村|农村|乡村|该段)$"
)
VILLAGE = re.compile(r"(?:村|寨|屯|庄|堡|沟|湾|营|坪|塬|坡|岭|社区|街道|镇|乡|街|里|坊|居委会|村委会|[镇村乡庄]第?)$")
NO_VILLAGE = re.compile(r"(?:全村|农村|乡村|山村|各村|两村|每村|行政村|自然村|贫困村|各社区|全镇|各镇|全乡|每个社区)$")
HOUSE = (
    "小区|社区|花园|家园|公寓|苑|园|城|湾|府|邸|郡|院|村|庄|庭|居|都|景|宿舍|阁|轩|岸|公馆|山庄|雅筑|世家|华庭|新居|庄园|里|坊|"
    "家属楼|大楼|筑|区|国际|寓|门|墅|岛|厦|广场|中心|写字楼|商城|商厦|商务楼|酒店|宾馆|大厦|楼盘|名门|馆|天下|时代|新天地|汇|港"
)
HOUSING = re.compile(rf"(?:{HOUSE})(?:[一二三四五六七八九十东西南北AB]{{1,2}}[区期])?$")
BUILDING = re.compile(
    r"(?:大厦|大楼|广场|中心|公寓|国际|写字楼|商城|商厦|商务楼|酒店|宾馆|城|厦|之门|时代|汇|港|座|新天地)$"
)
NO_BUILDING = re.compile(
    r"(?:服务|活动|指挥|文化|体育|医疗|购物|商业|市|县|区|镇|以|为)中心$|(?:市民|人民|文化)广场$|(?:该|本|这|此|某|一)(?:大厦|大楼|小区|公寓|院|园|社区|村)$|"
    r"(?:校|公|幼儿|老|法|医|检察|寺|庭|学|花果|菜|动物|植物)[园院]$|专门$|部门$|(?:社|地|辖|片|灾|景|城|郊|山|市|县|校|厂|工业|开发|住宅|老旧小|施工|公共)区$|全市$|[大热]门$"
)
ROAD_BEFORE = re.compile(r"(?<![道铁公线])[路街巷].{3,}$")
# A count, not an address: 小区共 12 栋, 大厦有 33 层.
COUNTS = re.compile(
    r"(?:共|有|计|达|约|建|近|超|超过|高|多|几|数|每|各|全|第|成|修|盖|是|为|了|这|那|等|设|配|增|后|前|中|内|座|栋|级)$"
)
NO_NUMBER = re.compile(
    r"\s?(?:线|令|文|标段|地块|公告|通知|议案|提案|机|泵|井|杆|灯|桥|坑|馆|台|出口|口|车|线|病|检查|门(?![前口外面脸市])|以上|以下|以内|高|左右|住宅|建筑|电梯|[个条款项次部篇])"
)
HIGH = re.compile(r"\s?(?:以上|以下|以内|高|的(?:高|住|楼|建)|左右|住宅|建筑|不|多|楼高|全部|至|到|[-~—])")
# Words before a place that are no part of it; what follows the last of them is kept.
LEADING = re.compile(
    r"家住|现住|居住在?|租住在?|住在|暂住|位于|坐落于?|在|住址?|地址|地点|户籍地|住所|搬到|搬至|寄到|寄往|送到|发到|赶到|赶往|前往|路过|经过|来自|去|到|至(?!德)|从(?![江化])|"
    r"于(?![家洪都田])|是|(?<!无)为|的|称(?!多)|[说讲]|反映|来电|投诉|举报|业主|村民|居民|住户|我家|我们|我是|我|以及|和(?![平谐顺兴睦园田县政硕静])|与|及|跟|向(?!阳)|对|往|发生|今天|昨天|目前|其|该|他|她|门口|请到|请|"
    r"派人|麻烦|送|收货|收件|寄|办公|处|由|让|被|将|把|给|打|找|看|[了过着]"
)
CHAIN = re.compile(rf"[{HAN}]{{1,9}}(?:省|市|区|县|旗|州|镇|乡|街道|村|路|街|巷|小区|社区)[ ,\uff0c]\s?$")
CROSSING = re.compile(
    r"(?:十字路口|丁字路口|十字|丁字|什字|交叉路口|交叉口|交叉处|交叉|交汇处|交汇口|交汇|交会处|交界处|交口|路口|街口|拐角|立交桥?|之间)"
)
NO_CROSSING = re.compile(
    r"铁路|公路|道路|线路|航路|渠道|航道|管道|通道|隧道|干道|路段|环形|车道|街道[、和与]|立交|主要|平面"
)
ASIDE = re.compile(
    r"的?(?:[东西南北]{1,2}(?:侧|边|面|方向|口)?(?:角)?)?(?:[往向][东西南北]{1,2}?)?(?:约|大概)?(?:[\d一二三四五六七八九十百两]{1,5}米)?(?:处)?(?:路[东西南北](?:侧|边)?)?"
)
ONE_ROAD = re.compile(
    r"(?:路|大道|大街|街|巷|道|线)(?:[东西南北中]段)?(?=$|[与和、及同跟至到\-—])|(?:路|街|巷|道)(?=口)"
)
CUE = re.compile(
    r"(?:家庭住址|现住址|住址|家住|现住|住所地?|户籍(?:所在地|地址|地)|户口(?:所在地|在)|收货地址|寄件地址|通讯地址|联系地址|办公地点|办公地址|地址|坐落于?|租住在?|居住地|居住在?|"
    r"独居在|就住|住在|暂住(?:地|在)?|寄到|寄往|送到|搬到|老家在?|(?<!国)家在|(?<=[ ,\uff0c。;:、男女族岁])住(?![房宿院所户建宅持址]))[:\uff1a是为在于]?\s?"
)
AFTER_CUE = re.compile(rf"[{HAN}A-Za-z0-9#×·\-/]{{2,40}}")
LAST_PLACE = re.compile(
    rf"[{HAN}A-Za-z×]{{2,}}(?:村|社区|小区|花园|家园|公寓|苑|大厦|大楼|广场|家属院|家属楼|大院|新村|山庄|庄|寨|屯|堡|镇|乡|街道|宿舍|华庭|公馆|府邸|名邸|路|街|巷|胡同)(?!委|民|级|干部|集体|办事处|矫正|戒毒|服务|康复|建设|管理)"
)
NO_NAME = re.compile(r"[的或不将自其各等若者该需须可未应]|以外|所在|城乡|有关|相关")
NO_PLACE = re.compile(
    r"^(?:农村|城镇|乡村|乡镇|村镇)|^(?:本|该|这|那|某|同|我们|我|他们|一个|老旧|农村|城镇|乡村|城市|历史|军|主要|学校|宿舍|附近|哪|此|全|各|旧|新|高档|普通)[个家一]?.{0,2}$|^(?:不|没|未|是否|变更|登记|错误|信息|栏|簿)"
)
VILLAGES = re.compile(
    rf"(?<=[{HAN}]{{2}})(?<![城圩乡驻集村各全][镇乡])(?<!城乡|下乡|返乡|家乡|老乡|同乡|本乡|本镇|制镇)(?<=[镇乡道])(?<!渠道|管道|车道|通道|报道)[{HAN}]{{2,5}}?村(?![委民级干务史集镇庄规小医镇容落])"
)
NO_VILLAGE_NAME = re.compile(r"[和与及或的等各帮扶联渔农乡山美、以在个下入驻到进出级]")
POSTCODE = re.compile(r"(?:邮政编码|邮编)(?:是|为)?[:\uff1a]?\s?(\d{6})(?!\d)")
RUN = re.compile(rf"[{HAN}A-Za-z×]{{1,30}}\s?$")
FARTHEST = 32
Span = tuple[int, int]


def addresses_in(text: str) -> list[Span]:
    """Return where addresses stand in `text` (digits and signs of half width), in order, parts of one address together."""
    if not QUICK.search(text):
        return []
    spans = [*_numbered(text), *_crossings(text), *_after_cues(text)]
    spans += [
        (_begin(text, match.end()), match.end())
        for match in VILLAGES.finditer(text)
        if not NO_VILLAGE_NAME.search(match.group())
    ]
    spans += [match.span(1) for match in POSTCODE.finditer(text)]
    out: list[Span] = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1] + 1 and not text[out[-1][1] : start].strip(" "):
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return [(_with_regions(text, start), end) for start, end in out]


def _run(text: str, end: int) -> str:
    """Return the words right before `end`."""
    match = RUN.search(text, max(0, end - FARTHEST), end)
    return match.group().rstrip() if match else ""


def _begin(text: str, end: int) -> int:
    """Return where the place begins whose words end at `end`: behind the last word that cannot belong to it."""
    match = RUN.search(text, max(0, end - FARTHEST), end)
    if match is None:
        return end
    start = match.start()
    for word in LEADING.finditer(text, match.start(), end):
        if end - word.end() >= 2:
            start = word.end()
    return start


def _with_regions(text: str, start: int) -> int:
    """Take in regions that stand before with a blank or comma between."""
    while match := CHAIN.search(text, max(0, start - 14), start):
        start = max(_begin(text, match.end() - 1), match.start())
        if start >= match.end() - 1:
            return match.end()
    return start


def _numbered(text: str) -> list[Span]:
    out = []
    for match in TAIL.finditer(text):
        head = _run(text, match.start())
        if _is_place(head, match.group(), text[match.end() : match.end() + 4]):
            out.append((_begin(text, match.start()), match.end()))
    return out


def _is_place(head: str, tail: str, after: str) -> bool:
    """Return whether words and the numbers behind them are an address:
    what kind of number decides what the words must end in."""
    units = UNITS.findall(tail)
    if COUNTS.search(head) and not (len(units) > 1 and head[-1:] in "是为"):
        return False
    if not units:  # numbers with strokes
        return bool(HOUSING.search(head)) and not NO_BUILDING.search(head)
    is_house = bool({"号楼", "#楼", "#", "栋", "栋楼", "幢", "座"} & set(units))
    is_flat = is_house or "单元" in units
    has_room = bool(FINAL_ROOM.search(tail)) and len(tail) > 3
    if is_flat and (has_room or (is_house and {"单元", "门", "层", "号院"} & set(units))):
        return len(head) >= 2 or ("单元" in units and is_house) or not head
    if NO_NUMBER.match(after) and len(units) == 1:
        return False
    return _is_first(head, tail, units, after, is_house=is_house, has_room=has_room)


def _is_first(head: str, tail: str, units: list[str], after: str, *, is_house: bool, has_room: bool) -> bool:
    first = units[0]
    if first in ("号", "号院", "弄", "#院", "院") and tail[0] not in "东西南北中":
        is_road = bool(ROAD.search(head)) and not NO_ROAD.search(head)
        return len(head) >= 2 and (is_road or (after.startswith("楼道") and bool(HOUSING.search(head))))
    if first in ("组", "社", "队", "村民小组", "居民小组"):
        return bool(VILLAGE.search(head)) and not NO_VILLAGE.search(head) and len(head) >= 2
    is_kind = not NO_BUILDING.search(head) or bool(ROAD_BEFORE.search(head))
    is_named = bool(HOUSING.search(head)) and len(head) >= 3 and is_kind
    if first in ("层", "楼"):
        return is_named and bool(BUILDING.search(head)) and not HIGH.match(after)
    if first == "座" and not re.match(r"[A-Za-z甲乙丙丁东西南北]", tail):
        return False
    if is_house or first in ("期", "单元"):
        return is_named and not HIGH.match(after)
    if first == "排":
        return "号" in units and bool(HOUSING.search(head) or VILLAGE.search(head))
    return first in ("室", "房") and has_room and is_named


def _crossings(text: str) -> list[Span]:
    """Places where roads meet: two roads and the word for it, or one with a corner or a distance."""
    out = []
    for match in CROSSING.finditer(text):
        low = max(0, match.start() - 26)
        run = re.search(rf"[{HAN}A-Za-z×、\-—]{{2,26}}$", text[low : match.start()])
        if run is None:
            continue
        words = run.group() + ("口" if match.group() in ("路口", "街口") else "")
        if match.group() in ("路口", "街口"):
            words = run.group() + match.group()
        roads = list(ONE_ROAD.finditer(words))
        aside = ASIDE.match(text, match.end())
        end = aside.end() if aside else match.end()
        is_corner = bool(re.search("[角侧米]", text[match.end() : end]))
        if NO_CROSSING.search(words):
            continue
        if len(roads) >= 2 or (is_corner and match.group() not in ("之间", "拐角")):
            first = low + run.start() + (roads[-2].end() if len(roads) >= 2 else len(run.group()))
            start = _begin(text, min(first, match.start()))
            out.append((start, end if end > match.end() and is_corner else match.end()))
    return out


def _after_cues(text: str) -> list[Span]:
    """Return what follows a word like 家住, up to the last name of a place in it."""
    out = []
    for cue in CUE.finditer(text):
        rest = AFTER_CUE.match(text, cue.end())
        if rest is None or NO_PLACE.match(rest.group()):
            continue
        places = list(LAST_PLACE.finditer(rest.group()))
        if places:
            end = rest.start() + places[-1].end()
            if not NO_PLACE.match(text[rest.start() : end]) and not NO_NAME.search(text, rest.start(), end):
                out.append((rest.start(), end))
    return out
