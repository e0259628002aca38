"""From whose Lab a call comes, as the kernel of the machine says; nothing that the caller sends is believed.

The other end of a unix socket is known by its user id and process. With a user id for each Lab that number is the
answer. Where all share one, the process's ancestors are followed out of the sandbox, to the program that the hub
started there: nobody inside can touch it, and it names the person.
"""

from __future__ import annotations

import os
import re
import socket
import struct
from dataclasses import dataclass
from pathlib import Path

LAB_UID_BASE = 200_000
"""A Lab's user id is this plus the person's number: as in hub_config/settings.py, which a test holds to it."""

OUTSIDE = 0
"""A process of the machine's own operator, in no Lab."""

_CREDENTIALS = struct.Struct("3i")
_OWNER = re.compile(rb"USER=u([1-9][0-9]{0,8})")
_SANDBOX = "bwrap"
_MOST_ANCESTORS = 64


def may_speak_for(user_id: int, connection: object) -> bool:
    """Return whether a call over the connection may carry the user's token: from that user's Lab,
    or from no Lab at all."""
    place = place_of(connection) if isinstance(connection, socket.socket) else None
    return place in (OUTSIDE, user_id)


def caller_of(connection: socket.socket) -> tuple[str, int] | None:
    """Return whose share of the server process a connection takes: a Lab's own; the operator's is without a limit."""
    place = place_of(connection)
    if place is None:
        uid = _CREDENTIALS.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))[1]
        return "user id", uid
    return None if place == OUTSIDE else ("lab", place)


def place_of(connection: socket.socket, proc: Path = Path("/proc")) -> int | None:
    """Return the number of the person in whose Lab the other end is, OUTSIDE, or None when nobody can say."""
    if connection.family != socket.AF_UNIX:
        return None
    said = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    pid, uid, _ = _CREDENTIALS.unpack(said)
    if uid == os.geteuid():
        return _place_of_process(pid, proc)
    if uid > LAB_UID_BASE:
        return uid - LAB_UID_BASE
    return OUTSIDE if uid == 0 else None


def _place_of_process(pid: int, proc: Path) -> int | None:
    """Follow a process of our own user out of its sandbox, if it is in one."""
    try:
        looked = _look_at(pid, proc)
        if not looked.is_inside:
            return OUTSIDE
        for _ in range(_MOST_ANCESTORS):
            pid = looked.parent
            looked = _look_at(pid, proc)
            if not looked.is_inside:
                return _owner(pid, proc) if looked.name == _SANDBOX else None
    except (OSError, ValueError, KeyError):
        # It ended, or its sandbox did: then nobody can say any more.
        return None
    return None


@dataclass(frozen=True)
class _Looked:
    """What the kernel says of a process; inside a sandbox all have process numbers of their own."""

    name: str
    parent: int
    is_inside: bool


def _look_at(pid: int, proc: Path) -> _Looked:
    if pid <= 0:
        raise ValueError(pid)
    lines = (proc / str(pid) / "status").read_text(encoding="utf-8", errors="replace").splitlines()
    fields = dict(line.split(":", 1) for line in lines if ":" in line)
    return _Looked(fields["Name"].strip(), int(fields["PPid"]), len(fields["NSpid"].split()) > 1)


def _owner(pid: int, proc: Path) -> int | None:
    """Return the person whom the hub named to the program that made the sandbox."""
    for variable in (proc / str(pid) / "environ").read_bytes().split(b"\0"):
        if match := _OWNER.fullmatch(variable):
            return int(match[1])
    return None
