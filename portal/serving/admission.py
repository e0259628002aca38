"""Who may hold how many connections; one too many costs the longest waiting of whoever holds too many."""

from __future__ import annotations

from collections import OrderedDict
from typing import Protocol

from portal.serving.callers import Caller
from portal.serving.limits import Limits


class Connection(Protocol):
    """What admission asks of a connection (`portal/serving/channel.py`, which knows this module)."""

    caller: Caller

    @property
    def is_waiting(self) -> bool:
        """Whether nothing of it is being worked on or sent."""

    def handle_close(self) -> None:
        """Close it."""


class Admission:
    """The open connections of one process, by caller and in the order in which they came."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._held: dict[Caller, OrderedDict[Connection, None]] = {}
        self._count = 0
        self._ended: list[Connection] = []

    def enter(self, channel: Connection) -> None:
        """Take a new connection in, and end another when they are too many."""
        held = self._held.setdefault(channel.caller, OrderedDict())
        held[channel] = None
        self._count += 1
        if channel.caller is not None and len(held) > self._limits.connections_per_caller:
            self._end_one_of(held)
        elif self._count > self._limits.connections:
            self._end_one_of(max(self._held.values(), key=len))

    def leave(self, channel: Connection) -> None:
        """Forget a connection that is closed."""
        held = self._held.get(channel.caller)
        if held is None or channel not in held:
            return
        del held[channel]
        self._count -= 1
        if not held:
            del self._held[channel.caller]

    def _end_one_of(self, held: OrderedDict[Connection, None]) -> None:
        # The newest is ended only when everything before it is being worked on or answered.
        victim = next((channel for channel in held if channel.is_waiting), next(reversed(held)))
        self.end(victim)

    def end(self, channel: Connection) -> None:
        """Have a connection closed between two rounds of the loop.

        Within a round its descriptor's number could become another connection's. Asking the library to close it is not
        enough: it waits until the connection takes data again.
        """
        self.leave(channel)
        self._ended.append(channel)

    def close_ended(self) -> None:
        """Close what was ended in this round."""
        while self._ended:
            self._ended.pop().handle_close()
