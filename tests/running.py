"""The running system under a real browser: one installation and one Chromium for the whole session."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from portal.installation.addresses import any_lab
from portal.installation.health import probes
from portal.installation.paths import ROOT, Paths
from portal.installation.ports import free_port
from portal.installation.records import Running, read_records

READY_WITHIN_S = 900
CHROMIUM = "/usr/bin/chromium"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TOTP_STEP_S = 30
TYPING_S = 5


@dataclass(frozen=True)
class Account:
    """A demo person as `var/demo-accounts.json` lists them."""

    username: str
    password: str
    totp_secret: str | None
    name: str
    roles: list[dict[str, Any]]
    organization: str

    def has_role(self, role: str) -> bool:
        """Return whether the person holds the role anywhere."""
        return any(held["role"] == role for held in self.roles)


@dataclass
class Installation:
    """A running installation: where it answers, whom it knows, which processes it has."""

    paths: Paths
    portal_url: str
    hub_url: str
    accounts: dict[str, Account]
    signed_in: dict[str, Any] = field(default_factory=dict)
    used_codes: dict[str, int] = field(default_factory=dict)

    def with_role(self, role: str) -> list[Account]:
        """Return the demo people who hold a role, in the order of the list."""
        return [account for account in self.accounts.values() if account.has_role(role)]

    def process(self, name: str) -> Running:
        """Return the process of that name as the supervisor has it now."""
        return next(one for one in read_records(self.paths) if one.name == name)

    def problem(self, name: str) -> str:
        """Return what is wrong with a process that listens; nothing when it answers."""
        return probes(self.paths)[name]()

    def manage(self, *arguments: str) -> str:
        """Return what a management command of this installation prints."""
        environ = {**os.environ, **self.paths.environment(), "DJANGO_SETTINGS_MODULE": "portal.settings"}
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


def wait_for(met: Callable[[], Any], within_s: float, what: str) -> Any:
    """Return the first true result of `met`; fail when there is none in time."""
    deadline = time.monotonic() + within_s
    while not (found := met()):
        assert time.monotonic() < deadline, f"not within {within_s} s: {what}"
        time.sleep(0.2)
    return found


@pytest.fixture(scope="session")
def installation() -> Iterator[Installation]:
    """Yield the installation that CHENGXUE_RUNNING names, or one that is started for this session."""
    running = os.environ.get("CHENGXUE_RUNNING")
    if running:
        yield known_installation(Path(running))
        return
    with tempfile.TemporaryDirectory(prefix="chengxue-running-") as scratch:
        Path(scratch).chmod(0o755)
        environ = {**os.environ, "WEB_PORT": str(free_port()), "HUB_PORT": str(free_port()), "LANG": "C.UTF-8"}
        environ["VAR_DIR"] = str(Path(scratch, "var"))
        for name in ("RUNTIME_DIR", "PORTAL_URL", "HUB_URL", "LAB_ORIGINS", "DJANGO_SETTINGS_MODULE"):
            environ.pop(name, None)
        log = Path(scratch, "run.log")
        with log.open("wb") as output:
            command = [sys.executable, "-m", "portal.installation", "run"]
            process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=output, stderr=output)
        try:
            _wait_until_ready(process, log)
            yield known_installation(Path(scratch, "var"))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(90)


def _wait_until_ready(process: subprocess.Popen[bytes], log: Path) -> None:
    def is_ready() -> bool:
        said = log.read_text(encoding="utf-8")
        assert process.poll() is None, said
        return any(line.startswith("ready") for line in said.splitlines())

    wait_for(is_ready, READY_WITHIN_S, "make run")


def known_installation(var: Path) -> Installation:
    records = {record.name: record for record in read_records(Paths.from_environment({"VAR_DIR": str(var)}))}
    assert "supervisor" in records, f"{var}: nothing runs"
    portal_url, hub_url = records["web"].address, records["hub"].address
    environ = {"VAR_DIR": str(var), "PORTAL_URL": portal_url, "HUB_URL": hub_url}
    environ["WEB_PORT"], environ["HUB_PORT"] = (str(urlsplit(url).port or 443) for url in (portal_url, hub_url))
    environ["CHENGXUE_DATA"] = os.environ.get("CHENGXUE_DATA", "")
    paths = Paths.from_environment(environ)
    listed = json.loads(paths.demo_accounts.read_text(encoding="utf-8"))
    accounts = {entry["username"]: Account(**entry) for entry in listed}
    return Installation(paths, portal_url, hub_url, accounts)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the session; a second one in this process would find Playwright's loop running."""
    # Django, too, would take that loop for asynchronous code and refuse its database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    os.environ["NODE_OPTIONS"] = f"--require {Path(__file__).with_name('localhost_names.cjs')}"
    with sync_playwright() as playwright:
        # Only Playwright's own program needs it; a proxy that a test starts would inherit it.
        del os.environ["NODE_OPTIONS"]
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def new_context(browser: Browser, installation: Installation) -> Iterator[Callable[..., BrowserContext]]:
    """Yield a maker of browser contexts; when the test ends, none of them may have asked a foreign host."""
    own = {urlsplit(url).netloc for url in (installation.portal_url, installation.hub_url)}
    lab = re.compile(any_lab(installation.hub_url, installation.paths.lab_origins).replace("*", "u[0-9]+"))
    asked: set[str] = set()
    contexts: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        context = browser.new_context(**{"locale": "zh-CN", **options})
        context.set_default_timeout(30_000)
        context.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
        contexts.append(context)
        return context

    yield make

    for context in contexts:
        context.close()
    foreign = {
        host for host in asked - own if host and not lab.fullmatch(f"{urlsplit(installation.hub_url).scheme}://{host}")
    }
    assert not foreign, f"foreign hosts were asked: {sorted(foreign)}"


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    """Return a page of somebody who is not signed in."""
    return new_context(viewport={"width": 1280, "height": 900}).new_page()


@pytest.fixture
def sign_in(new_context: Callable[..., BrowserContext], installation: Installation) -> Callable[..., Page]:
    """Return a maker of pages of a signed-in person; a session is kept and used again within the run."""

    def make(account: Account | str, **options: Any) -> Page:
        known = installation.accounts[account] if isinstance(account, str) else account
        options = {"viewport": {"width": 1280, "height": 900}, **options}
        if known.username in installation.signed_in:
            options["storage_state"] = installation.signed_in[known.username]
        page = new_context(**options).new_page()
        page.goto(f"{installation.portal_url}/accounts/login/")
        if "/accounts/login/" in page.url:
            log_in(page, installation, known)
            installation.signed_in[known.username] = page.context.storage_state()
        return page

    return make


def log_in(page: Page, installation: Installation, account: Account) -> None:
    """Log in through the form, with the one-time code when the account has a key."""
    if "/accounts/login/" not in page.url:
        page.goto(f"{installation.portal_url}/accounts/login/")
    page.fill("input[name=login]", account.username)
    page.fill("input[name=password]", account.password)
    with page.expect_navigation():
        page.press("input[name=password]", "Enter")
    if account.totp_secret and "/2fa/" in page.url:
        page.fill("input[name=code]", next_code(installation, account))
        with page.expect_navigation():
            page.press("input[name=code]", "Enter")
    assert "/accounts/login/" not in page.url, page.inner_text("main")
    assert "/2fa/authenticate" not in page.url, page.inner_text("main")


def next_code(installation: Installation, account: Account) -> str:
    """Return a one-time code that was not used before and stays valid while it is typed,
    so this may wait for the next."""
    assert account.totp_secret is not None
    while (step := int(time.time()) // TOTP_STEP_S) <= installation.used_codes.get(
        account.username, 0
    ) or time.time() % TOTP_STEP_S > TOTP_STEP_S - TYPING_S:
        time.sleep(0.5)
    installation.used_codes[account.username] = step
    return totp(account.totp_secret, step)


def totp(secret: str, step: int) -> str:
    """Return the six digits of a time step (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8), casefold=True)
    digest = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"
