"""What one caller may hold of a server process, and how long it is waited for.

The figures are the installation's promise, see docs/reference/limits.md. A weak link of a county (some 2 KB/s) stays
far above the slowest pace; an office of 60 people behind one address opens some 6 connections each.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Limits of one process. A caller is an address, or a lab; where callers cannot be told apart there is one, None."""

    threads: int = 4
    """Requests that are worked on at once."""
    threads_per_caller: int | None = None
    """Of these, how many one caller's requests may take; None means all."""
    connections: int = 2000
    """Open connections in all. One more ends the longest waiting of whoever holds most."""
    connections_per_caller: int = 400
    """Open connections of one caller. One more ends the longest waiting of the same."""
    head_s: float = 10.0
    """Seconds from the first octet of a request to the end of its head."""
    idle_s: float = 30.0
    """Seconds between two requests on one connection, and before the first."""
    grace_s: float = 30.0
    """Seconds in which a body or an answer may come as slowly as it likes."""
    slowest: int = 512
    """Octets a second that a body or an answer has to keep up on the average after that."""
    body: int = 64 << 20
    """Largest body in octets."""
    strangers_body: int = 2 << 20
    """Largest body of a request that carries neither a session nor a token."""
    stopping_s: float = 5.0
    """Seconds for requests under way when the process is asked to end."""
