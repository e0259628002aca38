"""Asks the portal to put a person's granted data before the person's lab, just before the lab starts."""

from __future__ import annotations

import http.client
import json
import socket
from pathlib import Path
from typing import Any

TIMEOUT_S = 15


class PortalAway(Exception):
    """The portal did not answer, or refused."""


class _UnixConnection(http.client.HTTPConnection):
    """HTTP on a unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("hub-api", timeout=TIMEOUT_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(TIMEOUT_S)
        self.sock.connect(str(self._path))


def prepare_mounts(path: Path, user: str, token: str) -> list[str]:
    """Return what lies before the user's lab now, as `<code>/<number>`. Raises PortalAway."""
    connection = _UnixConnection(path)
    try:
        headers = {"Authorization": f"token {token}", "Content-Length": "0"}
        connection.request("POST", f"/api/hub/mounts/{user}", headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise PortalAway(f"{answer.status}")
        document: dict[str, Any] = json.loads(body)
        return [str(mount) for mount in document["mounts"]]
    except (OSError, ValueError, KeyError, http.client.HTTPException) as problem:
        raise PortalAway(type(problem).__name__) from problem
    finally:
        connection.close()
