"""What was sent without a sign-in is offered again on its page, to its owner only; refused forms say why."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from portal.users.interrupted import LONGEST, SESSION_KEY
from portal.users.models import User
from tests.people import Province

PASSWORD = "correct horse battery"
PAGE = "/certificates/"
BACK = {"Referer": f"http://testserver{PAGE}", "Accept": "text/html"}


def token(client: Client) -> str:
    """Return the form token that a browser has in its cookie."""
    client.get("/accounts/login/")
    return client.cookies["csrftoken"].value


def sign_in(client: Client, who: User, to: str = "/") -> Any:
    form = {"login": who.username, "password": PASSWORD, "next": to, "csrfmiddlewaretoken": token(client)}
    response = client.post("/accounts/login/", form)
    assert response.status_code == 302, response.content.decode()
    return response


def act(client: Client, address: str, fields: dict[str, Any], **headers: str) -> Any:
    data = {"csrfmiddlewaretoken": client.cookies["csrftoken"].value, **fields}
    return client.post(address, data, headers={**BACK, **headers})


@pytest.fixture
def browser(db: None) -> Client:
    return Client(enforce_csrf_checks=True)


def test_a_form_without_any_cookie_leads_to_the_sign_in(browser: Client) -> None:
    answer = browser.post(reverse("search:save"), {"q": "数据"}, headers=BACK)

    assert answer.status_code == 403
    text = answer.content.decode()
    assert "请先登录" in text
    assert "/accounts/login/?next=/certificates/" in text


def test_after_the_sign_in_the_act_is_offered_on_its_page_with_its_data(browser: Client, official: User) -> None:
    save = reverse("search:save")
    sign_in(browser, official)
    del browser.cookies["sessionid" if "sessionid" in browser.cookies else "chengxue"]

    response = act(browser, save, {"q": '数据 "要素"', "kind": ["a", "b"]})
    assert response.headers["Location"] == "/accounts/login/?next=/certificates/"
    assert sign_in(browser, official, PAGE).headers["Location"] == PAGE

    page = browser.get(PAGE).content.decode()
    assert f'action="{save}"' in page
    assert 'name="q" value="数据 &quot;要素&quot;"' in page
    assert page.count('name="kind" value="') == 2
    assert "尚未完成：保存搜索" in page
    assert "<li>数据 &quot;要素&quot;</li>" in page, "what will be sent is shown"
    assert 'csrfmiddlewaretoken" value="' + browser.cookies["csrftoken"].value not in page  # a token of its own, masked
    assert save not in browser.get("/learning/").content.decode()

    assert act(browser, save, {"q": "数据"}).status_code in (302, 200)
    assert SESSION_KEY not in browser.session


def test_what_one_person_sent_is_never_offered_to_another(browser: Client, official: User, technician: User) -> None:
    sign_in(browser, official)
    del browser.cookies["chengxue"]
    act(browser, reverse("search:save"), {"q": "保密"})
    sign_in(browser, technician, PAGE)

    assert "保密" not in browser.get(PAGE).content.decode()
    assert SESSION_KEY not in browser.session


@pytest.mark.parametrize("case", ["file", "long"])
def test_what_cannot_be_kept_is_said(browser: Client, official: User, case: str) -> None:
    token(browser)
    fields = {"q": "x" * (LONGEST + 1)} if case == "long" else {"q": "kept", "file": SimpleUploadedFile("a.csv", b"1")}
    act(browser, reverse("search:save"), fields)
    sign_in(browser, official, PAGE)

    page = browser.get(PAGE).content.decode()
    assert ("文件无法代为保留" if case == "file" else "太长") in page
    assert "再次提交" not in page


def test_passwords_and_what_scripts_send_are_not_kept(browser: Client, official: User) -> None:
    token(browser)
    act(browser, "/accounts/password/change/", {"oldpassword": "secret", "password1": "secret2"})
    assert SESSION_KEY not in browser.session

    act(browser, reverse("search:save"), {"q": "x"}, **{"Sec-Fetch-Mode": "cors"})
    assert SESSION_KEY not in browser.session

    act(browser, reverse("search:save"), {"q": "x", "new_password": "secret"})
    assert "secret" not in str(browser.session[SESSION_KEY])


def test_another_site_is_no_place_to_come_back_to(browser: Client) -> None:
    token(browser)
    response = act(browser, reverse("search:save"), {"q": "x"}, Referer="https://evil.example/x")

    assert response.headers["Location"] == "/accounts/login/?next=/accounts/interrupted/"


def test_a_form_of_somebody_else_says_that_another_has_signed_in(
    browser: Client, official: User, technician: User
) -> None:
    sign_in(browser, official)
    old = browser.cookies["csrftoken"].value
    del browser.cookies["chengxue"]
    sign_in(browser, technician)

    response = browser.post(reverse("search:save"), {"q": "x", "csrfmiddlewaretoken": old}, headers=BACK)

    assert response.status_code == 403
    assert "王芳" in response.content.decode()
    assert "其间已有他人登录" in response.content.decode()


def test_ones_own_form_of_before_a_new_sign_in_is_offered_again(browser: Client, official: User) -> None:
    sign_in(browser, official)
    old = browser.cookies["csrftoken"].value
    del browser.cookies["chengxue"]
    sign_in(browser, official)

    response = browser.post(reverse("search:save"), {"q": "旧表单", "csrfmiddlewaretoken": old}, headers=BACK)

    assert response.headers["Location"] == PAGE
    assert "旧表单" in browser.get(PAGE).content.decode()


def test_the_sign_in_form_of_a_second_tab_says_that_one_is_signed_in(browser: Client, official: User) -> None:
    old = token(browser)
    sign_in(browser, official)
    form = {"login": official.username, "password": PASSWORD, "csrfmiddlewaretoken": old, "next": PAGE}
    response = browser.post("/accounts/login/", form, headers=BACK)

    assert "您已经登录" in response.content.decode()
    assert f'href="{PAGE}"' in response.content.decode()
    stranger = browser.post("/accounts/login/", {**form, "next": "//evil.example/"}, headers=BACK)
    assert "evil.example" not in stranger.content.decode()


def test_a_form_of_nobody_known_is_still_refused(browser: Client, official: User) -> None:
    sign_in(browser, official)
    for forged in ("", "a" * 64, "b" * 32, "é", "x" * 10):
        response = browser.post(reverse("search:save"), {"q": "x", "csrfmiddlewaretoken": forged}, headers=BACK)
        assert response.status_code == 403
        assert SESSION_KEY not in browser.session


def test_an_address_that_can_only_be_posted_to_has_a_page(client: Client, world: Province, official: User) -> None:
    client.force_login(official)
    for language, words in (("zh-hans", "只供页面上的按钮使用"), ("en", "end of a button")):
        client.cookies["django_language"] = language
        response = client.get(reverse("search:save"), headers={"Accept": "text/html"})
        assert response.status_code == 405
        assert response.headers["Allow"] == "POST"
        assert words in response.content.decode()
    assert client.get(reverse("search:save"), headers={"Accept": "application/json"}).content == b""
