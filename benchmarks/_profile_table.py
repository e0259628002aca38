"""A CSV of the shape of a hotline's: numbers, names, phones, ID numbers, addresses, dates, districts and free text."""

from __future__ import annotations

import random
import sys
from datetime import datetime, timedelta
from pathlib import Path

HEADER = (
    "工单编号,来电人,联系电话,身份证号,区县,街道,小区地址,受理时间,办结日期,诉求类型,承办单位,满意度,经度,纬度,诉求内容"
)
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国志文斌波辉鹏"
DISTRICTS = (
    "新城区",
    "碑林区",
    "莲湖区",
    "灞桥区",
    "未央区",
    "雁塔区",
    "阎良区",
    "临潼区",
    "长安区",
    "高陵区",
    "鄠邑区",
)
TYPES = (
    "噪声扰民",
    "占道经营",
    "路灯不亮",
    "供暖不热",
    "垃圾清运",
    "停车收费",
    "物业服务",
    "拖欠工资",
    "道路破损",
    "违章搭建",
)
WANTED = ("希望尽快处理", "要求书面答复", "请转有关部门核实", "已多次反映未果", "要求回电说明办理情况")
BASE = datetime(2023, 1, 1)  # noqa: DTZ001  a table's local time
BLOCK = 20_000


def write_hotline(path: Path, size: int, encoding: str = "utf-8") -> int:
    """Write about `size` bytes; return the rows."""
    draw, rows = random.Random(13), 0
    with path.open("w", encoding=encoding, newline="") as stream:
        stream.write(HEADER + "\r\n")
        while path.stat().st_size < size:
            stream.write("".join(_row(draw, rows + number) for number in range(BLOCK)))
            stream.flush()
            rows += BLOCK
    return rows


def _row(draw: random.Random, number: int) -> str:
    name = draw.choice(SURNAMES) + "".join(draw.choices(GIVEN, k=draw.randint(1, 2)))
    district = draw.randrange(len(DISTRICTS))
    street = draw.randrange(12)
    born = BASE - timedelta(days=draw.randint(7000, 28000))
    called = BASE + timedelta(seconds=number * 9 + draw.randint(0, 8))
    kind = draw.randrange(len(TYPES))
    place = f"{DISTRICTS[district]}解放路{draw.randint(1, 400)}号院{draw.randint(1, 30)}号楼{draw.randint(101, 2904)}室"
    text = (
        f"市民{name[0]}先生来电反映{DISTRICTS[district]}{street + 1}街道{TYPES[kind]}问题，自{called:%m月%d日}起已持续{draw.randint(2, 60)}天，"
        f"涉及住户约{draw.randint(3, 900)}户，{draw.choice(WANTED)}，{draw.choice(WANTED)}。"
    )
    cells = (
        f"12345{called:%Y%m%d}{number:08}", name, f"1{draw.choice('3578')}{draw.randrange(10**9):09}",
        f"6101{district + 2:02}{born:%Y%m%d}{draw.randrange(10**4):04}", DISTRICTS[district], f"{DISTRICTS[district]}{street + 1}街道",
        place, f"{called:%Y-%m-%d %H:%M:%S}", f"{called + timedelta(days=draw.randint(1, 15)):%Y-%m-%d}", TYPES[kind],
        f"{DISTRICTS[district]}{'城管局住建局环保局'[kind % 3 * 3:][:3]}", draw.choice(("满意", "基本满意", "不满意", "")),
        f"{108.7 + draw.random() / 2:.6f}", f"{34.1 + draw.random() / 3:.6f}", text,
    )  # fmt: skip
    return ",".join(cells) + "\r\n"


if __name__ == "__main__":
    print(write_hotline(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else "utf-8"))
