"""Attacks on the way from portal to hub (security.md D 56 to 59); each is refused."""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from allauth.idp.oidc.models import Token
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from portal.users.actions import deactivate_user, make_password_slip, revoke_grant, set_password_with_slip
from portal.users.claims import _sources, register_groups
from portal.users.models import User
from tests.attacks.portal.provider import AUTHORIZE, CALLBACK, FakeHub, challenge_of
from tests.people import AT, Province


@pytest.fixture
def hub(technician: User) -> FakeHub:
    return FakeHub(technician)


def test_a_person_is_signed_in_to_the_hub(hub: FakeHub, technician: User) -> None:
    answer = hub.exchange(hub.code())

    assert answer.status_code == 200, answer.content
    tokens = answer.json()
    claims = json.loads(base64.urlsafe_b64decode(tokens["id_token"].split(".")[1] + "=="))
    assert claims["sub"] == str(technician.uuid)
    assert claims["iss"] == settings.PORTAL_URL
    assert claims["aud"] == "jupyterhub"
    assert tokens["expires_in"] == 300
    userinfo = hub.userinfo(tokens["access_token"]).json()
    assert userinfo["sub"] == str(technician.uuid)
    assert userinfo["hub_username"] == f"u{technician.pk}"
    assert userinfo["groups"] == ["role:learner"]
    assert "admin" not in json.dumps(userinfo)


def test_upper_apps_add_groups(hub: FakeHub) -> None:
    with _sources.temporarily():
        register_groups(lambda user, on: ["run:cdp-2026"])
        tokens = hub.exchange(hub.code()).json()
        assert hub.userinfo(tokens["access_token"]).json()["groups"] == ["role:learner", "run:cdp-2026"]


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None},
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": "s256"},
        {"code_challenge": "short"},
        {"code_challenge": challenge_of("x") + "&code_challenge_method=plain"},
    ],
)
def test_without_a_proof_key_there_is_no_sign_in(hub: FakeHub, changes: dict[str, str | None]) -> None:
    answer = hub.ask(**changes)

    assert answer.status_code == 400
    assert not Token.objects.exists()


def test_a_second_challenge_is_refused(hub: FakeHub) -> None:
    query = hub.ask().wsgi_request.META["QUERY_STRING"]

    assert hub.browser.get(f"{AUTHORIZE}?{query}&code_challenge_method=plain").status_code == 400


@pytest.mark.parametrize("verifier", [None, "", "x" * 43, "w" * 64])
def test_wrong_verifier_is_refused(hub: FakeHub, verifier: str | None) -> None:
    answer = hub.exchange(hub.code(), verifier=verifier)

    assert answer.status_code == 400
    assert answer.json()["error"] in ("invalid_grant", "invalid_request")


def test_wrong_secret_is_refused(hub: FakeHub) -> None:
    assert hub.exchange(hub.code(), secret="guessed").status_code == 401


def test_code_works_once(hub: FakeHub) -> None:
    code = hub.code()

    assert hub.exchange(code).status_code == 200
    assert hub.exchange(code).status_code == 400


@pytest.mark.parametrize(
    "redirect_uri",
    [
        CALLBACK + "/",
        CALLBACK + "/../evil",
        CALLBACK + "?next=evil",
        CALLBACK + "#fragment",
        CALLBACK.replace("hub.localhost", "hub.localhost.evil.example"),
        CALLBACK.replace("hub.localhost", "evil.example@hub.localhost"),
        CALLBACK.replace("hub.localhost", "hub.localhost\\@evil.example"),
        CALLBACK.replace("hub.localhost", "[::1]"),
        CALLBACK.replace(":8001", ":8002"),
        CALLBACK.replace("http://", "https://"),
        CALLBACK.upper(),
        CALLBACK.replace("hub/oauth", "hub%2foauth"),
        "//evil.example/hub/oauth_callback",
        "javascript:alert(1)",
        "",
    ],
)
def test_redirect_elsewhere_is_refused(hub: FakeHub, redirect_uri: str) -> None:
    answer = hub.ask(redirect_uri=redirect_uri)

    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_second_redirect_is_refused(hub: FakeHub) -> None:
    query = hub.ask().wsgi_request.META["QUERY_STRING"]

    answer = hub.browser.get(f"{AUTHORIZE}?{query}&redirect_uri=https://evil.example/")

    assert answer.status_code == 400


@pytest.mark.parametrize("response_type", ["token", "id_token", "id_token token", "code token"])
def test_implicit_sign_in_is_refused(hub: FakeHub, response_type: str) -> None:
    answer = hub.ask(response_type=response_type, nonce="n")

    assert "access_token" not in answer.headers.get("Location", "")
    assert "id_token=" not in answer.headers.get("Location", "")
    assert not Token.objects.exists()


def test_foreign_scope_is_refused(hub: FakeHub) -> None:
    assert "error=invalid_scope" in hub.ask(scope="openid email admin").headers["Location"]


@pytest.mark.parametrize(
    "grant_type", ["password", "client_credentials", "urn:ietf:params:oauth:grant-type:device_code"]
)
def test_other_grants_are_refused(hub: FakeHub, grant_type: str) -> None:
    answer = hub._token(
        {"grant_type": grant_type, "username": "wang.fang", "password": "correct horse battery", "device_code": "x"},
        "hub-secret-of-the-tests",
    )

    assert answer.status_code == 400
    assert "access_token" not in answer.json()


def test_token_in_the_address_is_refused(hub: FakeHub) -> None:
    tokens = hub.exchange(hub.code()).json()

    assert Client().get("/identity/o/api/userinfo", {"access_token": tokens["access_token"]}).status_code == 401


def test_anonymous_cannot_be_signed_in_silently(db: None) -> None:
    assert "error=login_required" in FakeHub(None).ask(prompt="none").headers["Location"]


def test_anonymous_is_led_to_the_login(db: None) -> None:
    assert FakeHub(None).ask().headers["Location"].startswith("/accounts/login/?next=")


def test_devices_cannot_sign_in(db: None) -> None:
    assert Client().get("/identity/o/device").status_code == 404
    assert Client().post("/identity/o/api/device/code", {"client_id": "jupyterhub"}).status_code == 404


def test_deactivated_person_gets_no_new_token(world: Province, hub: FakeHub, technician: User) -> None:
    tokens = hub.exchange(hub.code()).json()

    deactivate_user(user=technician, by=None, at=AT)

    assert hub.refresh(tokens["refresh_token"]).status_code == 400
    assert hub.userinfo(tokens["access_token"]).status_code == 401


def test_person_whose_last_role_ended_does_not_reach_the_hub(hub: FakeHub, technician: User) -> None:
    tokens = hub.exchange(hub.code()).json()

    revoke_grant(grant=technician.grants.get(), by=None, at=AT)

    assert hub.refresh(tokens["refresh_token"]).status_code == 400
    assert hub.userinfo(tokens["access_token"]).status_code == 401
    assert hub.ask().status_code == 403


def test_is_active_alone_stops_the_refresh(hub: FakeHub, technician: User) -> None:
    tokens = hub.exchange(hub.code()).json()

    User.objects.filter(pk=technician.pk).update(is_active=False, deactivated_at=AT)

    assert hub.refresh(tokens["refresh_token"]).status_code == 400


def test_refresh_token_is_kept_and_ends_after_twelve_hours(hub: FakeHub) -> None:
    tokens = hub.exchange(hub.code()).json()

    answers = [hub.refresh(tokens["refresh_token"]) for _ in range(3)]

    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json().get("refresh_token", tokens["refresh_token"]) for answer in answers} == {
        tokens["refresh_token"]
    }
    kept = Token.objects.get(type=Token.Type.REFRESH_TOKEN)
    assert kept.expires_at is not None
    assert 11.9 < (kept.expires_at - timezone.now()).total_seconds() / 3600 <= 12
    Token.objects.filter(pk=kept.pk).update(expires_at=timezone.now())
    assert hub.refresh(tokens["refresh_token"]).status_code == 400


def test_sign_out_takes_the_tokens_too(hub: FakeHub) -> None:
    tokens = hub.exchange(hub.code()).json()

    assert (
        hub.browser.get("/accounts/logout/").status_code == 200
    )  # a page that asks; a link elsewhere signs nobody out
    assert hub.refresh(tokens["refresh_token"]).status_code == 200
    hub.browser.post("/accounts/logout/")

    assert hub.refresh(tokens["refresh_token"]).status_code == 400
    assert hub.ask().headers["Location"].startswith("/accounts/login/")


def test_hub_signs_out_of_the_portal_with_its_id_token(hub: FakeHub) -> None:
    tokens = hub.exchange(hub.code()).json()

    answer = hub.browser.get(
        "/identity/o/logout",
        {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": "http://hub.localhost:8001/hub/logout"},
    )

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("http://hub.localhost:8001/hub/logout")
    assert hub.ask().headers["Location"].startswith("/accounts/login/")


def test_sign_out_leads_nowhere_else(hub: FakeHub) -> None:
    tokens = hub.exchange(hub.code()).json()

    answer = hub.browser.get(
        "/identity/o/logout", {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": "https://evil.example/"}
    )

    assert "evil.example" not in answer.headers.get("Location", "")


def test_new_password_ends_older_tokens(hub: FakeHub, technician: User) -> None:
    tokens = hub.exchange(hub.code()).json()
    code = make_password_slip(user=technician, by=None, at=AT)

    set_password_with_slip(username="wang.fang", code=code, password="a new sentence 2026", at=AT)

    assert hub.refresh(tokens["refresh_token"]).status_code == 400
    assert hub.ask().headers["Location"].startswith("/accounts/login/")


def test_staff_without_second_factor_do_not_reach_the_hub(instructor: User, world: Province) -> None:
    world.grant(instructor, "instructor", "province", world.province.uuid)

    assert FakeHub(instructor).ask().headers["Location"] == "/accounts/second-factor/"


def test_configuration_tells_the_configured_address(db: None) -> None:
    told: dict[str, Any] = Client().get("/.well-known/openid-configuration", headers={"host": "127.0.0.1"}).json()

    assert told["issuer"] == settings.PORTAL_URL
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["grant_types_supported"] == ["authorization_code", "refresh_token"]


@pytest.mark.django_db(transaction=True)
def test_parallel_refreshes_all_succeed(hub: FakeHub) -> None:
    token = hub.exchange(hub.code()).json()["refresh_token"]

    def refresh(_: int) -> int:
        try:
            return int(hub.refresh(token).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(refresh, range(20)))

    assert codes == [200] * 20
