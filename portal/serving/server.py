"""A server process: one loop that reads and writes for all connections, and a few threads that work."""

from __future__ import annotations

import contextlib
import copy
import signal
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer, UnixWSGIServer

from portal.serving.admission import Admission
from portal.serving.callers import CallerOf
from portal.serving.channel import Channel
from portal.serving.fair import FairDispatcher
from portal.serving.limits import Limits

IsKnown = Callable[[Mapping[str, str]], bool]
"""Whether a request's headers (CAPITALS_AND_UNDERSCORES) show a session or a token."""

WHOLE_ANSWER = 1 << 40
"""Octets of an answer that wait for their reader on disk, so that no thread waits."""


class _Listening:
    """What connections need of the socket on which they came."""

    channel_class = Channel
    limits: Limits
    admission: Admission
    caller_of: CallerOf
    active_channels: dict[int, Channel]
    accepting: bool

    def maintenance(self, now: float) -> None:
        """Do nothing here, within a round of the loop."""

    def fix_addr(self, addr: Any) -> Any:
        """Return no address: a unix socket's callers have none."""
        return addr or ("", None)


class _Tcp(_Listening, TcpWSGIServer):
    pass


class _Unix(_Listening, UnixWSGIServer):
    pass


Server = _Tcp | _Unix


class Process:
    """Serves an application on listening sockets until it is told to end."""

    def __init__(
        self,
        application: Any,
        listeners: Sequence[socket.socket],
        limits: Limits,
        caller_of: CallerOf,
        is_known: IsKnown,
    ) -> None:
        self._limits = limits
        self._map: dict[int, Any] = {}
        self._is_ending = False
        self._next_look = 0.0
        self._admission = Admission(limits)
        self._dispatcher = FairDispatcher(limits.threads, limits.threads_per_caller)
        adjustments = adjustments_from(limits, is_known)
        self._servers: list[Server] = []
        for listener in listeners:
            kind = _Unix if listener.family == socket.AF_UNIX else _Tcp
            server = kind(
                application,
                self._map,
                False,
                listener,
                dispatcher=self._dispatcher,
                adj=adjustments,
                bind_socket=False,
                sockinfo=(listener.family, listener.type, listener.proto, listener.getsockname()),
            )
            server.limits, server.admission, server.caller_of = limits, self._admission, caller_of
            server.accepting = True
            self._servers.append(server)

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.end())
        self.serve()

    def serve(self) -> None:
        """Serve until `end` is called; requests under way are answered then."""
        while not self._is_ending:
            self._round(1.0)
        self._finish()

    def end(self) -> None:
        """Ask the loop to end, from a signal or another thread."""
        self._is_ending = True
        with contextlib.suppress(OSError):  # the loop has ended already and closed what wakes it
            self._servers[0].pull_trigger()

    def _round(self, seconds: float) -> None:
        wasyncore.poll2(seconds, self._map)
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + 1
            for server in self._servers:
                for channel in list(server.active_channels.values()):
                    channel.look(now)
        self._admission.close_ended()

    def _finish(self) -> None:
        until = time.monotonic() + self._limits.stopping_s
        for server in self._servers:
            # Not closed: the socket is the supervisor's, and the next process goes on with those who wait at it.
            server.accepting = False
        while time.monotonic() < until:
            channels = [channel for server in self._servers for channel in server.active_channels.values()]
            for channel in channels:
                channel.will_close = channel.will_close or (channel.is_waiting and channel.request is None)
            if not channels:
                break
            self._round(0.1)
        self._dispatcher.shutdown(timeout=1)
        for server in self._servers:
            for channel in list(server.active_channels.values()):
                channel.handle_close()
            server.trigger.close()


def adjustments_from(limits: Limits, is_known: IsKnown) -> Adjustments:
    """Return the library's settings."""
    adjustments = Adjustments(
        # The application reads what a proxy says, as its own settings tell how many there are.
        clear_untrusted_proxy_headers=False,
        ident="",
        max_request_body_size=limits.body + 1,
        max_request_header_size=64 << 10,
        outbuf_high_watermark=WHOLE_ANSWER,
        # Admission counts them; the library would stop listening.
        connection_limit=1 << 30,
        cleanup_interval=1,
        asyncore_use_poll=True,
        threads=limits.threads,
    )
    strangers = copy.copy(adjustments)
    strangers.max_request_body_size = limits.strangers_body + 1
    for one in (adjustments, strangers):
        one.is_known, one.for_strangers = is_known, strangers
    return adjustments
