"""Names and places for the benchmark of detection, made of vocabularies that the detectors do not contain.

Two vocabularies and two sets of address forms: the first may be looked at while rules are written, the second is kept
apart and only counted.
"""

from __future__ import annotations

import random
from collections.abc import Callable

OPEN = {
    "surnames": "王李张刘陈杨赵黄周吴徐孙马朱胡林郭何高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤",
    "given": "伟 秀英 娜 强 敏 静 磊 洋 艳 勇 杰 丽娟 建军 雨桐 浩宇 子墨 若溪 书瑶 沐辰 亦菲 立群 广田 守业 银铃 翠花 家豪 冠霖 诗涵 靖雯 嘉懿 克勤 长河 满仓 根生 乃文 世昌 念慈 幼薇 启元 承志 维钧 德胜 桂芳 淑珍 玉珍 凤霞",
    "dotted": "阿卜杜拉·买买提 古丽娜尔·艾合买提 次仁·卓玛 热依汗·吐尔逊",
    "towns": "韦曲街道 滦镇街道 三桥街道 华胥镇 汤峪镇 王莽乡 引镇街道 灞源镇",
    "roads": "西影路 航创路 雁引路 凤城八路 东关正街 含光南路 西沣路 文艺北路 纺织城正街 德福巷 竹笆市街 老关庙什字街 长缨西路 昆明路 丰登南路 枣园东路",
    "communities": "樱花园小区 紫薇花园 枫韵蓝湾 曲江观邸 融侨城 电子城家属院 昆仑公寓 天朗蔚蓝家园 化工厂家属院 绿地世纪城 新兴骏景园 恒大名都 御锦城 米秦安置小区 西航花园 铁路新村",
    "villages": "杜陵村 鲍旗寨村 何家营村 上鲁峪村 北堡寨村 东桃园村 常宁村 皇甫村",
    "buildings": "旺座国际大厦 中贸广场 绿地中心 长安国际中心 高科大厦 煤航大厦 金石柏朗公寓 都市之门",
    "towers": "A B C D",
}
APART = {
    "surnames": "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严赖覃洪武莫孔窦岑柯翁蒙骆殷鲍苗",
    "given": "芳 丽 涛 超 霞 平 刚 桂英 俊杰 思琪 梓萱 一鸣 宇航 皓轩 语嫣 芷若 筱雅 煜城 柏翰 铁柱 来福 金锁 喜梅 腊梅 改芹 兴旺 懋林 伯庸 蔚然 令仪 知远 南星 云舒 亦凡 星冉 鸿儒 秉坤 卫东 国庆 跃进 秋菊 改转 粉玲",
    "dotted": "木拉提·哈力克 阿依努尔·肉孜 扎西·平措 迪丽拜尔·玉素甫",
    "towns": "斗门街道 草滩街道 太白镇 石井镇 鸣犊街道 竹峪镇 骊山街道 三里镇",
    "roads": "水司路 沣惠渠路 后宰门街 红缨路 建工西路 公园北路 咸宁东路 金滹沱路 朱宏路 北广济街 粉巷 书院门街 桃园南路 劳动中路 团结二路 经九路",
    "communities": "翡翠明珠小区 秦岭山水花园 华远海蓝城 阳光雅筑 金辉世界城 棉纺四厂家属院 锦业公寓 雅荷蓝湾 邮电局家属楼 中海紫御华府 白桦林居 群贤庄 高山流水苑 南窑头安置小区 万象汇嘉园 供电新村",
    "villages": "南豆角村 贾里村 新旺村 西江坡村 草堂营村 焦岱村 周家庄村 龙王沟村",
    "buildings": "华晶商务广场 宏府大厦 蓝海国际 丝路国际金融中心 数码大厦 唐延中心 星雅公寓 云天大厦",
    "towers": "东 西 甲 1",
}
FIXED = ("东北角", "西南角", "东南角", "西北角")


class Words:
    """Names and places of one vocabulary."""

    def __init__(self, draw: random.Random, *, is_kept_apart: bool) -> None:
        self.draw, self.is_kept_apart = draw, is_kept_apart
        self.lists = APART if is_kept_apart else OPEN

    def one(self, of: str) -> str:
        """One word of a list."""
        return self.draw.choice(self.lists[of].split())

    def name(self) -> str:
        """Return a person's name: surname and given name, a compound surname or a name with dots."""
        chance = self.draw.random()
        if chance < 0.04:
            return self.one("dotted")
        if chance < 0.08:
            return self.draw.choice(["欧阳", "司马", "上官", "诸葛", "皇甫", "尉迟"]) + self.one("given")
        return self.draw.choice(self.lists["surnames"]) + self.one("given")

    def town(self) -> str:
        """Return a town or subdistrict."""
        return self.one("towns")

    def place(self, number: Callable[[int], str], draw: random.Random) -> str:
        """Return where somebody lives or works, below the region."""
        road, community, village, building = (self.one(of) for of in ("roads", "communities", "villages", "buildings"))
        tower, room = self.one("towers"), f"{draw.randint(1, 33)}0{draw.randint(1, 8)}"
        n = number
        common = [
            f"{community}{n(40)}号楼{n(6)}单元{room}室", f"{community}{n(40)}栋{n(4)}单元{room}", f"{community}{n(40)}幢{room}室", f"{road}{n(200)}号",
            f"{road}{n(200)}号{community}{n(20)}号楼{n(4)}单元{room}室", f"{village}{n(12)}组", f"{village}第{n(9)}村民小组", f"{village}{n(9)}组{n(90)}号",
            f"{building}{n(33)}层", f"{building}{tower}座{room}室", f"{road}与{self.one('roads')}十字{draw.choice(FIXED)}",
        ]  # fmt: skip
        first = [
            f"{community}{n(20)}-{n(4)}-{room}", f"{community}{n(20)}#{n(4)}单元{room}", f"{road}{n(90)}号院{n(9)}楼{n(4)}单元{n(6)}层{draw.choice('东西')}户",
            f"{road}和{self.one('roads')}交叉口{draw.choice('东西南北')}侧", f"{road}{building}{tower}座{n(30)}层{room}", f"{community}{n(20)}号楼", f"{road}{n(90)}号附{n(9)}号",
        ]  # fmt: skip
        second = [
            f"{community}{n(20)}号楼{n(4)}门{room}", f"{community}{n(20)}栋{room}房", f"{community}{n(9)}期{n(20)}号楼{n(3)}单元{room}户", f"{building}{n(33)}楼{room}",
            f"{road}、{self.one('roads')}路口{draw.choice(FIXED)}", f"{village}{n(9)}社", f"{road}{n(90)}号{building}{n(20)}层", f"{road}{n(300)}弄{n(30)}号{room}室",
            f"{community}{n(20)}/{n(4)}/{room}", f"{road}十字向{draw.choice('东西南北')}{n(90)}0米路{draw.choice('东西南北')}", f"{village}{n(9)}组{n(60)}号院",
        ]  # fmt: skip
        return draw.choice(common + (second if self.is_kept_apart else first))
