"""A trainee's lab whose server is wholly the trainee's own: what the browser's walls are tried against."""

from __future__ import annotations

import contextlib
import json
import socketserver
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from tests.hub_config.local_hub import LocalHub

MARK = "planted-by-a-lab"
NAMES = (
    "jupyterhub-hub-login",
    "jupyterhub-session-id",
    "jupyterhub-user-u5",
    "_xsrf",
    "oauthenticator-state",
    "chengxue",
    "csrftoken",
    "django_language",
    "theme",
)


class HostileLab(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Answers on the socket to which the proxy leads for one person, and notes what browsers tell it."""

    daemon_threads = True

    def __init__(self, path: Path) -> None:
        path.unlink()
        super().__init__(str(path), Page)
        path.chmod(0o666)
        self.seen: list[tuple[str, str, str]] = []


class Page(BaseHTTPRequestHandler):
    """An empty page, in which the test then runs the trainee's scripts; `…/plant` sends cookies with it."""

    server: HostileLab

    def do_GET(self) -> None:
        """Note the request and answer any path."""
        told = (self.headers.get("Host", ""), self.path, self.headers.get("Cookie", ""))
        self.server.seen.append(told)
        self.send_response(200)
        if "/plant" in self.path:
            for domain in self.headers.get("Host", "").partition(":")[0], *domains():
                for name in NAMES:
                    self.send_header("Set-Cookie", f"{name}={MARK}; Domain={domain}; Path=/")
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>hostile</title><body></body>")

    def do_POST(self) -> None:
        """Answer a form as any other request."""
        self.do_GET()

    def address_string(self) -> str:
        """Return no address: a unix socket's peer has none."""
        return "browser"

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""


def domains() -> tuple[str, ...]:
    """Domains for which a hostile page might try to set cookies."""
    return ("localhost", ".localhost", "hub.localhost", "u5.localhost", "127.0.0.1")


@contextlib.contextmanager
def taken_over(hub: LocalHub, user: str) -> Iterator[HostileLab]:
    """Yield the lab of `user`, from now on served by the trainee's own program."""
    hub.spawn(user)
    lab = HostileLab(hub.runtime / "labs" / user)
    threading.Thread(target=lab.serve_forever, daemon=True).start()
    try:
        yield lab
    finally:
        lab.shutdown()
        lab.server_close()


def planting(names: tuple[str, ...] = NAMES) -> str:
    """Return the script that tries to set every name for every domain."""
    return (
        f"for (const domain of {json.dumps(domains())}) for (const name of {json.dumps(names)})"
        f" for (const path of ['/', '/hub/', '/user/u5/'])"
        f" document.cookie = `${{name}}={MARK}; Domain=${{domain}}; Path=${{path}}`"
    )
