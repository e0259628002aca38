"""One form for what is typed in many dresses; what no later format can hold is refused in words."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from portal.audit.spreadsheet import table_csv, table_workbook
from portal.users.actions import make_password_slip, set_password_with_slip
from portal.users.models import User
from portal.users.naming import called
from portal.writing import OLDER, code_form, name_form, name_key, unwritable
from tests.people import AT, Province

DATA = Path(os.environ.get("CHENGXUE_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
CASES = {
    "serials": [
        "ＺＨＺＬ－２０２６－０００００１",
        "ZHZL—2026—000001",
        "ZHZL–2026–000001",
        " zhzl - 2026 - 000001 ".upper(),
    ],
    "names": [f"阿卜杜拉{dot}买买提" for dot in "·•・･．.‧∙"] + ["阿卜杜拉 · 买买提", "\u200b阿卜杜拉·买买提\ufeff"],
    "login names": ["ｌｉ．ｗｅｉ", "li。wei", "li．wei", "li.wei\u200b", " li.wei\u3000"],
}


@pytest.mark.parametrize("typed", CASES["serials"])
def test_numbers_have_one_form(typed: str) -> None:
    assert code_form(typed) == "ZHZL-2026-000001"


@pytest.mark.parametrize("typed", CASES["names"])
def test_names_have_one_form_and_one_key(typed: str) -> None:
    assert name_form(typed) == "阿卜杜拉·买买提"
    assert name_key(typed) == name_key("阿卜杜拉·买买提")


def test_names_that_differ_stay_apart_and_foreign_ones_keep_their_blanks() -> None:
    assert name_key("李伟") != name_key("李玮")
    assert name_form("John  A. Smith") == "John A. Smith"
    assert name_form("李　伟") == "李伟"


def test_characters_of_older_encodings_are_the_real_ones() -> None:
    assert len(OLDER) == 105
    assert name_form("王\ue863") == "王䶮"
    assert not [code for code, character in OLDER.items() if unwritable(character)]


@pytest.mark.parametrize("bad", ["\uffff", "\ufffe", "\u202e", "\u200f", "\ue000", "\x07", "\U0003ffff", "\u0378"])
def test_what_no_format_holds_is_found(bad: str) -> None:
    assert unwritable(f"王{bad}芳") == bad


@pytest.mark.parametrize("good", ["𭁈", "𱍐", "བོད", "ᠮᠣᠩ", "é", "😀", "葛\U000e0100", "a\tb\n"])
def test_what_is_only_rare_is_let_in(good: str) -> None:
    assert unwritable(good) == ""


@pytest.mark.parametrize("typed", CASES["login names"])
def test_a_login_name_signs_in_however_it_was_typed(client: Client, official: User, typed: str) -> None:
    response = client.post("/accounts/login/", {"login": typed, "password": "correct horse battery"})

    assert response.status_code == 302


def test_another_dress_of_a_login_name_is_no_fresh_start_for_the_limit(client: Client, official: User) -> None:
    for typed in CASES["login names"][:5]:
        client.post("/accounts/login/", {"login": typed, "password": "wrong"})
    response = client.post("/accounts/login/", {"login": "li.wei", "password": "correct horse battery"})

    assert response.status_code != 302


def test_a_slip_is_taken_in_full_width(official: User, administrator: User) -> None:
    code = make_password_slip(user=official, by=administrator, at=AT)
    wide = "".join(chr(ord(character) + 0xFEE0) for character in code)

    assert set_password_with_slip(username="ｌｉ．ｗｅｉ", code=wide, password="ein langer satz", at=AT) == official


def test_people_are_found_by_any_dress_of_their_name(world: Province) -> None:
    person = world.person("abd.mmt", "阿卜杜拉•买买提", world.department_a)
    for typed in (*CASES["names"], "买买提", "ａｂｄ．ｍｍｔ", "卜杜拉・买"):
        assert list(User.objects.filter(called(typed))) == [person], typed
    assert not User.objects.filter(called("买买江")).exists()
    assert User.objects.filter(called("")).count() == User.objects.count()


@pytest.fixture
def keeper(client: Client, administrator: User) -> Client:
    Authenticator.objects.create(user=administrator, type=Authenticator.Type.TOTP, data={"secret": "x"})
    client.force_login(administrator)
    return client


def new_account(keeper: Client, world: Province, **changed: Any) -> Any:
    fields = {
        "username": "ｗａｎｇ。ｘｕ", "name": "王　旭", "organization": world.department_a.pk,
        "position": world.position.pk, "start_date": "2026-11-01", "email": "",
    }  # fmt: skip
    return keeper.post(reverse("organizations:account_new"), {**fields, **changed})


def test_an_account_is_made_in_one_form(keeper: Client, world: Province) -> None:
    new_account(keeper, world)
    assert User.objects.get(username="wang.xu").name == "王旭"


@pytest.mark.parametrize("bad", ["王\uffff芳", "王\u202e芳", "王\ue000芳"])
def test_an_account_with_an_impossible_name_is_refused_in_words(keeper: Client, world: Province, bad: str) -> None:
    response = new_account(keeper, world, name=bad)

    assert not User.objects.filter(username="wang.xu").exists()
    assert "有字符无法保存" in response.content.decode()


def test_a_bad_name_that_is_stored_breaks_no_export(keeper: Client, world: Province) -> None:
    world.person("wang.b", "王\uffff芳", world.department_a)
    response = keeper.get(reverse("hr:export"))
    body = b"".join(response) if response.streaming else response.content

    assert response.status_code == 200
    sheet = load_workbook(io.BytesIO(body)).worksheets[0]
    names = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    assert "王芳" in names


def test_tables_leave_out_what_xml_cannot_hold() -> None:
    bad = "a\ufffe\uffff\x0b" + "b"
    assert "\uffff" not in table_csv(["x"], [[bad]])
    book = load_workbook(io.BytesIO(table_workbook(["x"], [[bad]], widths=[10], title="t\uffff")))
    assert book.active is not None
    assert book.active["A2"].value == "ab"


def test_the_cases_that_people_reported() -> None:
    file = DATA.parent / "cases" / "portal" / "names.json"
    if not file.is_file():
        pytest.skip("the reported cases are not part of this checkout")
    cases = json.loads(file.read_text("utf-8"))
    names = cases["lookup_name_variants"]
    assert {name_key(typed) for typed in names["typed"]} == {name_key(names["printed"])}
    assert {code_form(typed) for typed in cases["sign_in_name_variants"]["typed"]} == {"li.wei"}
