"""Finds out whether the addresses of the installation are free, and who holds them when not."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from pathlib import Path

from portal.installation.messages import Refusal, text
from portal.installation.paths import Paths

LOOPBACK = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))


def require_free_ports(paths: Paths) -> None:
    """Raise Refusal when the web's or the hub's port is taken."""
    if paths.web_port == paths.hub_port:
        raise Refusal("ports_equal", port=paths.web_port)
    for variable, port in (("WEB_PORT", paths.web_port), ("HUB_PORT", paths.hub_port)):
        if not is_free(port):
            holder = holder_of(port) or text("holder_unknown")
            raise Refusal("port_busy", port=port, holder=holder, variable=variable, other=free_port())


def is_free(port: int) -> bool:
    """Return whether nothing listens on `port` of this machine's own addresses."""
    return all(_can_bind(family, address, port) for family, address in LOOPBACK)


def loopback_addresses(port: int) -> list[str]:
    """Return the addresses, as they are written, under which `localhost` may be looked up here."""
    names = {socket.AF_INET: f"127.0.0.1:{port}", socket.AF_INET6: f"[::1]:{port}"}
    return [names[family] for family, address in LOOPBACK if _has_address(family, address)]


def free_port() -> int:
    """Return a port that is free right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def holder_of(port: int) -> str:
    """Return `name, process N` of the process that listens on `port`, or nothing when it cannot be seen."""
    inodes = _listening_inodes(port)
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and _open_files(process) & inodes:
            name = (process / "comm").read_text(encoding="utf-8").strip()
            return f"{name}, {process.name}"
    return ""


def _open_files(process: Path) -> set[str]:
    found = set()
    # Processes and files come and go while they are looked at, and some belong to others.
    with suppress(OSError):
        for entry in (process / "fd").iterdir():
            with suppress(OSError):
                found.add(os.readlink(entry))
    return found


def _listening_inodes(port: int) -> set[str]:
    found = set()
    for table in ("tcp", "tcp6"):
        try:
            lines = Path("/proc/net", table).read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
                found.add(f"socket:[{fields[9]}]")
    return found


def _has_address(family: socket.AddressFamily, address: str) -> bool:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.bind((address, 0))
    except OSError:
        return False
    return True


def _can_bind(family: socket.AddressFamily, address: str, port: int) -> bool:
    if not _has_address(family, address):
        return True
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True
