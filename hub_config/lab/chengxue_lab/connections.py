"""Keeps connections over unix sockets whole while the proxy still writes into them."""

from __future__ import annotations

from typing import Any

from tornado.http1connection import HTTP1Connection


def let_the_client_close() -> None:
    """Make this process's HTTP servers leave the closing of a connection to the client.

    The proxy asks for `Connection: close` on every unix socket. Tornado then closes as soon as it has
    answered, which may be before the proxy has written the end of a body that was read already; the
    proxy takes the broken pipe for a dead server and answers 503 to a request that was in fact done.
    """
    original = HTTP1Connection._can_keep_alive

    def can_keep_alive(self: HTTP1Connection, start_line: Any, headers: Any) -> bool:
        return start_line.version == "HTTP/1.1" or bool(original(self, start_line, headers))

    HTTP1Connection._can_keep_alive = can_keep_alive
