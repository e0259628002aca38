"""Processes of a small installation on the test's database, and somebody else who writes meanwhile."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.files.storage import storages
from django.db import connection

from portal.installation.processes import web_server

ROOT = Path(__file__).resolve().parents[3]
LONGEST_WAIT_S = 2.0


@dataclass
class Waits:
    """What the other writer met."""

    writes: int = 0
    refused: int = 0
    longest_s: float = 0.0


@contextlib.contextmanager
def somebody_writing() -> Iterator[Waits]:
    """Somebody else's process that writes every 100 ms until the block ends; then its waits are known."""
    found = Waits()
    command = [sys.executable, str(Path(__file__).with_name("writer.py")), _database()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        try:
            yield found
        finally:
            process.send_signal(signal.SIGTERM)
            said = process.stdout.read()
    for name, value in json.loads(said).items():
        setattr(found, name, value)


def _database() -> str:
    if connection.vendor == "sqlite":
        return str(connection.settings_dict["NAME"])
    given = connection.get_connection_params()
    return json.dumps({name: given[name] for name in ("dbname", "user", "password", "host", "port") if given.get(name)})


def slowness() -> float:
    """Return how many times slower than alone on two quiet processors this machine is now, by ten password hashes."""
    begun = time.monotonic()
    for _ in range(10):
        PBKDF2PasswordHasher().encode("correct horse battery", "salt")
    return max(1.0, (time.monotonic() - begun) / (10 * 0.18))


def environment(scratch: Path, **more: str) -> dict[str, str]:
    """Return what a process of this installation is started with; passwords are hashed as in earnest."""
    given = {
        "database": str(connection.settings_dict["NAME"]),
        "storages": {alias: storages[alias].path("") for alias in ("submissions", "releases", "exports")},
        "hub": more.pop("hub", f"{scratch}/hub.sock"),
        "grader": f"{scratch}/grader.sock",
        "hashers": ["django.contrib.auth.hashers.PBKDF2PasswordHasher"],
    }
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.faults.child_settings",
        "CHENGXUE_FAULTS": json.dumps(given),
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        **more,
    }


@contextlib.contextmanager
def running(command: list[str], environ: dict[str, str], log: Path, *sockets: socket.socket) -> Iterator[None]:
    """Run a process until the block ends."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environ, stdout=output, stderr=output, pass_fds=[one.fileno() for one in sockets]
        )
    try:
        yield
        assert process.poll() is None, log.read_text(encoding="utf-8", errors="replace")[-3000:]
    finally:
        process.terminate()
        process.wait(30)


@contextlib.contextmanager
def portal(scratch: Path) -> Iterator[int]:
    """Yield the portal as the supervisor starts it; its port."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen(512)
        listener.set_inheritable(True)
        site = ("--processes", "2", "--threads", "4", "--threads-per-caller", "3", "--takes-datasets")
        command = [part.replace("{0}", str(listener.fileno())) for part in web_server(sys.executable, *site, binds=1)]
        port = int(listener.getsockname()[1])
        with running(command, environment(scratch), scratch / "web.log", listener):
            Browser(port).get("/healthz", patience_s=120)
            yield port


class Browser:
    """Somebody with cookies."""

    def __init__(self, port: int, address: str = "127.0.0.1") -> None:
        self.port, self.address = port, address
        self.cookies: dict[str, str] = {}
        self.token = ""

    def get(self, path: str, patience_s: float = 60) -> tuple[int, bytes]:
        """Return a page."""
        return self._ask("GET", path, b"", patience_s)

    def post(self, path: str, body: str, patience_s: float = 120) -> tuple[int, bytes]:
        """Return a form; `body` is written as browsers write it."""
        return self._ask("POST", path, f"csrfmiddlewaretoken={self.token}&{body}".encode(), patience_s)

    def prepare_sign_in(self) -> None:
        """Fetch the form, and with it the token."""
        status, page = self.get("/accounts/login/")
        assert status == 200, page[:500]
        found = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert found is not None
        self.token = found[1].decode()

    def sign_in(self, name: str, password: str, patience_s: float) -> int:
        """Send the form; the status."""
        return self.post("/accounts/login/", f"login={name}&password={password.replace(' ', '+')}", patience_s)[0]

    def headers(self) -> dict[str, str]:
        """Return what the browser sends with everything."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Host": "localhost", "Accept": "text/html", **({"Cookie": cookies} if cookies else {})}

    def _ask(self, method: str, path: str, body: bytes, patience_s: float) -> tuple[int, bytes]:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=patience_s, source_address=(self.address, 0))
        headers = self.headers()
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        with contextlib.closing(link):
            link.request(method, path, body or None, headers)
            answer = link.getresponse()
            content = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, content


def session_of(user: Any) -> str:
    """Return a session of the user, as cookie."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)
