"""Chinese direct identifiers are found where they stand, and look-alikes are left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from labs.datasets.deidentification import detectors
from labs.datasets.deidentification.detectors import find, redact
from tests.labs.datasets.deidentification.labelled import GENERATED, TEXTS, UNSEEN, labelled_texts, scores


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("身份证11010519491231002X已登记", "id_card", "11010519491231002X"),
        ("身份证11010519491231002x", "id_card", "11010519491231002x"),
        ("回电13812345678谢谢", "mobile", "13812345678"),
        ("回电+86 138-1234-5678", "mobile", "+86 138-1234-5678"),
        ("座机029-85123456", "landline", "029-85123456"),
        ("车牌陕A12345停在路口", "plate", "陕A12345"),
        ("新能源车陕AD12345", "plate", "陕AD12345"),
        ("护照E12345678", "passport", "E12345678"),
        ("卡号6222021234567890128", "bank_card", "6222021234567890128"),
        ("邮箱li.wei@example.com.cn回复", "email", "li.wei@example.com.cn"),
        ("西安市科技路10号3号楼2单元1203室", "address", "西安市科技路10号3号楼2单元1203室"),
        ("樱花小区3栋2单元501室", "address", "樱花小区3栋2单元501室"),
        ("我叫王小明,反映噪声", "name", "王小明"),
        ("请打我手机幺三九,一二三四,五六七八", "mobile", "幺三九,一二三四,五六七八"),
        ("身份证一一零一零五一九四九一二三一零零二X", "id_card", "一一零一零五一九四九一二三一零零二X"),
        ("加VX:abc_12345聊", "wechat", "abc_12345"),
        ("扣扣12345678", "qq", "12345678"),
        ("请王建国局长到场", "name", "王建国"),
        ("和李秀兰一起", "name", "李秀兰"),
        ("联系人:欧阳明华,电话", "name", "欧阳明华"),
        ("联系人\uff1a李伟\uff0c电话", "name", "李伟"),
    ],
)
def test_identifier_is_found_at_its_place(text: str, kind: str, value: str) -> None:
    hits = [(hit.kind, text[hit.start : hit.end]) for hit in find(text)]

    assert hits == [(kind, value)]


@pytest.mark.parametrize(
    "text",
    [
        "110105194912310021",  # wrong check digit
        "110105194913310025",  # no such month
        "6222021234567890127",  # wrong Luhn digit
        "13812345",
        "12812345678",
        "订单号20240101123456789",
        "圆周率3.14159265358979",
        "2024年5月1日路灯不亮",
        "Bachelors",
        "",
        "公园路灯坏了",
        "合计一二三四五六七八九十",
        "身份证一一零一零五一九四九一二三一零零二一",  # wrong check digit
        "全国人民代表大会常务委员会",
        "由林业主管部门许可",
    ],
)
def test_look_alike_is_left_alone(text: str) -> None:
    assert find(text) == []


def test_full_width_digits_are_digits() -> None:
    text = "电话" + "".join(chr(0xFEE0 + ord(character)) for character in "13812345678")

    assert [(hit.kind, hit.start, hit.end) for hit in find(text)] == [("mobile", 2, 13)]


def test_redaction_names_the_same_value_alike() -> None:
    assert redact("13812345678转13912345678,再打13812345678") == "【手机号1】转【手机号2】,再打【手机号1】"


def test_redacted_text_holds_nothing_more() -> None:
    assert find(redact("我叫王小明,身份证11010519491231002X,住樱花小区3栋2单元501室,车牌陕A12345")) == []


@pytest.mark.parametrize(("path", "least_of_names"), [(TEXTS, 0.9), (UNSEEN, 0.85), (GENERATED, 0.7)])
def test_precision_and_recall_on_labelled_texts(path: Path, least_of_names: float) -> None:
    texts = labelled_texts(path)

    table, wrong = scores(texts)

    assert len(texts) >= (300 if path == TEXTS else 40)
    for kind, found in table.items():
        assert found["precision"] >= 0.98, (kind, wrong)
        assert found["recall"] >= (least_of_names if kind == "name" else 0.75 if kind in ("qq", "wechat") else 0.95), (
            kind,
            wrong,
        )


def test_numbers_of_the_labelled_texts_are_valid() -> None:
    for one in labelled_texts():
        for kind, start, end in one.marks:
            text = one.text[start:end].translate(detectors.FULL_WIDTH)
            if kind == "id_card" and len(text) == 18:
                assert detectors.is_id_card(text)
            if kind == "bank_card":
                assert detectors.passes_luhn(text)
