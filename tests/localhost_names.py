"""Lets this process find names below `localhost` at the loopback, as every browser does and C libraries need not."""

from __future__ import annotations

import socket
from typing import Any

_ask_the_system = socket.getaddrinfo


def _getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
    name = host.decode() if isinstance(host, bytes) else host
    is_local = isinstance(name, str) and name.lower().endswith(".localhost")
    return _ask_the_system("127.0.0.1" if is_local else host, *arguments, **options)


def find_as_browsers_do() -> None:
    """Answer for `*.localhost` in this process from now on."""
    socket.getaddrinfo = _getaddrinfo
