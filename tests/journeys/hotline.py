"""A hotline's table as offices deliver them: GB 18030, names, phones, ID numbers, addresses in words, free text, dates as
Excel writes them and as its bare serials, trailing blanks, a district in two spellings, a footer of a total and a signature."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"
GIVEN = ("秀英", "建国", "伟华", "丽娜", "志强", "桂兰", "文博", "海燕", "振宇", "雪梅", "永红", "晓峰", "淑珍", "俊杰")
WARDS = ("新城区", "碑林区", "莲湖区", "雁塔区", "未央区", "长安区")
STREETS = ("幸福路", "长乐东街", "友谊西路", "劳动南路", "文艺北巷")
TOPICS = ("路灯不亮", "垃圾没有清运", "道路积水", "噪声扰民", "占道经营", "停水没有通知")
HEADS = ("来电人姓名", "身份证号", "联系电话", "详细地址", "所属区", "受理时间", "年龄", "诉求类别", "诉求内容")
SIGNED = "填表人：魏长河"
SERIAL_SHARE, SHORT_SHARE = 0.25, 0.1
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class Caller:
    """Somebody who calls, once or more often."""

    name: str
    number: str
    phone: str
    address: str
    ward: str
    age: int


@dataclass(frozen=True)
class Hotline:
    """The file and everybody in it."""

    content: bytes
    callers: list[Caller]


def hotline(seed: int, calls: int = 1200) -> Hotline:
    """Return the table of some hundred callers."""
    draw = random.Random(seed)
    callers = [_caller(draw, n) for n in range(calls // 2)]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADS)
    for _ in range(calls):
        who, topic = draw.choice(callers), draw.choice(TOPICS)
        moment = f"2025/{draw.randint(1, 12)}/{draw.randint(1, 28)} {draw.randint(0, 23)}:{draw.randint(0, 59):02}"
        if draw.random() < SERIAL_SHARE:
            moment = f"{draw.randint(45_658, 46_000)}.{draw.randint(1, 9)}"
        ward = who.ward.removesuffix("区") if draw.random() < SHORT_SHARE else who.ward
        blank = draw.choice(("", "", " ", "　"))
        said = f"来电人：{who.name}，联系电话{who.phone}，反映{who.ward}门前{topic}，请尽快派人处理并回复"
        writer.writerow(
            (who.name, who.number, who.phone, who.address, ward + blank, moment, who.age, topic + blank, said)
        )
    writer.writerow(("合计", "", "", "", "", "", "", "", f"{calls} 件"))
    writer.writerow((SIGNED, *[""] * (len(HEADS) - 1)))
    return Hotline(text.getvalue().encode("gb18030"), callers)


def _caller(draw: random.Random, place: int) -> Caller:
    age = draw.randint(25, 64)
    body = f"6101{draw.randint(2, 16):02}{2025 - age}{draw.randint(1, 12):02}{draw.randint(1, 28):02}{place % 1000:03}"
    check = "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]
    phone = f"1{draw.choice('3578')}{draw.randint(0, 9)} {draw.randint(0, 9999):04} {place:04}"
    address = f"{draw.choice(STREETS)}{draw.randint(1, 300)}号{draw.randint(1, 30)}号楼{draw.randint(1, 4)}单元"
    return Caller(draw.choice(SURNAMES) + draw.choice(GIVEN), body + check, phone, address, draw.choice(WARDS), age)
