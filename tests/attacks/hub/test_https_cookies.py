"""With https, hub and labs share a domain that takes cookies: what a lab plants there is not taken by anybody."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.attacks.hub.hostile_lab import NAMES, HostileLab, planting, taken_over
from tests.attacks.hub.test_origins import sign_in
from tests.hub_config.local_hub import LocalHub, local_hub

pytestmark = pytest.mark.slow

WITH_CERTIFICATE = """
c.JupyterHub.bind_url = f"https://127.0.0.1:{{settings.hub_port}}/"
c.JupyterHub.ssl_key = {key!r}
c.JupyterHub.ssl_cert = {certificate!r}
"""


@pytest.fixture(scope="module")
def secure(environments: Path) -> Iterator[tuple[LocalHub, HostileLab]]:
    """Yield a hub behind https, and A's lab, which A took over."""
    with tempfile.TemporaryDirectory(prefix="chengxue-hub-") as folder:
        key, certificate = Path(folder, "key.pem"), Path(folder, "certificate.pem")
        command = [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=hub.localhost",
        ]
        command += ["-addext", "subjectAltName=DNS:hub.localhost,DNS:*.hub.localhost"]
        command += ["-keyout", str(key), "-out", str(certificate)]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
        for file in (key, certificate):
            file.chmod(0o644)
        configuration = WITH_CERTIFICATE.format(key=str(key), certificate=str(certificate))
        environ = {"HUB_URL": "https://hub.localhost:{port}"}
        hub_folder = Path(folder, "hub")
        Path(folder).chmod(0o711)
        with (
            local_hub(hub_folder, environments, more_configuration=configuration, more_environ=environ) as hub,
            taken_over(hub, "u4") as lab,
        ):
            hub.spawn("u5")
            yield hub, lab


@pytest.fixture
def of_b(secure: tuple[LocalHub, HostileLab], browser: Browser) -> Iterator[BrowserContext]:
    """Yield the browser of B, who is signed in and has entered the own lab."""
    context = browser.new_context(locale="zh-CN", ignore_https_errors=True)
    sign_in(context, secure[0], "u5")
    yield context
    context.close()


def test_every_cookie_that_opens_something_bears_the_prefix(
    secure: tuple[LocalHub, HostileLab], of_b: BrowserContext
) -> None:
    held = {cookie["name"]: cookie for cookie in of_b.cookies()}

    assert set(held) - {"_xsrf"} == {
        "__Host-jupyterhub-hub-login",
        "__Host-jupyterhub-session-id",
        "__Host-jupyterhub-user-u5",
    }
    assert all(cookie["secure"] and cookie["sameSite"] == "Lax" for name, cookie in held.items() if name != "_xsrf")
    # Host-only: with a dot before it a domain would be shared with every lab below.
    assert {cookie["domain"] for cookie in held.values()} == {"hub.localhost", "u5.hub.localhost"}


def test_what_a_lab_plants_changes_nobody(
    secure: tuple[LocalHub, HostileLab], of_b: BrowserContext, browser: Browser
) -> None:
    hub, _ = secure
    of_a = browser.new_context(ignore_https_errors=True)
    page = of_a.new_page()
    page.goto(f"{hub.url}/hub/login")
    page.fill("input[name=username]", "u4")
    page.fill("input[name=password]", hub.password)
    page.click("button[type=submit]")
    page.wait_for_load_state()
    own = {cookie["name"]: cookie["value"] for cookie in of_a.cookies(hub.url + "/hub/")}
    of_a.close()

    page = of_b.new_page()
    page.goto(f"{hub.server('u4')}plant")
    page.evaluate(planting((*NAMES, *(f"__Host-{name}" for name in NAMES))))
    for name, value in own.items():
        for planted in (name, name.removeprefix("__Host-")):
            for path in ("/", "/hub/"):
                page.evaluate(
                    f"document.cookie = '{planted}={value}; Domain=hub.localhost; Path={path}; Secure; SameSite=Lax'"
                )
    assert [cookie for cookie in of_b.cookies(hub.url + "/hub/") if cookie["domain"] == ".hub.localhost"]

    page.goto(f"{hub.url}/hub/home")
    assert page.locator("#start").get_attribute("href") == "/user/u5"
    answer = page.goto(f"{hub.server('u5')}lab")
    assert answer is not None
    assert answer.status == 200
    assert page.url.startswith(hub.server("u5"))
    page.close()
