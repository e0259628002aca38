"""One connection: how long it is waited for, and what the application is told of it."""

from __future__ import annotations

import logging
import socket
from collections.abc import Hashable
from typing import Any, Protocol

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import WSGITask

from portal.serving.admission import Admission
from portal.serving.callers import CONNECTION, Caller, CallerOf
from portal.serving.refusals import Refusal, TooSlow

log = logging.getLogger(__name__)


class Serving(Protocol):
    """What a connection asks of its server (`portal/serving/server.py`, which knows this module)."""

    @property
    def admission(self) -> Admission:
        """Who may hold how many connections."""

    @property
    def caller_of(self) -> CallerOf:
        """Says whose connection it is."""


def _caller(server: Serving, sock: socket.socket) -> Caller:
    """Return whose connection it is. Whoever cannot be named shares a place with all of their kind: no caller is waved through."""
    try:
        return server.caller_of(sock)
    except Exception:
        # Whatever leaves this function would close the listening socket.
        log.exception("nobody could say whose connection it is")
        return "unnamed"


class Task(WSGITask):
    """A request that is there whole."""

    def get_environment(self) -> dict[str, Any]:
        """Add the connection: its other end is known to the machine's kernel."""
        environ: dict[str, Any] = super().get_environment()
        environ[CONNECTION] = self.channel.socket
        return environ


class Parser(HTTPRequestParser):
    """Lets strangers send little: a body is kept, on disk when it is large, before anybody looks at it."""

    adj: Any

    def parse_header(self, header_plus: bytes) -> None:
        """Read the head and choose how large the body may be."""
        super().parse_header(header_plus)
        if not self.adj.is_known(self.headers):
            self.adj = self.adj.for_strangers


class Channel(HTTPChannel):
    """A connection of a caller."""

    task_class = Task
    error_task_class = Refusal
    request: Any
    parser_class = Parser

    def __init__(self, server: Serving, sock: socket.socket, addr: Any, adj: Any, map: Any = None) -> None:
        self.caller = _caller(server, sock)
        self.sent = 0
        self._phase: Hashable = None
        self._since = 0.0
        self._from = 0
        super().__init__(server, sock, addr, adj, map)
        server.admission.enter(self)

    def del_channel(self, map: Any = None) -> None:
        """Give the place back."""
        super().del_channel(map)
        self.server.admission.leave(self)

    def send(self, data: bytes, do_close: bool = True) -> int:
        """Send and count."""
        sent: int = super().send(data, do_close)
        self.sent += sent
        return sent

    def service(self) -> None:
        """Work on a request, in a thread."""
        try:
            super().service()
        finally:
            self.server.task_dispatcher.done(self)

    @property
    def is_waiting(self) -> bool:
        """Whether nothing of this connection is being worked on or sent."""
        return not self.requests and not self.total_outbufs_len

    def look(self, now: float) -> None:
        """Give the connection up when what it waits for takes too long; called about every second."""
        phase, done, allowed = self._progress()
        if phase != self._phase:
            self._phase, self._since, self._from = phase, now, done
        elif allowed is not None and now - self._since > allowed + (done - self._from) / self.server.limits.slowest:
            self.give_up()

    def give_up(self) -> None:
        """Close the connection; who was sending a body is told first."""
        with self.requests_lock:
            request = self.request
            is_body = request is not None and request.headers_finished and not self.requests
            if is_body and not (self.will_close or self.close_when_flushed):
                request.error, request.completed = TooSlow(""), True
                self.request = None
                self.requests.append(request)
                self.server.add_task(self)
                return
        self.server.admission.end(self)

    def _progress(self) -> tuple[Hashable, int, float | None]:
        """Return what the connection is at, how many octets of it are done, and the seconds that it has for none."""
        limits, request = self.server.limits, self.request
        if self.total_outbufs_len:
            return "answer", self.sent, limits.grace_s
        if self.requests:
            return "work", 0, None
        if request is None:
            return ("idle", self.sent), 0, limits.idle_s
        if not request.headers_finished:
            return ("head", id(request)), 0, limits.head_s
        return ("body", id(request)), request.body_bytes_received, limits.grace_s
