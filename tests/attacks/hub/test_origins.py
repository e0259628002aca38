"""B opens what A serves in A's lab, with a program of A's own in place of the server: nothing of B's is reached.

Each test is one step by which code of A's once ran in B's lab, tried in a real browser.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.attacks.hub.hostile_lab import MARK, HostileLab, planting, taken_over
from tests.hub_config.local_hub import LocalHub, local_hub

pytestmark = pytest.mark.slow

NOBODY = 65534
SECRET = "only for u5"
MODES = ("cors", "no-cors")
FETCH = """async ([url, options]) => {
  try {
    const answer = await fetch(url, {credentials: "include", redirect: "follow", ...options});
    return {type: answer.type, status: answer.status, text: await answer.text()};
  } catch (error) {
    return {type: "refused", status: 0, text: ""};
  }
}"""
SOCKET = """(url) => new Promise((resolve) => {
  const socket = new WebSocket(url);
  socket.onopen = () => resolve("open");
  socket.onerror = () => resolve("refused");
})"""
FRAME = """(url) => new Promise((resolve) => {
  const frame = document.body.appendChild(document.createElement("iframe"));
  frame.onload = () => {
    try {
      resolve(frame.contentDocument === null ? "unreadable" : `readable ${frame.contentWindow.location.href}`);
    } catch (error) {
      resolve("unreadable");
    }
  };
  frame.src = url;
})"""
POPUP = """(url) => new Promise((resolve) => {
  const other = window.open(url);
  if (other === null) return resolve("no window");
  setTimeout(() => {
    try {
      resolve(`readable ${other.document.cookie} ${other.document.body.innerText}`);
    } catch (error) {
      resolve("unreadable");
    } finally {
      other.close();
    }
  }, 3000);
})"""
FORM = """([url, fields]) => {
  const form = document.body.appendChild(document.createElement("form"));
  form.method = "post";
  form.action = url;
  for (const [name, value] of Object.entries(fields)) {
    const field = form.appendChild(document.createElement("input"));
    [field.name, field.value] = [name, value];
  }
  form.submit();
}"""


@dataclass
class Attack:
    """A hub with the lab of B (u5), who is signed in, and the lab of A (u4), which A took over."""

    hub: LocalHub
    lab: HostileLab
    context: BrowserContext
    kernel: str

    @property
    def own_url(self) -> str:
        """What A serves, on A's address."""
        return f"{self.hub.server('u4')}pwn"

    def page(self, path: str = "pwn") -> Page:
        """B's browser on A's page, in which the test plays A's script."""
        page = self.context.new_page()
        page.goto(self.hub.server("u4") + path)
        assert page.title() == "hostile"
        return page

    def fetched(self, url: str, **options: Any) -> dict[str, Any]:
        """Return what A's script gets of `url`."""
        page = self.page()
        answer: dict[str, Any] = page.evaluate(FETCH, [url, options])
        page.close()
        return answer

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """B's own lab, asked by B's token."""
        headers = {"Authorization": f"token {self.hub.token_of('u5')}"}
        return httpx.request(method, f"{self.hub.server('u5')}{path}", headers=headers, timeout=30, **options)


@pytest.fixture(
    scope="module",
    params=[
        None,
        pytest.param(NOBODY, marks=pytest.mark.skipif(os.geteuid() != 0, reason="the first run was this already")),
    ],
    ids=["as-started", "ordinary-user"],
)
def attack(request: pytest.FixtureRequest, environments: Path, browser: Browser) -> Iterator[Attack]:
    """Both labs run, B has opened the own one, and from then on A's is A's."""
    with (
        tempfile.TemporaryDirectory(prefix="chengxue-hub-") as folder,
        local_hub(Path(folder), environments, uid=request.param) as hub,
    ):
        yield from _prepared(hub, browser)


def _prepared(hub: LocalHub, browser: Browser) -> Iterator[Attack]:
    hub.spawn("u5")
    context = browser.new_context(locale="zh-CN")
    sign_in(context, hub, "u5")
    with taken_over(hub, "u4") as lab:
        attack = Attack(hub, lab, context, kernel="")
        attack.call("PUT", "api/contents/private.txt", json={"type": "file", "format": "text", "content": SECRET})
        attack.kernel = str(attack.call("POST", "api/kernels", json={"name": "python3"}).json()["id"])
        yield attack
    context.close()


def sign_in(context: BrowserContext, hub: LocalHub, user: str) -> None:
    """Sign in at the hub and enter the own lab, so that the browser holds every cookie that there is."""
    page = context.new_page()
    page.goto(f"{hub.url}/hub/login?next=/user/{user}/lab")
    page.fill("input[name=username]", user)
    page.fill("input[name=password]", hub.password)
    page.click("button[type=submit]")
    page.wait_for_url(re.compile(rf"{re.escape(hub.server(user))}lab.*"), timeout=60_000)
    page.close()


def test_no_cookie_of_b_reaches_what_a_serves(attack: Attack) -> None:
    attack.page().close()

    held = {cookie["name"] for cookie in attack.context.cookies()}
    assert {"jupyterhub-hub-login", "jupyterhub-session-id", "jupyterhub-user-u5", "_xsrf"} <= held
    assert [cookies for _, path, cookies in attack.lab.seen if path.endswith("pwn")][-1] == ""


@pytest.mark.parametrize("name", ["hub.localhost", "u5.localhost", "elsewhere.localhost"])
def test_a_serves_on_no_name_but_the_own(attack: Attack, name: str) -> None:
    page = attack.context.new_page()

    answer = page.goto(f"http://{name}:{attack.hub.port}/user/u4/pwn")

    assert answer is not None
    assert answer.status in (404, 421)
    assert page.title() != "hostile"
    page.close()


def test_the_former_address_of_a_lab_leads_to_the_new_one(attack: Attack) -> None:
    page = attack.context.new_page()

    page.goto(f"http://127.0.0.1:{attack.hub.port}/user/u4/pwn?x=1")

    assert page.url == f"{attack.own_url}?x=1"
    page.close()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("path", ["home", "api/user", "api/users/u5", "static/favicon.ico", "logo", "spawn-pending/u5"])
def test_no_page_of_the_hub_is_read(attack: Attack, path: str, mode: str) -> None:
    answer = attack.fetched(f"{attack.hub.url}/hub/{path}", mode=mode)

    assert answer["text"] == ""
    assert answer["type"] in ("refused", "opaque")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("path", ["api/contents/private.txt", "files/private.txt", "lab", "api/kernels", "static/x.js"])
def test_nothing_of_the_lab_is_read(attack: Attack, path: str, mode: str) -> None:
    answer = attack.fetched(f"{attack.hub.server('u5')}{path}", mode=mode)

    assert answer["text"] == ""
    assert answer["type"] in ("refused", "opaque")


@pytest.mark.parametrize("place", ["hub/home", "hub/static/favicon.ico", "hub/logo", "hub/error/404", "lab"])
def test_no_frame_shows_what_is_bs(attack: Attack, place: str) -> None:
    url = f"{attack.hub.server('u5')}lab" if place == "lab" else f"{attack.hub.url}/{place}"
    page = attack.page()

    assert page.evaluate(FRAME, url) == "unreadable"
    assert not [frame.url for frame in page.frames[1:] if frame.url.startswith("http")]
    page.close()


@pytest.mark.parametrize("place", ["hub/home", "hub/static/favicon.ico", "lab"])
def test_no_window_gives_away_what_is_bs(attack: Attack, place: str) -> None:
    url = f"{attack.hub.server('u5')}lab" if place == "lab" else f"{attack.hub.url}/{place}"
    page = attack.page()

    assert page.evaluate(POPUP, url) in ("unreadable", "readable  ")  # the second is the empty page before it left
    page.close()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "api/contents/private.txt", '{"type": "file", "format": "text", "content": "changed"}'),
        ("POST", "api/contents/private.txt/checkpoints", None),
        ("DELETE", "api/contents/private.txt", None),
        ("PATCH", "api/contents/private.txt", '{"path": "gone.txt"}'),
    ],
)
def test_nothing_of_the_lab_is_written(attack: Attack, method: str, path: str, body: str | None, mode: str) -> None:
    attack.fetched(f"{attack.hub.server('u5')}{path}", method=method, body=body, mode=mode)

    assert attack.call("GET", "api/contents/private.txt").json()["content"] == SECRET
    assert not attack.call("GET", "api/contents/private.txt/checkpoints").json()


@pytest.mark.parametrize("path", ["api/kernels", "api/terminals", "api/sessions"])
def test_nothing_is_started_in_the_lab(attack: Attack, path: str) -> None:
    before = attack.call("GET", path).json()
    for mode in MODES:
        attack.fetched(f"{attack.hub.server('u5')}{path}", method="POST", body='{"name": "python3"}', mode=mode)
    page = attack.page()
    page.evaluate(FORM, [f"{attack.hub.server('u5')}{path}", {"name": "python3"}])
    page.wait_for_timeout(1000)
    page.close()

    assert [one.get("id") or one["name"] for one in attack.call("GET", path).json()] == [
        one.get("id") or one["name"] for one in before
    ]


@pytest.mark.parametrize("path", ["api/kernels/{kernel}/channels", "terminals/websocket/1", "api/events/subscribe"])
def test_no_socket_of_the_lab_opens(attack: Attack, path: str) -> None:
    attack.call("POST", "api/terminals")
    page = attack.page()
    address = attack.hub.server("u5").replace("http", "ws", 1) + path.format(kernel=attack.kernel)

    assert page.evaluate(SOCKET, address) == "refused"
    page.close()


@pytest.mark.parametrize("way", ["headers", "scripts"])
def test_no_cookie_is_planted_for_hub_portal_or_another_lab(attack: Attack, way: str) -> None:
    others = [attack.hub.server("u5"), f"{attack.hub.url}/hub/home", "http://localhost:8000/", "http://127.0.0.1:8001/"]
    page = attack.page("plant" if way == "headers" else "pwn")
    page.evaluate(planting())

    assert [cookie for cookie in attack.context.cookies(attack.own_url) if cookie["value"] == MARK] or way == "scripts"
    assert not [cookie for url in others for cookie in attack.context.cookies(url) if cookie["value"] == MARK]
    page.goto(f"{attack.hub.url}/hub/home")
    assert page.locator("#start").get_attribute("href") == "/user/u5"
    page.close()
    attack.context.clear_cookies(domain="u4.localhost")


def test_a_never_signs_b_in_at_the_own_server(attack: Attack) -> None:
    callback = f"{attack.hub.server('u4')}oauth_callback"
    query = f"client_id=jupyterhub-user-u4&redirect_uri={callback}&response_type=code&state=x"
    query += f"&code_challenge={'x' * 43}&code_challenge_method=S256"
    page = attack.page()
    page.goto(f"{attack.hub.url}/hub/api/oauth2/authorize?{query}")

    assert page.url.startswith(attack.hub.url)
    assert not [path for _, path, _ in attack.lab.seen if "oauth_callback" in path]
    page.close()


def test_no_lab_is_ended_or_started_at_the_hub(attack: Attack) -> None:
    """The last, since B's lab is ended here: whatever A tries, it goes on standing still."""
    server = f"{attack.hub.url}/hub/api/users/u5/server"
    for mode in MODES:
        attack.fetched(server, method="DELETE", mode=mode)
    assert attack.hub.is_ready("u5")
    attack.hub.call("DELETE", "users/u5/server")
    attack.hub.wait_until(lambda: not attack.hub.is_ready("u5"), 30, "the lab ended")

    for mode in MODES:
        attack.fetched(server, method="POST", mode=mode)
        attack.fetched(f"{attack.hub.url}/hub/spawn/u5", mode=mode)
    for url in (server, f"{attack.hub.url}/hub/spawn/u5"):
        page = attack.page()
        page.evaluate(FRAME, url)
        page.evaluate(FORM, [url, {}])
        page.wait_for_timeout(1000)
        page.close()

    assert attack.hub.call("GET", "users/u5").json()["servers"] == {}


def test_the_same_page_reads_everything_where_all_share_one_origin(environments: Path, browser: Browser) -> None:
    """What LAB_ORIGINS=one gives up; and the proof that the tries above are real ones."""
    with (
        tempfile.TemporaryDirectory(prefix="chengxue-hub-") as folder,
        local_hub(Path(folder), environments, more_environ={"LAB_ORIGINS": "one"}) as hub,
    ):
        hub.spawn("u5")
        context = browser.new_context(locale="zh-CN")
        sign_in(context, hub, "u5")
        with taken_over(hub, "u4") as lab:
            answer = Attack(hub, lab, context, kernel="").fetched(f"{hub.url}/hub/home", mode="no-cors")
        context.close()

    assert answer["type"] == "basic"
    assert "您的实训室" in answer["text"]
