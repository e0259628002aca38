"""A hub that knows tokens and servers, on a unix socket, as JupyterHub answers (tests/contracts/hub holds the real one)."""

from __future__ import annotations

import json
import socketserver
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest


@dataclass
class FakeHub:
    """Tokens by user, running servers, and what was asked."""

    path: Path
    tokens: dict[str, dict[str, str]] = field(default_factory=dict)
    running: set[str] = field(default_factory=set)
    stops_slowly: bool = False
    requests: list[str] = field(default_factory=list)

    def give(self, username: str, token: str) -> str:
        """Return a token of the user's Lab."""
        self.tokens.setdefault(username, {})[f"a{len(self.requests) + len(self.tokens)}"] = token
        return token

    def answer(self, method: str, path: str, token: str) -> tuple[int, Any]:
        """Return what JupyterHub would say."""
        self.requests.append(f"{method} {path}")
        parts = path.removeprefix("/hub/api").strip("/").split("/")
        if parts == [""]:
            return 200, {"version": "6.1.1"}
        if parts == ["user"]:
            owner = next((name for name, held in self.tokens.items() if token in held.values()), None)
            return (200, {"kind": "user", "name": owner}) if owner else (403, {"status": 403})
        name, what = parts[1], parts[2]
        if name not in self.tokens:
            return 404, {"status": 404}
        if what == "tokens" and method == "GET":
            return 200, {"api_tokens": [{"id": each} for each in self.tokens[name]]}
        if what == "tokens":
            return (204, None) if self.tokens[name].pop(parts[3], None) else (404, {"status": 404})
        if name not in self.running:
            return 400, {"status": 400}
        self.running.discard(name)
        return (202 if self.stops_slowly else 204), None


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    hub: FakeHub


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        token = self.headers.get("Authorization", "").removeprefix("token ")
        status, document = self.server.hub.answer(self.command, self.path, token)
        body = b"" if document is None else json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_DELETE = _serve  # noqa: N815  (the names that the base class calls)

    def address_string(self) -> str:
        return "unix"

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def fake_hub(settings: Any) -> Iterator[FakeHub]:
    """Yield a hub that the settings name, alone for one test."""
    with tempfile.TemporaryDirectory(prefix="hub-") as folder:
        hub = FakeHub(Path(folder) / "hub.sock")
        settings.HUB_API_URL, settings.HUB_SOCKET = "http://hub/hub/api", str(hub.path)
        with _Server(str(hub.path), _Handler) as server:
            server.hub = hub
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
            thread.start()
            yield hub
            server.shutdown()
            thread.join(5)
