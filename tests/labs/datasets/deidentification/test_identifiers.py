"""Identifiers as people write them: the reported ones, their siblings, and what only looks like one."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.detection import LEAST_PRECISION, TARGETS, own_hits, scores, texts_of
from labs.datasets.deidentification.detectors import find
from labs.datasets.deidentification.headings import kind_of_values
from tests.labs.datasets.deidentification.labelled import FULL, luhn

IDENTITY = "610113198804120030"
REPORTED = [
    ("610113 19880412 0030", "id_card"),
    ("610113-19880412-0030", "id_card"),
    ("138.1234.5678", "mobile"),
    ("138\u30001234\u30005678", "mobile"),
    ("138 123 45678", "mobile"),
    ("029 8812 3456", "landline"),
    ("029-8812-3456", "landline"),
    ("陕a12345", "plate"),
    ("陕A 1234 5", "plate"),
    ("WJ陕1234X", "plate"),
    ("回乡证号H12345678", "permit"),
    ("我的13812345678元旦联系", "mobile"),
    ("13812345678", "mobile"),
    (IDENTITY, "id_card"),
]
SIBLINGS = [
    ("6101 1319 8804 1200 30", "id_card"),
    (IDENTITY.translate(FULL), "id_card"),
    ("证件610113 1988 0412 0030已核", "id_card"),
    ("610113.19880412.0030", "id_card"),
    ("610113880412003", "id_card"),
    ("(+86)13812345678", "mobile"),
    ("+86-138-1234-5678", "mobile"),
    ("0086 13812345678", "mobile"),
    ("13812345678".translate(FULL), "mobile"),
    ("一三八一二三四五六七八", "mobile"),
    ("138\u00a01234\u00a05678", "mobile"),
    ("(029)88123456转8012", "landline"),
    ("029-88123456转分机801", "landline"),
    ("\uff08029\uff0988123456", "landline"),
    ("0917-3261234-12", "landline"),
    ("座机88123456", "landline"),
    ("+86 29 88123456", "landline"),
    ("陕AD12345", "plate"),
    ("陕A12345D", "plate"),
    ("陕A·F12345", "plate"),
    ("粤Z1234港", "plate"),
    ("粤Z·1234澳", "plate"),
    ("沪A1234领", "plate"),
    ("使123456", "plate"),
    ("123456使", "plate"),
    ("陕A1234警", "plate"),
    ("陕A1234学", "plate"),
    ("陕A1234挂", "plate"),
    ("京X1234应急", "plate"),
    ("wj陕1234x", "plate"),
    ("台胞证12345678", "permit"),
    ("港澳居民来往内地通行证\uff1aM1234567801", "permit"),
    ("居住证号H12345678", "permit"),
    ("外国人永久居留证USA610012345678", "permit"),
    ("军字第1234567号", "permit"),
    ("护照号EA1234567", "passport"),
    ("护照\uff1aX1234567", "passport"),
    ("G12345678", "passport"),
    (luhn("622848001234567890"), "bank_card"),
    (luhn("436742001234567"), "bank_card"),
    ("a.b+1@mail.example.com.cn", "email"),
    ("微信号wxid_12345678", "wechat"),
    ("加QQ\uff1a123456789", "qq"),
    ("邮编710038", "address"),
]
ADDRESSES = [
    "长安区韦曲街道XX小区3号楼2单元501室",
    "某某村三组",
    "XX路与YY路十字东北角",
    "XX大厦17层",
    "阳光小区３号楼二单元五楼东户",
    "华胥镇新街村",
    "太白南路二十八号院5栋1203",
    "曲江观邸12-2-1503",
    "王家村第三村民小组",
    "中贸广场C座2108室",
    "莲湖区习武园25号院2号楼",
    "渭阳西路副6号",
    "丈八东路汇鑫IBC C座22层",
    "小寨东路赛格国际购物中心5楼",
]
NOBODY = [
    "IMEI 490154203237518",
    "地铁2号线和4号线换乘",
    "小区共有12栋楼",
    "18层以上基本没水",
    "第三组讨论了第5号议案",
    "依据第12号令第三条处理",
    "本楼共33层,两梯六户",
    "一楼大厅的取号机坏了",
    "道路交通指挥中心3楼",
    "住院号 0012345678",
    "居住在农村和城镇的人员",
    "社区矫正对象居住地社区矫正机构",
    "会同住房城乡建设部门",
    "铁路、公路交叉处应当设置标志",
    "姓名:不详",
    "联系人:物业公司",
    "使123456人受益",
]


@pytest.mark.parametrize(("text", "kind"), REPORTED + SIBLINGS)
def test_identifier_is_found_as_people_write_it(text: str, kind: str) -> None:
    assert {hit.kind for hit in find(f"登记\uff1a{text}\u3002")} == {kind}


@pytest.mark.parametrize("text", ADDRESSES)
@pytest.mark.parametrize("frame", ["{}", "昨天下午在{}发现路灯不亮\u3002", "家住{}\uff0c来电反映噪声"])
def test_address_in_words_is_covered_wholly(text: str, frame: str) -> None:
    written = frame.format(text)

    hits = find(written)

    covered = {place for hit in hits if hit.kind == "address" for place in range(hit.start, hit.end)}
    start = written.index(text)
    assert covered.issuperset(range(start, start + len(text))), [(h.kind, written[h.start : h.end]) for h in hits]


@pytest.mark.parametrize("text", NOBODY)
def test_what_only_looks_like_an_identifier_is_left_alone(text: str) -> None:
    assert find(text) == []


def test_organizations_code_is_no_persons_number() -> None:
    assert [hit.kind for hit in find("统一社会信用代码91350100M000100Y43")] == ["credit_code"]


@pytest.mark.parametrize(
    "values",
    [["6.10113E+17", "6.10114E+17", "3.10104E+17"] * 4, [f"61011319880412{n}000"[:15] + "000" for n in range(12)]],
)
def test_column_that_a_spreadsheet_damaged_is_still_one_of_identity_numbers(values: list[str]) -> None:
    labels = sorted({*values, *(value.replace("13", "15") for value in values), "5.00112E+17", "4.40305E+17"})

    assert kind_of_values(labels) == "id_number"


@pytest.mark.parametrize("split", ["open", "apart"])
def test_detectors_reach_their_targets_on_texts_made_anew(split: str, tmp_path: Path) -> None:
    regions = tmp_path / "regions.csv"
    rows = [
        "610000,province,,陕西省",
        "610100,city,610000,西安市",
        "610113,county,610100,雁塔区",
        "610116,county,610100,长安区",
    ]
    rows += [
        "410000,province,,河南省",
        "410100,city,410000,郑州市",
        "410122,county,410100,中牟县",
        "410102,county,410100,中原区",
    ]
    regions.write_text("\n".join(["code,level,parent,name", *rows]), "utf-8")
    texts = texts_of(split, 900, 77, regions)

    found = scores(texts, own_hits(texts)[0])

    for kind, least in TARGETS.items():
        assert found["recall"][kind] >= least, found["wrong"]
    assert found["precision"] >= LEAST_PRECISION, found["wrong"]


@pytest.mark.parametrize(
    "text",
    [
        "150.00000001", "占用150.00000001平方米", "误差为-150.00000001", "150.00000001e-3", "138.12345678，138.12345679", "13812345678e3",
        "0.610113198804120030", "610113.198804120030", "0.622202100012345678", "用电13812345678千瓦时", "增长13812345678%", "150.00000001".translate(FULL),
    ],
)  # fmt: skip
def test_decimal_number_and_measurement_are_no_identifier(text: str) -> None:
    assert find(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("138.1234.5678", "138.1234.5678"), ("电话：138.12345678，请回电", "138.12345678"), (f"3.{IDENTITY}", IDENTITY),
        ("610113.19880412.0030", "610113.19880412.0030"), ("x=150.00000001, 电话13812345678.", "13812345678"), ("壹三捌一二三四伍六七捌", "壹三捌一二三四伍六七捌"),
    ],
)  # fmt: skip
def test_identifier_with_points_is_still_one(text: str, value: str) -> None:
    assert [text[hit.start : hit.end] for hit in find(text)] == [value]


def test_column_of_decimal_numbers_holds_no_telephones() -> None:
    assert kind_of_values([f"1{30 + n}.{12345670 + n}" for n in range(9)]) is None
    assert kind_of_values([f"1{30 + n}.1234.{5670 + n}" for n in range(9)]) == "phone"
