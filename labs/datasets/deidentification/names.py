"""Chinese names in running text: surname and usual given-name characters, titles after, cues before, enumerations."""

from __future__ import annotations

import re

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭"
    "廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文施洪严牛温季俞章鲁葛伍申尤毕聂焦向柳邢骆岳齐梅庄辛管祝左"
    "仝褚滕甄尚倪柏翟殷詹耿甘符舒阮柯纪童凌裴涂苗卞戚娄鲍樊卓邬霍佟冉晏蔺缪蒲陶屈荀柴韦闵欧游翁岑鞠祁佘麦盛米路华"
    "肖闫覃莫喻饶隋牟臧靳栾谌冼邝窦敖阚晁瞿郜谯卜匡骞蒙粟鄢胥訾亓"
)
COMPOUND = "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|夏侯|司徒|端木|南宫|长孙|宇文|轩辕|申屠|濮阳|淳于|独孤|澹台|呼延|鲜于|完颜"
# Surnames that begin hardly any other word, so that usual given-name characters after them are a name.
PLAIN_SURNAMES = (
    "王李张刘陈杨赵吴徐孙胡朱郭罗梁宋郑谢韩唐冯董萧曹袁邓傅沈彭吕苏卢蒋蔡贾魏薛阎潘戴汪姜姚谭廖邹熊陆郝崔邱秦侯邵孟"
)
PLAIN_SURNAMES += "韦闵翁岑鞠祁佘汤尹黎乔贺赖龚俞葛聂邢骆岳倪翟殷詹耿阮柯裴卞娄鲍樊邬霍佟冉晏蔺缪褚滕荀肖闫覃喻饶隋牟臧靳栾谌冼邝窦敖阚晁瞿郜谯卜匡"
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国志文斌波辉鹏飞宇浩轩梓涵子欣怡佳琪雨晨博雅婷雪梅莉萍玲琴珍凤云燕慧颖"
    "倩蕾薇菲晓俊峰健帆旭阳东海林森鑫宏伦毅凯翔龙虎彪振永福贵财祥瑞庆荣德仁义忠孝信诚良善清泉春夏秋冬月星辰思远嘉诗若曦一诺可馨"
    "铭泽睿哲恒宁康乐安泰楠柏松桐彬栋梁晶莹璐瑶琳珊岚芬芝菊莲淑惠贤美娇媛娴媚香巧彩素贞洁冰珠翠银宝成才学新民胜利光卫援朝跃进军"
    "小大天心爱依萱彤悦然昊奕弘皓启航景行知礼承昌盛茂耀灿焕炳炎焱锋钢铁锐锦钰钧铮江河坤欢旭丹瑞琦琨璇瑾瑜璟雯霖露虹彩艺菁蓓蓉茜莎莺茹荷蕊薪萌禹尧舜骏骥驰勤勋劲励杨柳桃花楚淇溪滢澜涌润淼沛渊浦汉源"
)
# Surnames that begin many words: here every character after them must be usual in given names.
WORDY = (
    "莫蒙盛米路华游麦欧方向于任管申许常文范章万金武平温石龙时段顾毕左严高易尚毛钱余程夏田叶白孔施江康季雷黄马周成安车"
)
_WORDS = (
    "常务 常委 许可 管制 管理 管护 管辖 申请 申诉 申报 范围 任命 任免 任务 任期 任职 毕业 文物 武器 方案 高级 金融 顾问 陈述 涂改 陆海 江河 平安 高兴 高新 黄金 石油 "
    "金银 金海 温泉 夏季 夏天 白云 康乐 龙泉 高德 周天 方德 万福 成立 成功 成员 周月 江南 高龙 康养 石梁 高明 文明 许诺 金星 龙凤 龙虎 温良 安宁 田园 金凤 季春 高飞 "
    "程一 严明 江海 任一 周一 方一 万一 任大 于一 高一 张大 王国 王爷 管部 资金 方可 向更 向上 向被 文资 钱物 涂装 韩江 何干 常犯 华侨 路线 游览 游乐 文章 章程 季度 余刑 尚未 董事 高等 "
)
WORDS = frozenset(_WORDS.split())
# Never the character after a surname: it would be grammar or an everyday word.
NO_GIVEN = "的了是在有和与及或也都就还不没很被把让给向从到对将已说称要请吗吧呢啊们这那个位名家某先女同老师局处科所院校长主任书经总区市省县镇村路街道号楼室店厂司队站部会园桥河山湖"
PLACES = (
    "路街道巷弄村庄镇乡县区市省州桥河江湖山岛沟湾坡寨屯园院校店厂馆寺庙楼站场港城门里坊苑机车电路户口型式度性化率额线网"
)
FAMILIAR = "先生|女士|小姐|师傅|老师|医生|大夫|大爷|大妈|大娘|大叔|大姐|大哥|阿姨|奶奶|爷爷|叔叔|伯伯|婆婆|老人|老汉|女孩|同学|同志"
KIN = "先生|女士|小姐|大爷|大妈|大娘|大叔|大姐|大哥|阿姨|奶奶|爷爷|叔叔|伯伯|婆婆"
OFFICIAL = (
    "局长|副局长|处长|副处长|科长|副科长|主任|副主任|书记|副书记|经理|总经理|院长|校长|所长|站长|队长|组长|镇长|乡长|村长|区长|"
    "县长|市长|厅长|部长|主席|委员(?!会)|会长|董事长|总监|警官|法官|检察官|律师|教授|护士|护士长|工程师|社工|辅警|民警"
)
VERBS = (
    "反映|来电|来信|致电|咨询|投诉|举报|建议|要求|希望|称|说|表示|报警|质疑|申请|来访|驾驶|递交|认为|提出|告诉|告知|询问|拨打|前往|"
    "住|家住|电话|手机|身份|本人|系|已|于|在|因|为|的|是|等|和|与|跟|及|向|对|被|把|去|来|从|到|也|曾|又|将|给|年|男|女|今年|昨|今|两|三|一家|讲|处|收|签|送|来|最|确|个|这|那|先|刚|正|没|不|还|再|才|就|家|负责"
)
LINKS = "据陪次是给的由找给向对是被把请让跟同为名和与及叫代替陪像因问受"
CUES = (
    "联系|姓名|名叫|叫做|叫|负责人|经办|承办|经手|对接|签收|收货|收件|寄件|受理|记录|填表|签字|签名|落款|举报|投诉|反映|报修|报案|来电|"
    "申请|申报|委托|受托|代理|监护|担保|保证|证明|目击|嫌疑|被害|当事|原告|被告|第三|转告|通知|致电|回复|询问|安排|指派|委派|人员|"
    "邻居|同事|朋友|老乡|房客|租户|住户|业主|村民|居民|市民|群众|网友|网民|职工|员工|工人|司机|乘客|旅客|游客|患者|病人|学生|家长|"
    "老人|孩子|儿子|女儿|丈夫|妻子|爱人|父亲|母亲|爸爸|妈妈|爷爷|奶奶|外公|外婆|哥哥|姐姐|弟弟|妹妹|舅舅|姑姑|侄子|孙子|孙女|外孙|"
    "店主|老板|店长|户主|房东|车主|船主|股东|法人|会计|出纳|保安|保洁|护工|志愿者|网格员|楼长|组长|队员|队长|班长|教师|医师|主任|书记|科长|局长|处长"
)
_H = "\u4e00-\u9fff"
_ONE = f"[{_H}]"
_GIVEN = f"(?![{NO_GIVEN}]){_ONE}"
_ANY = f"(?:(?:{COMPOUND})|[{SURNAMES}])"
_END = rf"(?=[^{_H}]|$|{FAMILIAR}|{OFFICIAL}|{VERBS})"
_START = rf"(?:(?<![{_H}])|(?<=[{LINKS}]))"
_USUAL = f"(?:[{PLAIN_SURNAMES}]|{COMPOUND})[{GIVEN}]"
PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<!感)(?<!致)({_ANY}{_GIVEN}{{1,2}}?)(?={FAMILIAR}|{OFFICIAL})",
        rf"(?:(?<![{_H}])|(?<=[{LINKS}的]))({_ANY})(?={KIN})",
        rf"(?:{CUES})(?:人|者|员)?\s?[:\uff1a为是叫]?\s?({_ANY}{_GIVEN}{{1,2}}?){_END}",
        rf"({_USUAL}[{GIVEN}])(?![{PLACES}])",
        rf"{_START}({_USUAL}){_END}(?![{PLACES}])",
        rf"{_START}([{SURNAMES}][{GIVEN}]{{2}}){_END}",
        rf"(?:(?<![{_H}])|(?<=[{LINKS}系]))({_ANY}{_GIVEN}{{1,2}})(?=(?:之[父母妻夫子女兄弟姐妹孙]|的(?:妻子|丈夫|儿子|女儿|父亲|母亲|孙子|孙女|家属|爱人))(?![{_H}]|$)|(?:之[父母妻夫子女]|的(?:妻子|丈夫|儿子|女儿|父亲|母亲))(?=$|{VERBS}|回电|来电))",
        rf"(?<![{_H}])({_ANY}{_GIVEN}{{1,2}})(?=[(\uff08][男女])",
        r"(?:自称|本人|他|她|先生|女士|^|[,\uff0c。;\uff1b\s])(?:免贵)?姓" + rf"([{SURNAMES}])(?=[^{_H}]|$)",
    )
)
LIST = re.compile(rf"(?<![{_H}])(?:{_ANY}{_GIVEN}{{1,2}}[、和]){{1,8}}{_ANY}{_GIVEN}{{1,2}}?{_END}")
ONE_OF_LIST = re.compile(rf"{_ANY}{_GIVEN}{{1,2}}?(?=[、和]|$)")
USUAL = re.compile(rf"{_USUAL}[{GIVEN}]?$")


def is_likely(name: str, no_names: frozenset[str]) -> bool:
    """Return whether a surname with what follows is rather a name than a word."""
    if name[:2] in WORDS or name[:2] in no_names or name[-2:] in no_names:
        return False
    return name[0] not in WORDY or all(letter in GIVEN for letter in name[1:])


def names_in(text: str, no_names: frozenset[str]) -> list[tuple[int, int]]:
    """Return where names stand in `text`, the surest rule first; they may overlap."""
    matches = (match for pattern in PATTERNS for match in pattern.finditer(text))
    out = [match.span(1) for match in matches if is_likely(match.group(1), no_names)]
    for match in LIST.finditer(text):
        parts = list(ONE_OF_LIST.finditer(text, *match.span()))
        if any(USUAL.match(part.group()) for part in parts):
            out += [part.span() for part in parts if is_likely(part.group(), no_names)]
    return out
