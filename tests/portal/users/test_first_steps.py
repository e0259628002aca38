"""The first steps of somebody new: the name need not be typed twice, codes are called what they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.test import Client
from django.urls import get_resolver
from django.utils import timezone
from django.utils.translation import override

from portal.users.actions import make_password_slip
from portal.users.interrupted_acts import ACTS, act_name
from portal.users.models import User
from tests.people import Province

BACKEND = "portal.users.backends.CaseInsensitiveBackend"
PASSWORD = "我的新密码 2026 年"


def test_the_login_name_of_the_slip_stands_in_the_form(world: Province, official: User, client: Client) -> None:
    code = make_password_slip(user=official, by=None, at=timezone.now())
    typed = {"username": official.username, "code": code, "password": PASSWORD, "repeated": PASSWORD}

    page = client.post("/accounts/first-login/", typed, follow=True).content.decode()
    elsewhere = Client().get("/accounts/login/").content.decode()
    signed = client.post("/accounts/login/", {"login": official.username, "password": PASSWORD})

    assert f'name="login" value="{official.username}"' in page
    assert f'value="{official.username}"' not in elsewhere
    assert signed.status_code == 302


def test_a_code_of_the_app_is_called_so_and_no_password_is_asked_again_after_the_sign_in(
    world: Province, official: User, client: Client
) -> None:
    client.post("/accounts/login/", {"login": official.username, "password": "correct horse battery"})
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 14 * 60
    session.save()

    page = client.get("/accounts/2fa/totp/activate/")
    for record in session["account_authentication_methods"]:
        record["at"] -= 2 * 60
    session.save()
    later = client.get("/accounts/2fa/totp/activate/")

    assert later.status_code == 302 and "reauthenticate" in later.headers["Location"]
    assert page.status_code == 200
    assert ">动态验证码</label>" in page.content.decode().replace("\n", "")
    assert 'placeholder="代码"' not in page.content.decode()


def view_names(patterns: Any, before: str = "") -> Iterator[str]:
    for one in patterns:
        if hasattr(one, "url_patterns"):
            yield from view_names(one.url_patterns, f"{before}{one.namespace}:" if one.namespace else before)
        elif one.name:
            yield before + one.name


def test_every_interrupted_act_that_has_a_name_exists_and_has_chinese_words() -> None:
    with override("zh-hans"):
        english = [view for view in ACTS if act_name(view).isascii()]

    assert not english
    assert not ACTS.keys() - set(view_names(get_resolver().url_patterns))
    assert act_name("nowhere:else") == ""
