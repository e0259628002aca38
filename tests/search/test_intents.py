"""Queries as people type them, and what they ask for."""

from __future__ import annotations

import pytest

from search.amounts import other_scripts
from search.intents import ClauseReference, IntentKind, StaffWords, read_intent, variants_of, without_question_words
from search.names import (
    Reading,
    dictionary_initials,
    dictionary_spellings,
    initials_of,
    misspelled_part,
    number_key,
    pinyin_of,
    title_key,
    title_keys,
)
from search.numerals import read_numeral, write_numeral


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("智慧城市", IntentKind.KEYWORD),
        ("网吧管理", IntentKind.KEYWORD),
        ("第二十七条", IntentKind.KEYWORD),
        ("关于加快推进全省新型智慧城市建设的指导意见", IntentKind.KEYWORD),
        ("部门之间怎么共享数据?", IntentKind.QUESTION),
        ("员工被拖欠工资，可以向哪里投诉", IntentKind.KEYWORD),
        ("网吧可以接纳未成年人吗", IntentKind.QUESTION),
        ("shu ju an quan fa", IntentKind.PINYIN),
        ("sjaqf", IntentKind.PINYIN),
        ("发改数据〔2024〕660号", IntentKind.NUMBER),
        ("GB/T 33356", IntentKind.NUMBER),
        ("数据安全法 27条", IntentKind.CLAUSE),
        ("python3.11", IntentKind.KEYWORD),
    ],
)
def test_a_query_is_understood(query: str, kind: IntentKind) -> None:
    assert read_intent(query).kind == kind


@pytest.mark.parametrize(
    ("query", "reference"),
    [
        ("《数据安全法》第二十七条", ClauseReference("数据安全法", "27")),
        ("数据安全法27条", ClauseReference("数据安全法", "27")),
        ("数据安全法第２７条", ClauseReference("数据安全法", "27")),
        ("刑法第一百二十条之一", ClauseReference("刑法", "120-1")),
        ("个人信息保护法第13条第2款第（三）项", ClauseReference("个人信息保护法", "13", 2, 3)),
        ("数据安全法第二十七条规定了什么？", ClauseReference("数据安全法", "27")),
        ("《民法典》的第一千条", ClauseReference("民法典", "1000")),
    ],
)
def test_a_clause_is_read_in_both_scripts(query: str, reference: ClauseReference) -> None:
    assert read_intent(query).clause == reference


def test_every_article_number_is_read_as_it_is_written() -> None:
    assert all(read_numeral(write_numeral(number)) == number for number in range(10_000))
    assert [write_numeral(number) for number in (10, 27, 101, 110, 1001)] == [
        "十",
        "二十七",
        "一百零一",
        "一百一十",
        "一千零一",
    ]
    assert (read_numeral("二〇二二"), read_numeral("两百"), read_numeral("万"), read_numeral("十千"), read_numeral("")) == (
        2022, 200, None, None, None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("第27条", ["第二十七条"]),
        ("第二十七条", ["第27条"]),
        ("2022年", []),
        ("一网通办", []),
        ("5g基站", []),
        ("pm2.5", []),
    ],
)
def test_numbers_are_written_the_other_way_only_where_people_do(text: str, others: list[str]) -> None:
    assert other_scripts(text) == others


@pytest.mark.parametrize(
    "number", ["发改数据〔2024〕660号", "发改数据[2024]660 号", "发改数据（２０２４）660号", "发改数据2024年第660号"]
)
def test_a_document_number_is_one_whatever_its_brackets(number: str) -> None:
    assert number_key(number) == "发改数据-2024-660"


def test_standards_orders_and_other_texts_are_told_apart() -> None:
    assert number_key("GB/T 33356-2022") == number_key("gbt33356—2022") == "gbt33356-2022"
    assert number_key("国务院令第809号") == "国务院令-809"
    assert number_key("智慧城市") == number_key("") == ""


def test_a_title_is_known_whole_and_without_its_additions() -> None:
    assert title_keys("中华人民共和国宪法修正案（1993年）") == ("宪法修正案1993年", "宪法修正案")
    assert title_keys("《数据安全法》") == ("数据安全法",)
    assert title_key("Ｓｍａｒｔ　City!") == "smartcity"


def test_pinyin_and_initials() -> None:
    assert (pinyin_of("数据安全法"), initials_of("数据安全法")) == ("shujuanquanfa", "sjaqf")
    assert initials_of("5g基站条例") == "5gjztl"
    assert misspelled_part("智慧城市促进条例", "智汇城市") == "智慧城市"
    assert misspelled_part("智慧城市促进条例", "智慧城市") == ""


def test_a_reading_of_the_staff_leads_to_the_dictionarys() -> None:
    readings = [Reading("会计", "hui ji")]

    assert dictionary_spellings("huijifa", readings) == ("huijifa", "kuaijifa")
    assert dictionary_initials("hjf", readings) == ("hjf", "kjf")


def test_synonyms_make_variants_and_short_ones_stand_alone() -> None:
    words = StaffWords(synonyms=(("智慧城市", "城市大脑", "CIM"),), one_way=(("个保法", "个人信息保护法"),))

    assert variants_of("智慧城市建设", words) == ["智慧城市建设", "城市大脑建设", "cim建设"]
    assert variants_of("个保法", words) == ["个保法", "个人信息保护法"]
    assert variants_of("个人信息保护法", words) == ["个人信息保护法"]
    assert variants_of("cimon", words) == ["cimon"]


def test_a_question_is_about_what_is_left_without_its_asking() -> None:
    assert without_question_words("公共数据如何共享?") == "公共数据 共享"
    assert without_question_words("怎么办?") == "怎么办?"
