"""People in a disguise: names cut over columns, in Latin letters or wrapped, the house as a point, numbers of a person."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from urllib.parse import quote

import polars as pl
import pytest

from labs.datasets.deidentification.building import build
from labs.datasets.deidentification.checksums import ID_CHECKS, ID_WEIGHTS
from labs.datasets.deidentification.headings import kind_of
from labs.datasets.deidentification.profiling import profile
from labs.datasets.deidentification.reading import Table
from labs.datasets.deidentification.recipe import parse_recipe
from labs.datasets.deidentification.romanized import is_romanized_name
from labs.datasets.deidentification.whole_tables import people_as_headings
from labs.datasets.deidentification.wrapped import unwrapped
from labs.datasets.desk.suggesting import rule_for
from labs.datasets.models import Draft

ROWS, PEOPLE = 400, 100
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴", "伟芳娜敏静丽强磊军洋"
LATIN = "Wang Li Zhang Liu Chen Yang Zhao Huang Zhou Wu".split()  # noqa: SIM905
SOUNDS = "Wei Fang Na Min Jing Li Qiang Lei Jun Yang".split()  # noqa: SIM905
WARDS = ("碑林区", "莲湖区", "雁塔区", "未央区")
FEW = ["何丽", "黄军", "周敏", "林玉", "杨欣", "扎西次仁", "巴特尔", "Zhang Wei", "小芳", "老周", "张*军"]
Cells = Callable[[int], str]


def surname(who: int) -> str:
    return SURNAMES[who % 10]


def given(who: int) -> str:
    return GIVEN[who // 10] + GIVEN[who * 7 % 10]


def full(who: int) -> str:
    return surname(who) + given(who)


def latin(who: int) -> str:
    return f"{LATIN[who % 10]} {SOUNDS[who // 10]}{SOUNDS[who * 7 % 10].lower()}"


def digest(who: int) -> str:
    return hashlib.sha256(phone(who).encode()).hexdigest()


def phone(who: int) -> str:
    return f"138{10_000_019 + who * 791_919 % 89_000_000}"


def resident(who: int) -> str:
    digits = f"610102{1940 + who % 60}{who % 12 + 1:02}{who % 28 + 1:02}{who * 7 % 1000:03}"
    return digits + ID_CHECKS[sum(int(d) * w for d, w in zip(digits, ID_WEIGHTS, strict=True)) % 11]


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
    "few names over many rows": {"负责": lambda who: FEW[who % len(FEW)]},
    "two names over many rows": {"负责": lambda who: ["何丽", "张伟"][who % 2]},
    "two-character names with words for nobody": {"处理": lambda who: "待定" if who % 9 == 0 else "无" if who % 9 == 1 else full(who)[:2]},
    "names with a blank in them": {"对接": lambda who: " ".join(full(who))},
    "names with zero width in them": {"c": lambda who: "\u200b".join(full(who))},
    "names with a line in them": {"c": lambda who: "_".join(full(who))},
    "names with a stroke in them": {"c": lambda who: "/".join(full(who))},
    "given name, surname in brackets": {"c": lambda who: f"{given(who)}({surname(who)})"},
    "masked names": {"c": lambda who: f"{surname(who)}*{GIVEN[who // 10]}"},
    "familiar names": {"c": lambda who: "小老"[who % 2] + SURNAMES[who // 2 % 10]},
    "names of minorities": {"c": lambda who: ["扎西次仁", "巴特尔", "卓玛央金", "买买提艾力", "阿依古丽", "其其格"][who % 6]},
    "traditional characters": {"c": lambda who: "張劉陳楊趙黃吳孫馬羅"[who % 10] + given(who)},
    "a point without headings": {"x": lambda who: f"34.2{10_000 + who * 53}", "y": lambda who: f"108.9{10_000 + who * 37}"},
    "a telephone as a float": {"备注号": lambda who: phone(who) + ".0"},
    "a telephone as a power": {"备注号": lambda who: f"{phone(who)[0]}.{phone(who)[1:]}E+10"},
    "a telephone with strokes": {"n": lambda who: f"{phone(who)[:3]}/{phone(who)[3:7]}/{phone(who)[7:]}"},
    "a telephone without its end": {"n": lambda who: phone(who)[:7] + "xxxx"},
    "a telephone in circles": {"n": lambda who: phone(who).translate(str.maketrans("123456789", "①②③④⑤⑥⑦⑧⑨"))},
    "a number with O for 0": {"n": lambda who: resident(who).replace("0", "O")},
    "a number with a wrong check digit": {"n": lambda who: resident(who)[:17] + "0"},
    "a number behind ID": {"n": lambda who: "ID" + resident(who)},
    "teams called after people": {"班组": lambda who: full(who) + "组"},
    "whose wife": {"身份": lambda who: f"{full(who)}的妻子"},
    "plate with blanks": {"n": lambda who: f"浙 A 0{6500 + who}"},
    "landline": {"n": lambda who: f"029-8765{1000 + who}"},
    "passport": {"n": lambda who: f"E1234{1000 + who}"},
    "house and flat": {"d": lambda who: f"住{who % 30 + 1}幢{who % 20 + 10}1室"},
    "account behind weixin": {"n": lambda who: f"weixin:lina_{1900 + who}"},
    "a cut hash": {"键": lambda who: digest(who)[:16]},
    "a short cut hash": {"k": lambda who: digest(who)[-8:]},
    "a cut hash in capitals behind a prefix": {"ref": lambda who: "U" + digest(who)[4:14].upper()},
    "a cut hash in base64": {"ref": lambda who: base64.b64encode(bytes.fromhex(digest(who))).decode()[:12]},
    "surname and plate": {"车": lambda who: f"{surname(who)}-A-{'HJKL'[who % 4]}{1000 + who * 37 % 9000}"},
    "plate and name": {"n": lambda who: f"A{'BCDF'[who % 4]}{1000 + who * 37 % 9000} {full(who)}"},
    "surname and the last four": {"n": lambda who: f"{surname(who)}{phone(who)[-4:]}"},
    "name and the last four": {"n": lambda who: f"{full(who)}-{phone(who)[-4:]}"},
    "rare surnames alone": {"称呼": lambda who: "逄郗亓訾宓昝笪雍卿"[who % 9]},
    "two rare surnames over many rows": {"称呼": lambda who: "逄郗"[who % 2]},
    "usual surnames alone": {"称呼": lambda who: "王李张"[who % 3]},
    "rare and usual surnames": {"c": lambda who: "逄王郗李张刘亓陈储"[who % 9]},
    "3-degree zone": {"X": lambda who: f"{3_790_000 + who * 137}.{who % 90 + 10}", "Y": lambda who: f"{497_000 + who * 91}.{who % 90 + 10}"},
    "3-degree zone with its number": {"a": lambda who: f"{3_790_000 + who * 137}", "b": lambda who: f"{36_497_000 + who * 91}"},
    "map tiles": {"mx": lambda who: f"{12_130_000 + who * 117}.5", "my": lambda who: f"{4_060_000 + who * 93}.25"},
    "meters in a cell": {"p": lambda who: f"{3_790_000 + who * 137},{497_000 + who * 91}"},
    "one side in meters": {"横坐标": lambda who: f"{497_000 + who * 91}"},
    "the end of a number": {"n": lambda who: resident(who)[6:]},
}  # fmt: skip
INNOCENT: dict[str, dict[str, Cells]] = {
    "districts in pinyin": {"ward": lambda who: ["Beilin", "Yanta", "Baqiao", "Lianhu", "Xincheng", "Huyi"][who % 6]},
    "words": {"type": lambda who: ["噪声扰民", "占道经营", "路灯不亮", "垃圾清运", "停车收费", "供暖不热"][who % 6]},
    "weekdays": {"day": lambda who: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"][who % 7]},
    "states": {"state": lambda who: ["open", "closed", "waiting", "sent back", "refused", "unknown", "in work"][who % 7]},
    "height and day": {"身高": lambda who: str(140 + who % 50), "d": lambda who: f"202503{who % 28 + 1:02}"},
    "a coarse place": {"经度": lambda who: f"108.{90 + who % 9}", "纬度": lambda who: f"34.{20 + who % 9}"},
    "places called after virtues": {"社区": lambda who: ["幸福", "平安", "和平", "建国", "新民", "永兴", "长安", "文明"][who % 8]},
    "villages called after people": {"村": lambda who: ["张家湾", "李家村", "王家庄", "刘家沟", "陈家坪", "曹湾"][who % 6]},
    "small words": {"对象": lambda who: ["小学", "小区", "小时", "老年", "老城", "小吃"][who % 6]},
    "kinds of works": {"类": lambda who: ["施工", "路灯", "高温", "严重", "金额", "方案", "安全", "车辆"][who % 8]},
    "numbers of cases": {"案号": lambda who: f"2024{who % 12 + 1:02}{who % 28 + 1:02}{who * 7 % 10_000:04}"},
    "measured side by side": {"t": lambda who: f"25.{100_000 + who * 37}", "p": lambda who: f"1013.{100_000 + who * 53}"},
    "counted codes": {"c": lambda who: f"a{who:05x}"},
    "codes with an order": {"c": lambda who: f"{'ABC'[who % 3]}{who % 7}F{who % 10}D{who % 9}"},
    "colors": {"颜色": lambda who: digest(who % 12)[:6]},
    "versions": {"v": lambda who: f"v{who % 9}.{who % 7}"},
    "units with numbers": {"n": lambda who: f"{'莲雁碑未'[who % 4]}{1000 + who % 40}"},
    "one surname before numbers": {"n": lambda who: f"高{1000 + who % 40}"},
    "directions": {"方位": lambda who: "东南西北中"[who % 5]},
    "colors in a word": {"色": lambda who: "红黄蓝白黑"[who % 5]},
    "grades": {"级": lambda who: "优良中差"[who % 4]},
    "crops": {"作物": lambda who: "麦稻米姜"[who % 4]},
    "money": {"收入": lambda who: str(1_000_000 + who % 10 * 450_000), "支出": lambda who: str(200_000 + who % 8 * 61_000)},
    "money to the yuan": {"a": lambda who: str(2_000_123 + who % 20 * 190_007), "b": lambda who: str(170_321 + who % 20 * 30_011)},
    "counted beside counted": {"a": lambda who: str(3_400_001 + who % 40), "b": lambda who: str(500_001 + who % 40)},
    "blocks in meters": {"X": lambda who: str(3_790_000 + who % 9 * 1000), "Y": lambda who: str(497_000 + who % 9 * 1000)},
    "places with days and no person": {"站点": lambda who: f"站{who % 4}", "日期": lambda who: f"2025-03-{who % 4 + 10}"},
    "unit and post of many": {"单位": lambda who: ["司法局", "民政局"][who % 2], "岗位": lambda who: ["科员", "办事员"][who // 2 % 2], "体检": lambda who: "正常"},
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


WIDE = ["杨欣", "周海", "冯春", "林玉", "wang_ming", "小芳", "张*军"]


def test_people_as_headings_stop_the_release_and_are_left_out_by_the_suggestion() -> None:
    columns: dict[str, Cells] = {name: lambda who: str(who % 5) for name in WIDE}

    found = findings(columns, "plain")

    assert [check for check, severity in found if severity == "stop"] == ["identifying_column"] * len(WIDE)
    assert people_as_headings([*WIDE, "周次", "事项", "区"]) == WIDE
    assert people_as_headings(["金额", "周次", "高温", "方向", "单价", "康复", "时间", "周海"]) == []


SUGGESTED = {
    "few names over many rows": "direct", "two names over many rows": "direct", "names with a blank in them": "direct",
    "a telephone as a float": "direct", "a number with O for 0": "direct", "a point without headings": "geo",
    "3-degree zone": "geo", "map tiles": "geo", "one side in meters": "geo", "a cut hash": "direct", "surname and plate": "direct",
    "two rare surnames over many rows": "direct",
}  # fmt: skip


@pytest.mark.parametrize("disguise", SUGGESTED)
def test_suggestion_publishes_nobody(disguise: str) -> None:
    columns = {name: [cell(row % PEOPLE) for row in range(ROWS)] for name, cell in DISGUISES[disguise].items()}
    described = profile(Table(pl.DataFrame(columns), "00"))["columns"]

    assert {column["suggested_role"] for column in described} == {SUGGESTED[disguise]}


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


def test_points_in_meters_pass_once_they_are_blocks() -> None:
    values = {name: [cell(row % PEOPLE) for row in range(ROWS)] for name, cell in DISGUISES["3-degree zone"].items()}
    facts = {
        name: {"name": name, "suggested_role": "geo", "max": max(map(float, cells))} for name, cells in values.items()
    }
    rules = {name: rule_for(Draft(), facts[name]) for name in values}
    recipe = parse_recipe({"dataset": "x", "k": 5, "tier": "lab", "suppression_max": 1.0, "columns": rules})
    made = build(Table(pl.DataFrame(values), "00"), recipe, b"0" * 32)

    assert {rule["treatment"] for rule in rules.values()} == {"interval"}
    assert [found for found in made.findings if found.severity == "stop"] == []
    assert made.frame.height


def test_star_behind_measures_is_no_masked_number() -> None:
    values = {
        "t": [f"25.{100_000 + row % PEOPLE * 37}" for row in range(ROWS)],
        "p": [f"1013.{1_000 + row % PEOPLE * 53}" for row in range(ROWS)],
    }
    frame = pl.DataFrame({**values, "级": [f"{row}级" for row in range(ROWS)]})
    rules = {"t": {"role": "plain"}, "p": {"role": "plain"}, "级": {"role": "quasi"}}
    made = build(Table(frame, "00"), parse_recipe({"dataset": "x", "k": 5, "tier": "lab", "columns": rules}), b"0" * 32)

    assert set(made.frame["级"]) == {"*"}
    assert "identifying_joined" not in {found.sentence for found in made.findings}


def test_coarse_coordinates_and_numbers_of_things_are_no_persons() -> None:
    assert kind_of("经度", [f"108.{n}" for n in range(90, 99)]) is None
    assert kind_of("设备编号", [f"D{n}" for n in range(20)]) is None
