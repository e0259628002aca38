"""Attacks on sign-in (security.md D 60 to 67); each is refused, and noted where it is tried with a name."""

from __future__ import annotations

import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth import hashers
from django.core.cache import cache
from django.test import Client

from portal.audit.models import AuditEvent
from portal.users.models import User
from tests.people import Province

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def fresh_limits(db: None) -> None:
    """Limits live in the cache."""
    cache.clear()


def sign_in(client: Client, name: str, password: str = PASSWORD, **extra: Any) -> Any:
    return client.post("/accounts/login/", {"login": name, "password": password}, **extra)


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def code_now(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


@pytest.fixture
def guarded(world: Province, auditor: User) -> tuple[User, str]:
    """Return an auditor with an authenticator app."""
    secret = generate_totp_secret()
    TOTP.activate(auditor, secret)
    return auditor, secret


def test_name_is_found_whatever_its_letter_case(official: User) -> None:
    client = Client()

    sign_in(client, "LI.Wei")

    assert is_signed_in(client)
    assert AuditEvent.objects.filter(event="users.signed_in", actor=official).exists()


def test_password_alone_does_not_pass_the_second_factor(guarded: tuple[User, str]) -> None:
    client = Client()

    answer = sign_in(client, "qian.hua")

    assert answer.headers["Location"].startswith("/accounts/2fa/authenticate/")
    assert not is_signed_in(client)
    assert client.get("/audit/").status_code == 302
    client.post("/accounts/2fa/authenticate/", {"code": code_now(guarded[1])})
    assert is_signed_in(client)


def test_code_of_the_app_works_once(guarded: tuple[User, str]) -> None:
    code = code_now(guarded[1])
    first, second = Client(), Client()
    for client in (first, second):
        sign_in(client, "qian.hua")

    first.post("/accounts/2fa/authenticate/", {"code": code})
    second.post("/accounts/2fa/authenticate/", {"code": code})

    assert is_signed_in(first)
    assert not is_signed_in(second)


def test_code_of_the_app_works_once_as_long_as_it_is_taken(
    guarded: tuple[User, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a tolerance a code is valid for three steps, and allauth alone forgets after one that it was used."""
    now = [(int(time.time()) // 30) * 30 + 1.0]
    monkeypatch.setattr(time, "time", lambda: now[0])
    code = format_hotp_value(hotp_value(guarded[1], int(now[0]) // 30 + 1))
    entered = []
    for _ in range(3):
        client = Client()
        sign_in(client, "qian.hua")
        client.post("/accounts/2fa/authenticate/", {"code": code})
        entered.append(is_signed_in(client))
        # What allauth itself remembers lapses with its step.
        cache.delete(f"allauth.mfa.totp.used?user={guarded[0].pk}&code={code}")
        now[0] += 30

    assert entered == [True, False, False]


@pytest.mark.parametrize(("steps", "is_taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_clock_of_the_telephone_may_be_one_step_off(guarded: tuple[User, str], steps: int, is_taken: bool) -> None:
    client = Client()
    sign_in(client, "qian.hua")
    counter = int(time.time()) // 30

    client.post("/accounts/2fa/authenticate/", {"code": format_hotp_value(hotp_value(guarded[1], counter + steps))})

    assert is_signed_in(client) is is_taken


def test_code_is_read_in_full_width_and_in_groups(guarded: tuple[User, str]) -> None:
    client = Client()
    sign_in(client, "ｑｉａｎ。ｈｕａ")
    code = code_now(guarded[1]).translate({ord("0") + digit: ord("０") + digit for digit in range(10)})

    client.post("/accounts/2fa/authenticate/", {"code": f" {code[:3]}　{code[3:]}"})

    assert is_signed_in(client)


def test_code_that_set_the_app_up_does_not_sign_in(world: Province, auditor: User) -> None:
    client = Client()
    sign_in(client, "qian.hua")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    secret = client.get("/accounts/2fa/totp/activate/").context["form"].secret
    code = code_now(secret)
    client.post("/accounts/2fa/totp/activate/", {"code": code})
    assert Authenticator.objects.filter(user=auditor, type="totp").exists()

    again = Client()
    sign_in(again, "qian.hua")
    again.post("/accounts/2fa/authenticate/", {"code": code})

    assert not is_signed_in(again)


def test_guessing_codes_is_slowed_down(guarded: tuple[User, str]) -> None:
    client = Client()
    sign_in(client, "qian.hua")

    answers = [client.post("/accounts/2fa/authenticate/", {"code": "abcdef"}) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_recovery_code_works_once(guarded: tuple[User, str]) -> None:
    code = RecoveryCodes.activate(guarded[0]).get_unused_codes()[0]
    first, second = Client(), Client()
    for client in (first, second):
        sign_in(client, "qian.hua")

    first.post("/accounts/2fa/authenticate/", {"code": code})
    second.post("/accounts/2fa/authenticate/", {"code": code})

    assert is_signed_in(first)
    assert not is_signed_in(second)


@pytest.mark.parametrize("path", ["/admin/login/", "/admin/login/?next=/admin/", "/admin/password_reset/"])
def test_wagtails_own_way_in_leads_to_the_one_login(guarded: tuple[User, str], path: str) -> None:
    client = Client()

    answer = client.post(path, {"username": "qian.hua", "password": PASSWORD, "email": "x@example.org"})

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/login/")
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "path",
    [
        "/admin/users/",
        "/admin/users/new/",
        "/admin/users/edit/1/",
        "/admin/groups/",
        "/admin/groups/new/",
        "/admin/bulk/users/user/delete/",
    ],
)
def test_wagtail_gives_no_rights(world: Province, administrator: User, path: str) -> None:
    Authenticator.objects.create(user=administrator, type="totp", data={"secret": "x"})
    client = Client()
    client.force_login(administrator)

    assert client.get("/admin/").status_code == 200
    assert client.post("/admin/account/", {"name_email-email": "x@example.org"}).headers["Location"] == "/account/"
    assert client.get(path).status_code == 404
    assert client.post(path).status_code == 404


@pytest.mark.parametrize("path", ["/admin/", "/audit/", "/personnel/", "/account/", "/", "/identity/o/authorize"])
def test_staff_without_a_second_factor_get_nowhere(world: Province, administrator: User, path: str) -> None:
    client = Client()
    client.force_login(administrator)

    answer = client.get(path)

    assert answer.headers["Location"] == "/accounts/second-factor/"
    assert client.get("/accounts/second-factor/").status_code == 200
    # Setting a factor up asks for the password again, a door that must stay open.
    assert client.get("/accounts/2fa/totp/activate/", follow=True).status_code == 200
    assert client.post("/accounts/logout/").status_code == 302


def test_staff_keep_their_last_factor(guarded: tuple[User, str]) -> None:
    client = Client()
    sign_in(client, "qian.hua")
    client.post("/accounts/2fa/authenticate/", {"code": code_now(guarded[1])})

    client.post("/accounts/2fa/totp/deactivate/")

    assert Authenticator.objects.filter(user=guarded[0], type="totp").exists()


def test_nobody_signs_up() -> None:
    data = {"username": "intruder", "password1": PASSWORD, "password2": PASSWORD}

    assert Client().get("/accounts/signup/").headers["Location"] == "/accounts/login/"
    assert Client().post("/accounts/signup/", data).status_code == 302
    assert not User.objects.filter(username="intruder").exists()


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "https:evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/%0d%0aX: y",
    ],
)
def test_sign_in_leads_nowhere_else(official: User, target: str) -> None:
    client = Client()

    answer = client.post("/accounts/login/", {"login": "li.wei", "password": PASSWORD, "next": target})

    assert answer.status_code == 302
    assert "evil" not in answer.headers["Location"]
    assert "javascript" not in answer.headers["Location"]
    assert "\n" not in answer.headers["Location"]


def test_session_key_changes_at_sign_in_and_dies_with_the_password(official: User) -> None:
    client = Client()
    client.get("/accounts/login/")
    session = client.session
    session["planted"] = "x"
    session.save()
    before = session.session_key

    sign_in(client, "li.wei")

    assert client.session.session_key != before
    official.set_password("another sentence 2026")
    official.save()
    assert client.get("/account/").status_code == 302


def test_guessing_is_slowed_down_whatever_address_is_claimed(official: User) -> None:
    answers = [
        sign_in(Client(), "li.wei", "wrong", headers={"x-forwarded-for": f"10.0.0.{number}"}) for number in range(6)
    ]
    client = Client()

    right = sign_in(client, "li.wei", headers={"x-forwarded-for": "10.9.9.9"})

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert right.status_code == 429
    assert 0 < int(right.headers["Retry-After"]) <= 300
    assert not is_signed_in(client)
    assert AuditEvent.objects.filter(event="users.sign_in_failed").count() == 5


def test_unknown_and_known_names_look_the_same(official: User) -> None:
    pages = []
    for name in ("li.wei", "no.such"):
        page = sign_in(Client(), name, "wrong")
        text = page.content.decode().replace(name, "NAME")
        pages.append((page.status_code, "密码" in text, text.count("NAME")))

    assert pages[0] == pages[1]


def test_one_hash_for_known_and_unknown_names(official: User, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    encode = hashers.MD5PasswordHasher.encode

    def count(self: Any, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", count)
    counts = []
    for name in ("li.wei", "no.such"):
        hashed.clear()
        sign_in(Client(), name, "wrong")
        counts.append(len(hashed))

    assert counts[0] == counts[1] == 1


def test_slip_page_tells_no_names(official: User) -> None:
    answers = []
    for name in ("li.wei", "no.such"):
        data = {"username": name, "code": "ABCD-2345-EFGH-6789", "password": PASSWORD, "repeated": PASSWORD}
        answer = Client().post("/accounts/first-login/", data)
        answers.append((answer.status_code, [str(e) for e in answer.context["form"].non_field_errors()]))

    assert answers[0] == answers[1]
    assert answers[0][0] == 400


def test_guessing_slips_is_slowed_down(official: User) -> None:
    data = {"username": "li.wei", "code": "ABCD-2345-EFGH-6789", "password": PASSWORD, "repeated": PASSWORD}

    answers = [Client().post("/accounts/first-login/", data) for _ in range(11)]

    assert [answer.status_code for answer in answers] == [400] * 10 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 600


def test_giant_and_forged_names_do_no_harm(official: User) -> None:
    begun = time.monotonic()
    sign_in(Client(), "x" * 2_000_000, "wrong")
    sign_in(Client(), "li.wei\n2026-01-01 INFO forged line", "wrong")

    assert time.monotonic() - begun < 3
    details = [event.details for event in AuditEvent.objects.filter(event="users.sign_in_failed")]
    assert details
    assert all(len(told["unknown_name"]) == 4 and "username" not in told for told in details)


def test_signing_out_takes_a_post_from_here(official: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(official)

    client.get("/accounts/logout/")
    assert client.post("/accounts/logout/").status_code == 403

    assert client.get("/account/").status_code == 200


def test_password_is_reset_by_mail_only_where_mail_is_configured(
    official: User, settings: Any, mailoutbox: Any
) -> None:
    User.objects.filter(pk=official.pk).update(email="li.wei@example.org")

    without = Client().post("/accounts/password/reset/", {"email": "li.wei@example.org"})
    settings.EMAIL_HOST = "mail.example.org"
    Client().post("/accounts/password/reset/", {"email": "li.wei@example.org"})
    Client().post("/accounts/password/reset/", {"email": "stranger@example.org"})
    forged = Client().post(
        "/accounts/password/reset/", {"email": "li.wei@example.org"}, headers={"host": "evil.example"}
    )

    assert without.headers["Location"] == "/accounts/first-login/?forgotten=1"
    assert [message.to for message in mailoutbox] == [["li.wei@example.org"]]
    assert forged.status_code == 400
