"""The warm side of grading: two fork servers, one for trainees and one for tests, and what they have opened already."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import json
import os
import re
import socket
from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from . import processes, sandbox
from .errors import SandboxUnavailable

Role = Literal["trainee", "checker"]

START_SECONDS = 60.0
RECORD_BYTES = 1 << 16
USUAL_FORKS, MOST_FORKS = 500, 2000
"""A fork server is replaced after so many forks: in a quiet moment, or in the middle of work."""
MOST_TEMPLATES = 4
LIBRARIES = ("numpy", "pandas", "matplotlib.pyplot")
ROLES: tuple[Role, ...] = ("trainee", "checker")


def hold_files(files: Mapping[str, bytes]) -> int:
    """Keep files behind one descriptor, so that no path on the host is shared with a sandbox."""
    head = json.dumps([[name, len(content)] for name, content in files.items()]).encode()
    number = os.memfd_create("files")
    with os.fdopen(os.dup(number), "wb") as file:
        file.write(len(head).to_bytes(8, "big") + head)
        for content in files.values():
            file.write(content)
    return number


@dataclass
class Zygote:
    """One fork server: a socket that keeps records apart, and our number of its process."""

    channel: socket.socket
    pid: int
    shared_mb: float
    tables: dict[str, str] = field(default_factory=dict)
    threads: int = 1
    forks: int = 0
    users: int = 0
    is_template: bool = False
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def fork(self, job: Mapping[str, Any], numbers: Sequence[int]) -> int:
        """Ask for a fork; return our number of the new process. Raises OSError when the server is gone."""
        async with self.lock:
            self.forks += 1
            socket.send_fds(self.channel, [json.dumps(job).encode()], list(numbers))
            reply = await receive(self.channel)
        return processes.host_pid(self.pid, int(reply["pid"])) or self.pid


async def receive(channel: socket.socket) -> dict[str, Any]:
    """Wait for one record. Raises OSError at the end of the line."""
    record = await asyncio.get_running_loop().sock_recv(channel, RECORD_BYTES)
    if not record:
        raise ConnectionError("zygote")
    found: dict[str, Any] = json.loads(record)
    return found


@dataclass
class Opening:
    """Files and opening cells that many submissions share, told apart by a digest."""

    digest: str
    files: Mapping[str, bytes]
    cells: Sequence[str]
    seconds: float


class Server:
    """One sandbox with a fork server in it, started when first needed and again when it is gone or used up."""

    def __init__(self, place: sandbox.Place, preload: Sequence[str]) -> None:
        self.place = place
        self.preload = list(preload)
        self.box: sandbox.Sandbox | None = None
        self.base: Zygote | None = None
        self.templates: OrderedDict[str, Zygote | None] = OrderedDict()
        self.lock = asyncio.Lock()
        self.numbered = 0

    async def zygote(self, opening: Opening | None) -> Zygote:
        """Return the server to fork from: one that has run these opening cells, else the base."""
        async with self.lock:
            base = await self._base()
            if opening is None:
                return base
            if opening.digest not in self.templates:
                self.templates[opening.digest] = await self._open(base, opening)
                self._forget_old()
            self.templates.move_to_end(opening.digest)
            return self.templates[opening.digest] or base

    def _forget_old(self) -> None:
        """Let go of what was opened long ago; a template ends its forks with itself, so not one in use."""
        for digest in list(self.templates)[: max(len(self.templates) - MOST_TEMPLATES, 0)]:
            zygote = self.templates[digest]
            if zygote is None or not zygote.users:
                del self.templates[digest]
                if zygote is not None:
                    zygote.channel.close()

    async def _base(self) -> Zygote:
        if self.box is not None and (self.box.process.poll() is not None or self._is_used_up(MOST_FORKS)):
            self.close()
        if self.base is None:
            self.base = await self._start(self.preload)
            # Libraries that start threads make a fork unsafe: then every submission imports them itself.
            if self.base.threads > 1:
                self.close()
                self.base = await self._start([])
        return self.base

    def _is_used_up(self, most: int) -> bool:
        """Tell whether it has forked more than that, and nobody is at work in it."""
        known = [zygote for zygote in (self.base, *self.templates.values()) if zygote is not None]
        return sum(zygote.forks for zygote in known) > most and not any(zygote.users for zygote in known)

    async def refresh(self) -> None:
        """Replace it now when it has forked much, so that a burst of submissions need not wait for that."""
        async with self.lock:
            if self._is_used_up(USUAL_FORKS):
                self.close()
                await self._base()

    async def _start(self, preload: Sequence[str]) -> Zygote:
        self.box = box = sandbox.start(self.place)
        box.channel.setblocking(False)
        try:
            box.channel.send(json.dumps({"preload": list(preload)}).encode())
            ready = await asyncio.wait_for(receive(box.channel), START_SECONDS)
        except (TimeoutError, OSError, ValueError) as problem:
            complaint = box.complaint()
            self.close()
            raise SandboxUnavailable(f"评分沙箱没有就绪：{complaint or type(problem).__name__}") from problem
        except asyncio.CancelledError:
            # The client that it was started for went away.
            self.close()
            raise
        pid = processes.host_pid(box.process.pid, ready["pid"]) or box.process.pid
        return Zygote(box.channel, pid, processes.private_mb(pid), threads=ready["threads"])

    async def _open(self, base: Zygote, opening: Opening) -> Zygote | None:
        """Fork a template; None when its cells leave threads behind, so that it must not be forked."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        self.numbered += 1
        cells = hold_files({"cells": json.dumps(list(opening.cells)).encode()})
        files = hold_files(opening.files)
        try:
            job = {"op": "template", "number": self.numbered, "seconds": opening.seconds, "seed": opening.digest}
            pid = await base.fork(job, [theirs.fileno(), files, cells])
            theirs.close()
            ready = await asyncio.wait_for(receive(ours), opening.seconds * max(len(opening.cells), 1) + START_SECONDS)
        except (TimeoutError, OSError, ValueError):
            ours.close()
            return None
        finally:
            os.close(cells)
            os.close(files)
        if ready["threads"] > 1 or any(each["status"] != "ok" for each in ready["opened"]):
            ours.close()
            return None
        return Zygote(ours, pid, processes.private_mb(pid), ready["tables"], is_template=True)

    def close(self) -> None:
        """End the sandbox and everything forked in it."""
        for zygote in self.templates.values():
            if zygote is not None:
                zygote.channel.close()
        self.templates.clear()
        self.base = None
        if self.box is not None:
            self.box.channel.close()
            self.box.end()
            self.box = None


class Zygotes:
    """The two servers; `is_warm` when so much is graded that opening cells are worth keeping."""

    def __init__(self, datasets: Path | None, preload: Sequence[str] = LIBRARIES, *, is_warm: bool = True) -> None:
        self.is_warm = is_warm
        present = [name for name in preload if importlib.util.find_spec(name.partition(".")[0]) is not None]
        # Started by root, each of the two has a user of its own.
        self.servers: dict[Role, Server] = {
            role: Server(sandbox.Place(sandbox.lab_environment(), datasets, sandbox.child_uid(slot)), present)
            for slot, role in enumerate(ROLES)
        }

    async def start(self) -> None:
        """Boot both at once. Raises SandboxUnavailable."""
        await asyncio.gather(*(server.zygote(None) for server in self.servers.values()))

    async def refresh(self) -> None:
        """Replace those that have forked much. Raises SandboxUnavailable."""
        await asyncio.gather(*(server.refresh() for server in self.servers.values()))

    async def shared(self, opening: Opening | None) -> list[str]:
        """Return the opening cells' tables that are the same on both sides, and so need not cross."""
        found = await asyncio.gather(*(server.zygote(opening) for server in self.servers.values()))
        if not all(zygote.is_template for zygote in found):
            return []
        return [name for name, digest in found[0].tables.items() if found[1].tables.get(name) == digest]

    def close(self) -> None:
        """End both."""
        for server in self.servers.values():
            server.close()


MOST_FOLDERS = 4
"""Sets of data for which fork servers stay warm; each costs two sandboxes with their libraries."""


class Warm:
    """The fork servers of a long-running process, per folder of released data."""

    def __init__(self, preload: Sequence[str] = LIBRARIES) -> None:
        self.preload = preload
        self.known: OrderedDict[Path | None, Zygotes] = OrderedDict()
        self.busy: Counter[Path | None] = Counter()

    def zygotes(self, datasets: Path | None) -> Zygotes:
        """Return the servers that mount this folder."""
        if datasets not in self.known:
            self.known[datasets] = Zygotes(datasets, self.preload)
        self.known.move_to_end(datasets)
        return self.known[datasets]

    @contextlib.contextmanager
    def held(self, datasets: Path | None) -> Iterator[Zygotes]:
        """Yield the servers that mount this folder, which none of the others pushes out while they are used."""
        self.busy[datasets] += 1
        try:
            yield self.zygotes(datasets)
        finally:
            self.busy[datasets] -= 1
            idle = [folder for folder in self.known if not self.busy[folder]]
            for folder in idle[: max(0, len(self.known) - MOST_FOLDERS)]:
                self.known.pop(folder).close()

    async def refresh(self) -> None:
        """Replace what has forked much and is used by nobody. Raises SandboxUnavailable."""
        for folder, zygotes in list(self.known.items()):
            if folder in self.known and not self.busy[folder]:
                with self.held(folder):
                    await zygotes.refresh()

    def close(self) -> None:
        """End them all."""
        for zygotes in self.known.values():
            zygotes.close()
        self.known.clear()


def preload_for(text: str) -> list[str]:
    """Return the libraries that a single notebook imports, so that a single grade boots no more than it needs."""
    return [name for name in LIBRARIES if re.search(rf"\b(import|from)\s+{name.partition('.')[0]}\b", text)]
