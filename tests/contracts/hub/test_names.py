"""On which name the hub answers what, and which headers every answer carries."""

from __future__ import annotations

import httpx
import pytest

from tests.hub_config.local_hub import LocalHub

pytestmark = pytest.mark.slow

GOING = {"Sec-Fetch-Mode": "navigate"}
ASKING = {"Sec-Fetch-Mode": "cors", "Accept": "*/*"}


def ask(hub: LocalHub, host: str, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    """Return what the proxy's port answers to a browser that thinks it is at `host`."""
    return httpx.request(
        method, f"http://127.0.0.1:{hub.port}{path}", headers={"Host": f"{host}:{hub.port}", **headers}, timeout=30
    )


@pytest.mark.parametrize(
    "path",
    [
        "/hub/home",
        "/hub/login",
        "/hub/api/",
        "/hub/static/favicon.ico",
        "/hub/logout",
        "/hub/health",
        "/",
        "/user/u3/lab",
    ],
)
def test_a_persons_name_answers_for_no_page_of_the_hub_and_no_other_lab(hub: LocalHub, path: str) -> None:
    assert ask(hub, "u4.localhost", path, **GOING).status_code == 404


@pytest.mark.parametrize("host", ["evil.example", "localhost", "x.hub.localhost", "hub.localhost.", "u4.hub.localhost"])
@pytest.mark.parametrize("path", ["/hub/login", "/hub/api/", "/user/u4/lab", "/hub/static/favicon.ico"])
def test_a_foreign_name_is_refused(hub: LocalHub, host: str, path: str) -> None:
    answer = ask(hub, host, path, **GOING)

    assert answer.status_code == 421
    assert "Set-Cookie" not in answer.headers


def test_who_goes_to_a_lab_that_does_not_run_is_led_to_the_hub(hub: LocalHub) -> None:
    answer = ask(hub, "u4.localhost", "/user/u4/lab/tree/a.ipynb?x=1", **GOING)

    assert answer.headers["Location"] == f"{hub.url}/hub/user/u4/lab/tree/a.ipynb?x=1"


@pytest.mark.parametrize(("method", "status"), [("GET", 424), ("POST", 424), ("DELETE", 424)])
def test_what_asks_in_the_background_hears_that_the_lab_does_not_run(hub: LocalHub, method: str, status: int) -> None:
    answer = ask(hub, "u4.localhost", "/user/u4/api/contents", method, **ASKING)

    assert answer.status_code == status
    assert "message" in answer.json()


@pytest.mark.parametrize(
    ("path", "now"),
    [
        ("/hub/user-redirect/lab?x=1", "{hub}/hub/user-redirect/lab?x=1"),
        ("/user/u4/lab/tree/a.ipynb", "http://u4.localhost:{port}/user/u4/lab/tree/a.ipynb"),
    ],
)
def test_former_addresses_lead_to_the_new_ones(hub: LocalHub, path: str, now: str) -> None:
    answer = ask(hub, "127.0.0.1", path, **GOING)

    assert answer.status_code == 302
    assert answer.headers["Location"] == now.format(hub=hub.url, port=hub.port)


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/hub/login"), ("DELETE", "/user/u4/api"), ("GET", "//evil.example/")]
)
def test_a_former_address_does_nothing_else(hub: LocalHub, method: str, path: str) -> None:
    assert ask(hub, "127.0.0.1", path, method, **GOING).status_code == 421


def test_a_lab_answers_on_its_persons_name_alone(hub: LocalHub) -> None:
    hub.spawn("u3")
    token = {"Authorization": f"token {hub.token_of('u3')}"}

    assert ask(hub, "u3.localhost", "/user/u3/api/contents", **token).status_code == 200
    assert ask(hub, "hub.localhost", "/user/u3/api/contents", **token).status_code == 302
    assert ask(hub, "u4.localhost", "/user/u3/api/contents", **token).status_code == 404
    assert ask(hub, "evil.example", "/user/u3/api/contents", **token).status_code == 421
    assert ask(hub, "u3.localhost", "/user/u4/api/contents", **token).status_code == 404


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("hub.localhost", "/hub/login"),
        ("hub.localhost", "/hub/api/"),
        ("hub.localhost", "/hub/api/users"),
        ("hub.localhost", "/hub/static/favicon.ico"),
        ("hub.localhost", "/hub/static/none"),
        ("hub.localhost", "/hub/logo"),
        ("hub.localhost", "/hub/health"),
        ("hub.localhost", "/hub/error/404"),
        ("hub.localhost", "/none"),
        ("u4.localhost", "/hub/home"),
        ("evil.example", "/"),
    ],
)
def test_every_answer_keeps_others_from_framing_reading_and_opening_it(hub: LocalHub, host: str, path: str) -> None:
    headers = ask(hub, host, path).headers

    policy = headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert f"form-action 'self' http://localhost:8000 http://*.localhost:{hub.port}" in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_no_cookie_of_the_hub_is_shared_with_labs(hub: LocalHub) -> None:
    with httpx.Client(base_url=hub.url, timeout=30) as browser:
        forgery = browser.get("/hub/login").cookies["_xsrf"]
        form = {"username": "u3", "password": hub.password, "_xsrf": forgery}
        answer = browser.post("/hub/login", data=form)

    cookies = answer.headers.get_list("Set-Cookie")
    assert {"jupyterhub-hub-login", "jupyterhub-session-id"} <= {cookie.partition("=")[0] for cookie in cookies}
    assert not [cookie for cookie in cookies if "domain=" in cookie.lower()]
    assert all("samesite=lax" in cookie.lower() for cookie in cookies)


def test_idle_labs_are_looked_for_on_the_hubs_name(hub: LocalHub) -> None:
    hub.wait_until(lambda: "(culler@127.0.0.1)" in hub.log, 30, "the culler asks the hub")

    assert "401 GET" not in hub.log
    assert " 200 GET /hub/api/users?" in hub.log
