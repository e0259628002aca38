"""Asks each process whether it answers. A probe returns nothing when all is well, else what is wrong."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from portal.installation.paths import Paths

PATIENCE_S = 5.0

Probe = Callable[[], str]


class UnixHTTPConnection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path: Path, host: str = "localhost") -> None:
        super().__init__(host, timeout=PATIENCE_S)
        self.path = path

    def connect(self) -> None:
        """Open the socket."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(PATIENCE_S)
        self.sock.connect(str(self.path))


def probes(paths: Paths) -> dict[str, Probe]:
    """Return the probe of every process that listens; the worker has none, it is watched as a process."""
    portal_host, hub_host = (urlsplit(url).netloc for url in (paths.portal_url, paths.hub_url))
    return {
        "web": lambda: answers(_tcp(paths.web_port), "/healthz", portal_host, below=500),
        "lab-api": lambda: answers(
            UnixHTTPConnection(paths.lab_api_socket), "/api/lab/assignments", "lab-api", below=500
        ),
        # Only POST is served there: 405 is an answer of the portal itself.
        "hub-api": lambda: answers(
            UnixHTTPConnection(paths.hub_api_socket), "/api/hub/mounts/u0", "hub-api", below=500
        ),
        "grader": lambda: grader_answers(paths.grader_socket),
        "hub": lambda: answers(UnixHTTPConnection(paths.hub_socket), "/hub/api/", "hub", below=300),
        "proxy": lambda: answers(_tcp(paths.hub_port), "/hub/health", hub_host, below=300),
    }


def answers(connection: http.client.HTTPConnection, path: str, host: str, *, below: int) -> str:
    """Return nothing when `path` is answered with a status under `below`."""
    try:
        connection.request("GET", path, headers={"Host": host, "Connection": "close"})
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"{type(error).__name__}: {error}"
    finally:
        connection.close()
    return "" if status < below else f"HTTP {status}"


def grader_answers(path: Path) -> str:
    """Return nothing when the grader answers a ping."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(PATIENCE_S)
            connection.connect(str(path))
            connection.sendall(b'{"op": "ping"}\n')
            with connection.makefile("rb") as reply:
                said = json.loads(reply.readline() or b"{}")
    except (OSError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return str(said.get("message") or "error") if not said or said.get("event") == "error" else ""


def _tcp(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
