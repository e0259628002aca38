"""Who a connection counts for."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Hashable

Caller = Hashable | None
"""An address or a lab; None where callers cannot be told apart, as behind a proxy, which has limits of its own."""

CONNECTION = "chengxue.connection"
"""The key of the environ under which the application finds the connection itself; no header can forge it."""

HOUSEHOLD_V6 = 64
"""Whoever has one IPv6 address has the whole network of this length."""


def by_address(connection: socket.socket) -> Caller:
    """Return the address at the other end; all of an IPv6 network count as one."""
    if connection.family == socket.AF_UNIX:
        return None
    try:
        address = ipaddress.ip_address(connection.getpeername()[0].partition("%")[0])
    except (OSError, ValueError):
        return None
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network(f"{address}/{HOUSEHOLD_V6}", strict=False))


def nobody(connection: socket.socket) -> Caller:
    """Tell no callers apart."""
    return None


CallerOf = Callable[[socket.socket], Caller]
