"""A trainee with a browser, or with the token that a lab holds, gets nowhere but into the own lab."""

from __future__ import annotations

import httpx
import pytest

from tests.hub_config.local_hub import LocalHub

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def labs(hub: LocalHub) -> LocalHub:
    """Return a hub with the labs of u3 and u4."""
    for user in ("u3", "u4"):
        hub.spawn(user)
    return hub


@pytest.mark.parametrize(
    "path",
    [
        "api/contents/",
        "api/kernels",
        "api/terminals",
        "lab",
        "files/secret.txt",
        "chengxue/state?path=x",
        "proxy/8000/",
        "api/../../u4/api/contents/",
    ],
)
def test_nobody_enters_the_lab_of_another(labs: LocalHub, path: str) -> None:
    token = labs.token_of("u3")

    answer = httpx.get(f"{labs.server('u4')}{path}", headers={"Authorization": f"token {token}"})

    assert answer.status_code in (302, 403, 404), answer.text
    assert "secret" not in answer.text


def test_nobody_opens_a_channel_to_the_kernel_of_another(labs: LocalHub) -> None:
    headers = {
        "Authorization": f"token {labs.token_of('u3')}",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
    }

    answer = httpx.get(f"{labs.server('u4')}api/kernels/00000000-0000-0000-0000-000000000000/channels", headers=headers)

    assert answer.status_code in (302, 403)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "users"),
        ("GET", "users/u4"),
        ("GET", "groups"),
        ("GET", "services"),
        ("GET", "proxy"),
        ("POST", "users/u4/server"),
        ("DELETE", "users/u4/server"),
        ("POST", "users/u4/tokens"),
        ("POST", "users/u9"),
        ("POST", "shutdown"),
        ("POST", "users/u3/tokens"),
        ("POST", "users/u3/servers/second"),
        ("POST", "shares/u3/"),
    ],
)
def test_the_token_inside_a_lab_opens_nothing_else(labs: LocalHub, method: str, path: str) -> None:
    token = labs.lab_token("u3")
    assert labs.call("GET", "user", token=token).json()["name"] == "u3"

    answer = labs.call(method, path, token=token)

    assert answer.status_code in (403, 404), f"{answer.status_code} {answer.text}"


@pytest.mark.parametrize("name", ["U3", "u3x", "u03", "u-3", "..%2Fu3", "ｕ3", "root", "u3 "])
def test_names_that_the_portal_never_gives_get_no_lab(labs: LocalHub, name: str) -> None:
    before = {home.name for home in (labs.var / "homes").iterdir()}
    labs.call("POST", f"users/{name}")
    labs.call("POST", f"users/{name}/server")

    assert {home.name for home in (labs.var / "homes").iterdir()} == before


def test_token_in_an_address_is_not_accepted(labs: LocalHub) -> None:
    token = labs.token_of("u3")

    answer = httpx.get(f"{labs.server('u3')}api/contents/?token={token}")

    assert answer.status_code in (302, 403)


def test_writes_without_the_forgery_token_are_refused(labs: LocalHub) -> None:
    address = f"{labs.server('u3')}chengxue/submit/5f0c1d5e-7c7a-4a51-9d3b-0b1f6f5d2a11"

    answer = httpx.post(address, headers={"Origin": "http://elsewhere.example", "Sec-Fetch-Site": "cross-site"})

    assert answer.status_code in (302, 403)
    assert not labs.lab_api.graded()


def test_what_a_trainee_puts_into_the_home_changes_no_server(labs: LocalHub) -> None:
    home = labs.var / "homes" / "u5" / ".jupyter"
    labs.call("POST", "users/u5")
    home.mkdir(parents=True)
    (home / "jupyter_server_config.py").write_text("raise SystemExit('taken over')", encoding="utf-8")
    local = home.parent / ".local/lib/python3.11/site-packages"
    local.mkdir(parents=True)
    (local / "sitecustomize.py").write_text("raise SystemExit('taken over')", encoding="utf-8")
    (home.parent / "chengxue_lab.py").write_text("raise SystemExit('taken over')", encoding="utf-8")
    for path in (home.parent, *home.parent.rglob("*")):
        path.chmod(0o755)

    labs.spawn("u5")

    assert "taken over" not in labs.lab_log("u5")
