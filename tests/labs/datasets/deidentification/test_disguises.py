"""People in a disguise: names cut over columns, in Latin letters or wrapped, the house as a point, numbers of a person."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from urllib.parse import quote

import polars as pl
import pytest

from labs.datasets.deidentification.building import build
from labs.datasets.deidentification.headings import kind_of
from labs.datasets.deidentification.reading import Table
from labs.datasets.deidentification.recipe import parse_recipe
from labs.datasets.deidentification.romanized import is_romanized_name
from labs.datasets.deidentification.wrapped import unwrapped

ROWS, PEOPLE = 400, 100
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴", "伟芳娜敏静丽强磊军洋"
LATIN = "Wang Li Zhang Liu Chen Yang Zhao Huang Zhou Wu".split()  # noqa: SIM905
SOUNDS = "Wei Fang Na Min Jing Li Qiang Lei Jun Yang".split()  # noqa: SIM905
WARDS = ("碑林区", "莲湖区", "雁塔区", "未央区")
Cells = Callable[[int], str]


def surname(who: int) -> str:
    return SURNAMES[who % 10]


def given(who: int) -> str:
    return GIVEN[who // 10] + GIVEN[who * 7 % 10]


def full(who: int) -> str:
    return surname(who) + given(who)


def latin(who: int) -> str:
    return f"{LATIN[who % 10]} {SOUNDS[who // 10]}{SOUNDS[who * 7 % 10].lower()}"


def phone(who: int) -> str:
    return f"138{10_000_019 + who * 791_919 % 89_000_000}"


DISGUISES: dict[str, dict[str, Cells]] = {
    "surname and given name": {"a": surname, "b": given},
    "under their headings": {"姓": surname, "名": given},
    "pinyin": {"contact": latin},
    "pinyin in capitals": {"备注": lambda who: latin(who).upper()},
    "pinyin in one word": {"账户名": lambda who: latin(who).replace(" ", "").lower()},
    "western": {"guest": lambda who: f"{['John', 'Mary', 'Peter', 'Anna', 'Tom', 'Jane', 'Kate', 'Lucy'][who % 8]} Smith{chr(97 + who % 7)}"},
    "escaped in JSON": {"payload": lambda who: json.dumps({"name": full(who), "t": "x"})},
    "percent signs": {"u": lambda who: quote(full(who))},
    "base64 of a name": {"u": lambda who: base64.b64encode(full(who).encode()).decode()},
    "base64 of a telephone": {"u": lambda who: base64.b64encode(f"tel={phone(who)}".encode()).decode()},
    "a telephone in three columns": {"a": lambda who: phone(who)[:3], "b": lambda who: phone(who)[3:7], "c": lambda who: phone(who)[7:]},
    "a point": {"经度": lambda who: f"108.{900_000 + who * 37}", "纬度": lambda who: f"34.{200_000 + who * 53}"},
    "both in a cell": {"位置": lambda who: f"108.{900_000 + who * 37},34.{200_000 + who * 53}"},
    "WKT": {"shape": lambda who: f"POINT (108.{900_000 + who * 37} 34.{200_000 + who * 53})"},
    "hardware address": {"dev": lambda who: f"00:1a:2b:3c:4d:{who:02x}"},
    "internet address": {"src": lambda who: f"10.3.{who}.{who * 3 % 250}"},
    "number of staff": {"工号": lambda who: f"GH{1000 + who}"},
    "number of a student": {"学号": lambda who: f"2021{10_000 + who}"},
    "account of a messenger": {"o": lambda who: f"oX{who:06d}abcDEFghijKLmnopqrstuv"[:28]},
    "house": {"h": lambda who: f"{who % 30 + 1}-{who % 4 + 1}-{who % 20 + 1}0{who % 4 + 1}"},
    "born": {"t": lambda who: f"{1950 + who % 50}年{who % 12 + 1}月{who % 28 + 1}日生"},
}  # fmt: skip
INNOCENT: dict[str, dict[str, Cells]] = {
    "districts in pinyin": {"ward": lambda who: ["Beilin", "Yanta", "Baqiao", "Lianhu", "Xincheng", "Huyi"][who % 6]},
    "words": {"type": lambda who: ["噪声扰民", "占道经营", "路灯不亮", "垃圾清运", "停车收费", "供暖不热"][who % 6]},
    "weekdays": {"day": lambda who: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"][who % 7]},
    "states": {"state": lambda who: ["open", "closed", "waiting", "sent back", "refused", "unknown", "in work"][who % 7]},
    "height and day": {"身高": lambda who: str(140 + who % 50), "d": lambda who: f"202503{who % 28 + 1:02}"},
    "a coarse place": {"经度": lambda who: f"108.{90 + who % 9}", "纬度": lambda who: f"34.{20 + who % 9}"},
    "ratings": {"满意度": lambda who: str(who % 5), "次数": lambda who: str(who % 9)},
    "weeks": {"a": lambda who: f"第{who % 9}周", "b": lambda who: "一二三四五六日"[who % 7]},
}  # fmt: skip


def findings(columns: dict[str, Cells], role: str) -> list[tuple[str, str]]:
    values = {name: [cell(row % PEOPLE) for row in range(ROWS)] for name, cell in columns.items()}
    frame = pl.DataFrame({"区": [WARDS[row % 4] for row in range(ROWS)], **values})
    rules = {"区": {"role": "quasi"}} | {name: {"role": role} for name in columns}
    made = build(Table(frame, "00"), parse_recipe({"dataset": "x", "k": 5, "tier": "lab", "columns": rules}), b"0" * 32)
    return [(found.check, found.severity) for found in made.findings if found.column in columns]


@pytest.mark.parametrize("role", ["plain", "sensitive"])
@pytest.mark.parametrize("disguise", DISGUISES)
def test_person_in_disguise_stops_the_release(disguise: str, role: str) -> None:
    found = findings(DISGUISES[disguise], role)

    assert {check for check, severity in found if severity == "stop"} & {"identifying_column", "identifier"}, found


@pytest.mark.parametrize("name", INNOCENT)
def test_what_points_at_nobody_does_not(name: str) -> None:
    assert [check for check, severity in findings(INNOCENT[name], "sensitive") if severity == "stop"] == []


def test_word_that_few_people_share_is_found_until_the_persons_are_many() -> None:
    few = {"设备": lambda who: f"编{who}型"}

    assert findings(few, "plain") == [("few_people", "warn")]
    assert findings({"设备": lambda who: f"编{who % 10}型"}, "plain") == []


@pytest.mark.parametrize(
    "value", ["Wang Wei", "WANG WEI", "wangwei", "Zhang, San", "Wei Zhang", "Ouyang Na", "Mary Jones"]
)
def test_latin_letters_read_as_a_name(value: str) -> None:
    assert is_romanized_name(value)


@pytest.mark.parametrize(
    "value", ["Monday", "Beilin", "closed", "Main Street 5", "noise complaint", "A1", "PM2.5", "Shaanxi"]
)
def test_latin_letters_that_are_none(value: str) -> None:
    assert not is_romanized_name(value)


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        ("\\u738b\\u79c0\\u82f1", "王秀英"), ("%E7%8E%8B%E7%A7%80", "王秀"), ("546L56eA6Iux", "王秀英"), ("MTM4MTIzNDU2Nzg=", "13812345678"),
        ("100%25", "100%25"), ("complaints", "complaints"), ("\\ud83d", ""), ("deadbeefdeadbeef", "deadbeefdeadbeef"),
    ],
)  # fmt: skip
def test_wrapping_is_taken_off(value: str, plain: str) -> None:
    assert unwrapped(value) == plain


def test_coarse_coordinates_and_numbers_of_things_are_no_persons() -> None:
    assert kind_of("经度", [f"108.{n}" for n in range(90, 99)]) is None
    assert kind_of("设备编号", [f"D{n}" for n in range(20)]) is None
