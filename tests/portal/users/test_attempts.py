"""Guessing is slow, and nobody's guesses keep somebody else out."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from portal.audit.models import AuditEvent
from portal.users import attempts, middleware
from portal.users.actions import make_password_slip
from portal.users.limits import tell_to_wait
from portal.users.middleware import WaitingMiddleware
from portal.users.models import User
from tests.people import AT, Province

PASSWORD = "correct horse battery"
OFFICE, ELSEWHERE = "10.0.0.1", "198.51.100.7"


@pytest.fixture(autouse=True)
def fresh_limits(db: None) -> None:
    """Limits live in the cache."""
    cache.clear()


@pytest.fixture(autouse=True)
def one_stretch(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the number of the present stretch of time, which does not change by itself while a test runs."""
    present = [1]
    monkeypatch.setattr("portal.users.limits.stretch", lambda _: present[0])
    return present


def sign_in(name: str, password: str = PASSWORD, address: str = OFFICE, client: Client | None = None) -> Any:
    return (client or Client()).post("/accounts/login/", {"login": name, "password": password}, REMOTE_ADDR=address)


def guess(name: str, times: int, address: str) -> list[int]:
    return [sign_in(name, f"wrong {number}", address).status_code for number in range(times)]


def test_a_room_of_sixty_signs_in_behind_one_address_at_once(world: Province) -> None:
    names = [f"person{number}" for number in range(60)]
    for name in names:
        world.person(name, "学员", world.department_a)
    begun = time.monotonic()

    answers = [sign_in(name).status_code for name in names]

    assert answers == [302] * 60
    assert AuditEvent.objects.filter(event="users.signed_in").count() == 60
    # With the cheap hash of the tests: what the limits cost does not grow with those who came before.
    assert time.monotonic() - begun < 30


def test_a_room_that_all_mistypes_once_signs_in_too(world: Province) -> None:
    names = [f"person{number}" for number in range(60)]
    for name in names:
        world.person(name, "学员", world.department_a)
    for name in names:
        sign_in(name, "wrong")

    assert [sign_in(name).status_code for name in names] == [302] * 60


def test_a_named_officer_is_not_kept_out_from_elsewhere(official: User) -> None:
    for number in range(40):
        guess("li.wei", 2, f"198.51.100.{number}")

    assert sign_in("li.wei", address=OFFICE).status_code == 302


def test_an_officer_who_mistypes_under_attack_still_has_a_second_try(official: User) -> None:
    for number in range(40):
        guess("li.wei", 2, f"198.51.100.{number}")

    assert [sign_in("li.wei", "wrong").status_code, sign_in("li.wei").status_code] == [200, 302]


def test_a_known_browser_signs_in_although_the_own_office_guesses(official: User) -> None:
    browser = Client()
    sign_in("li.wei", client=browser)
    browser.post("/accounts/logout/")
    guesses = guess("li.wei", 20, OFFICE)

    assert guesses[-1] == 429
    assert sign_in("li.wei").status_code == 429
    assert sign_in("li.wei", client=browser).status_code == 302


def test_guesses_at_made_up_names_keep_nobody_out(official: User) -> None:
    for number in range(attempts.PER_ADDRESS[0] + 20):
        sign_in(f"guess{number}", "wrong")

    assert sign_in("li.wei").status_code == 302


def test_spraying_from_one_address_leaves_two_guesses_a_name(official: User) -> None:
    for number in range(attempts.PER_ADDRESS[0]):
        sign_in(f"guess{number}", "wrong")

    assert guess("li.wei", 3, OFFICE) == [200, 200, 429]
    # Elsewhere nothing changed.
    assert guess("wang.fang", 6, ELSEWHERE) == [200] * 5 + [429]


def test_many_addresses_have_two_guesses_each_at_one_name(official: User) -> None:
    for number in range(attempts.PER_NAME[0]):
        guess("li.wei", 1, f"198.51.100.{number}")

    assert guess("li.wei", 3, "203.0.113.5") == [200, 200, 429]


def test_guesses_at_once_do_not_slip_past_the_count(official: User) -> None:
    """Places are taken before the password is looked at."""
    request = Client().post("/accounts/login/", {}).wsgi_request
    begun = [attempts.Attempt(request, "li.wei") for _ in range(12)]

    assert [attempt.may_be_made() for attempt in begun] == [True] * 5 + [False] * 7


def test_right_passwords_do_not_help_a_guesser(official: User, technician: User) -> None:
    """A success hands back its own place, never those of the failures before it."""
    answers = []
    for _ in range(6):
        answers.append(guess("wang.fang", 1, OFFICE)[0])
        sign_in("li.wei")

    assert answers == [200] * 5 + [429]


def test_a_name_is_counted_whatever_its_dress(official: User) -> None:
    for name in ("li.wei", "LI.WEI", " li.wei ", "ｌｉ．ｗｅｉ", "li。wei"):
        sign_in(name, "wrong")

    assert sign_in("Li.Wei").status_code == 429


def test_a_known_browser_has_ten_guesses_and_is_one_persons(official: User, technician: User) -> None:
    browser = Client()
    sign_in("li.wei", client=browser)
    browser.post("/accounts/logout/")

    own = [sign_in("li.wei", "wrong", client=browser).status_code for _ in range(16)]
    others = [sign_in("wang.fang", "wrong", client=browser).status_code for _ in range(6)]

    assert own == [200] * 15 + [429]
    assert others == [200] * 5 + [429]


@pytest.mark.parametrize("change", ["swapcase", "reversed", "foreign"])
def test_a_made_up_browser_is_not_known(official: User, technician: User, change: str) -> None:
    browser, foreign = Client(), Client()
    sign_in("li.wei", client=browser)
    sign_in("wang.fang", client=foreign)
    real = browser.cookies[attempts.DEVICE_COOKIE].value
    made = {
        "swapcase": real.swapcase(),
        "reversed": "~".join([real[::-1]] * 20),
        "foreign": foreign.cookies[attempts.DEVICE_COOKIE].value,
    }[change]
    attacker = Client()
    attacker.cookies[attempts.DEVICE_COOKIE] = made

    answers = [sign_in("li.wei", "wrong", ELSEWHERE, attacker).status_code for _ in range(6)]

    assert answers == [200] * 5 + [429]


def test_the_cookie_names_nobody_and_knows_a_training_room(world: Province) -> None:
    browser = Client()
    for number in range(12):
        world.person(f"person{number}", "学员", world.department_a)
        sign_in(f"person{number}", client=browser)
        browser.post("/accounts/logout/")
    cookie = browser.cookies[attempts.DEVICE_COOKIE]

    assert "person" not in cookie.value
    assert cookie.value.count("~") + 1 == attempts.MOST_DEVICES
    assert len(cookie.value) < 1000
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    guess("person11", 6, OFFICE)
    assert sign_in("person11", client=browser).status_code == 302


def test_a_right_slip_passes_however_many_wrong_ones_came(official: User, administrator: User) -> None:
    code = make_password_slip(user=official, by=administrator, at=AT.now(AT.tzinfo))
    wrong = {
        "username": "li.wei",
        "code": "ABCD-2345-EFGH-6789",
        "password": "a new sentence",
        "repeated": "a new sentence",
    }
    refused = [
        Client().post("/accounts/first-login/", {**wrong, "username": name}, REMOTE_ADDR=OFFICE)
        for name in ["li.wei"] * 30 + [f"other{number}" for number in range(130)]
    ]

    right = Client().post("/accounts/first-login/", {**wrong, "code": code.lower()}, REMOTE_ADDR=OFFICE)

    assert refused[-1].status_code == 429
    assert "Retry-After" in refused[-1].headers
    assert right.headers["Location"] == "/accounts/login/"


def test_a_slip_opens_the_way_although_the_own_office_guesses(official: User, administrator: User) -> None:
    code = make_password_slip(user=official, by=administrator, at=AT.now(AT.tzinfo))
    guess("li.wei", 20, OFFICE)
    browser = Client(REMOTE_ADDR=OFFICE)
    data = {"username": "li.wei", "code": code, "password": "a new sentence", "repeated": "a new sentence"}
    browser.post("/accounts/first-login/", data)

    assert sign_in("li.wei", "a new sentence").status_code == 429
    assert sign_in("li.wei", "a new sentence", client=browser).status_code == 302


def test_sixty_slips_are_used_behind_one_address(world: Province, administrator: User) -> None:
    answers = []
    for number in range(60):
        user = world.person(f"person{number}", "学员", world.department_a)
        code = make_password_slip(user=user, by=administrator, at=AT.now(AT.tzinfo))
        data = {"username": user.username, "code": code, "password": "a new sentence", "repeated": "a new sentence"}
        answers.append(Client().post("/accounts/first-login/", data, REMOTE_ADDR=OFFICE).status_code)

    assert answers == [302] * 60


@pytest.mark.parametrize(
    ("status", "waits", "told"),
    [
        (429, None, (429, "60")),
        (200, 17, (429, "17")),
        (400, 17, (429, "17")),
        (302, 17, (302, None)),
        (200, None, (200, None)),
    ],
)
def test_every_refusal_says_when_to_come_again(
    rf: RequestFactory, status: int, waits: int | None, told: tuple[int, str | None]
) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        if waits:
            tell_to_wait(request, waits)
        return HttpResponse(status=status)

    answer = WaitingMiddleware(view)(rf.post("/"))

    assert (answer.status_code, answer.headers.get("Retry-After")) == told


def test_passkeys_are_begun_by_a_room_but_not_without_end(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "PASSKEYS_BEGUN", (60, 600))

    def begin(address: str = OFFICE) -> Any:
        headers = {"x-requested-with": "XMLHttpRequest"}
        return Client().get("/accounts/2fa/webauthn/login/", headers=headers, REMOTE_ADDR=address)

    answers = [begin() for _ in range(70)]

    assert [answer.status_code for answer in answers] == [200] * 60 + [429] * 10
    assert "Retry-After" in answers[-1].headers
    assert Session.objects.count() == 60
    assert begin(ELSEWHERE).status_code == 200
