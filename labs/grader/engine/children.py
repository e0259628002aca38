"""The trusted end of one submission's process: sends cells, bounds them, and says why one of them ended it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import socket
import time
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from ..protocol import Limits, Verdict
from . import cgroups, processes, sandbox
from . import limits as bounds
from .errors import SandboxUnavailable
from .zygotes import Opening, Role, Zygote, Zygotes, hold_files

LINE_BYTES = 64 * 1024
START_SECONDS = 60.0
WATCH_SECONDS = 0.25
GRACE_SECONDS = 2.0
OUT_OF_CPU = 128 + 24
KILLED = (-9, 128 + 9)
STARTED_BADLY = 97

Death = Literal[Verdict.TIMEOUT, Verdict.MEMORY, Verdict.CRASHED]


class ChildDied(Exception):
    """The process is gone or was ended; `reason` is the verdict for the cell that did it."""

    def __init__(self, reason: Death) -> None:
        super().__init__(reason)
        self.reason: Death = reason


@dataclass(frozen=True)
class Reply:
    """How a cell ended: plain values, checked types. `broken` says that the line between the two processes is."""

    ok: bool
    type: str = ""
    text: str = ""
    name: str = ""
    line: int | None = None
    value: float | None = None
    broken: str = ""


@dataclass
class Usage:
    """What a process has cost so far."""

    cpu_s: float = 0.0
    peak_mb: float = 0.0


@dataclass
class Child:
    """One running process of a submission."""

    zygote: Zygote
    pid: int
    life: socket.socket
    control: socket.socket
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    limits: Limits
    usage: Usage = field(default_factory=Usage)
    group: cgroups.Group | None = None
    watcher: asyncio.Task[None] | None = None
    ended_for: Death | None = None
    status: int | None = None

    async def run(self, operation: str, code: str, *, seconds: float, names: Collection[str] = ()) -> Reply:
        """Run one cell; raises ChildDied when the cell takes the process with it."""
        request = {"op": operation, "code": code, "seconds": seconds, "names": sorted(names)}
        return await self._ask(request, seconds)

    async def join(self, line: socket.socket, *, shares: bool) -> None:
        """Give a checker the line to a new trainee's process."""
        nonce = secrets.token_hex(16)
        record = (json.dumps({"op": "link", "nonce": nonce, "shared": shares}) + "\n").encode()
        socket.send_fds(self.control, [record], [line.fileno()])
        try:
            await asyncio.wait_for(self._answer(nonce), GRACE_SECONDS)
        except (TimeoutError, ConnectionError, ValueError):
            raise await self.died(Verdict.CRASHED) from None

    async def _ask(self, request: dict[str, Any], seconds: float) -> Reply:
        nonce = secrets.token_hex(16)
        try:
            self.writer.write((json.dumps(request | {"nonce": nonce}) + "\n").encode())
            return await asyncio.wait_for(self._answer(nonce), seconds + GRACE_SECONDS)
        except TimeoutError:
            raise await self.died(Verdict.TIMEOUT) from None
        except (ConnectionError, ValueError, RecursionError):
            raise await self.died(Verdict.CRASHED) from None

    async def _answer(self, nonce: str) -> Reply:
        """Read the one line that answers; a line without the nonce was forged, and its process is at its end."""
        await self.writer.drain()
        line = await self.reader.readline()
        answer = json.loads(line) if line.endswith(b"\n") else None
        if not isinstance(answer, dict) or answer.get("nonce") != nonce:
            raise ConnectionError
        self._count(answer)
        return _read_reply(answer)

    def _count(self, answer: Mapping[str, Any]) -> None:
        cpu, peak = answer.get("cpu_s"), answer.get("peak_kb")
        # What a process says of itself counts up to its limits; the kernel's own count comes at its end.
        if isinstance(cpu, float) and cpu <= self.limits.cpu_s:
            self.usage.cpu_s = max(self.usage.cpu_s, cpu)
        if isinstance(peak, int) and peak <= self.limits.memory_mb << 11:
            self.usage.peak_mb = max(self.usage.peak_mb, peak / 1024)

    async def died(self, reason: Death) -> ChildDied:
        """Find out why: our own watcher, the kernel's CPU limit (SIGXCPU, then SIGKILL), or the code itself."""
        with contextlib.suppress(TimeoutError, OSError, ValueError):
            said = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(self.life, 1000), 1)
            self._read_end(said)
        out_of_cpu = self.status in KILLED and self.usage.cpu_s >= self.limits.cpu_s - 1
        if self.ended_for is None and self.group is not None and self.group.has_killed():
            self.ended_for = Verdict.MEMORY
        await self.close()
        if self.ended_for is not None:
            return ChildDied(self.ended_for)
        return ChildDied(Verdict.TIMEOUT if out_of_cpu or self.status == OUT_OF_CPU else reason)

    def _read_end(self, said: bytes) -> None:
        status, cpu, peak_kb = said.split()
        self.status = int(status)
        self.usage.cpu_s = max(self.usage.cpu_s, float(cpu))
        self.usage.peak_mb = max(self.usage.peak_mb, int(peak_kb) / 1024)

    async def watch(self) -> None:
        """Sum up memory and CPU of the whole sandbox and end it at its limit; rlimits bound one process only."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            tree = processes.usage_of_tree(self.pid, self.zygote.shared_mb)
            self.usage.peak_mb = max(self.usage.peak_mb, tree.memory_mb)
            self.usage.cpu_s = max(self.usage.cpu_s, tree.cpu_s)
            is_full = tree.memory_mb > self.limits.memory_mb
            if is_full or tree.cpu_s > self.limits.cpu_s:
                self.ended_for = Verdict.MEMORY if is_full else Verdict.TIMEOUT
                self.life.shutdown(socket.SHUT_WR)
                return

    async def close(self) -> None:
        """End the process and everything it started."""
        if self.life.fileno() == -1:
            return
        if self.watcher is not None:
            self.watcher.cancel()
        self.zygote.users -= 1
        self.writer.close()
        with contextlib.suppress(OSError):
            self.life.shutdown(socket.SHUT_WR)
        with contextlib.suppress(TimeoutError, OSError, ValueError):
            if self.status is None:
                self._read_end(await asyncio.wait_for(asyncio.get_running_loop().sock_recv(self.life, 1000), 5))
        self.life.close()
        if self.group is not None:
            self.group.close()


@dataclass(frozen=True)
class Start:
    """What a new process is given."""

    role: Role
    files: Mapping[str, bytes]
    limits: Limits
    seed: str
    classes: Collection[str] = ()
    opening: Opening | None = None
    shared: Collection[str] = ()


async def start(zygotes: Zygotes, wanted: Start, line: socket.socket) -> Child:
    """Fork a process and wait until it can run cells. Raises SandboxUnavailable."""
    server = zygotes.servers[wanted.role]
    try:
        return await _fork(await server.zygote(wanted.opening), wanted, line)
    except OSError:
        server.close()
    try:
        return await _fork(await server.zygote(wanted.opening), wanted, line)
    except OSError as problem:
        raise SandboxUnavailable(f"评分沙箱没有就绪：{problem}") from problem


async def _fork(zygote: Zygote, wanted: Start, line: socket.socket) -> Child:
    if wanted.shared and not zygote.is_template:
        raise SandboxUnavailable("评分沙箱没有就绪：开头的单元格没有运行。")
    life, their_life = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    control, their_control = socket.socketpair()
    life.setblocking(False)
    numbers = [their_life.fileno(), their_control.fileno(), line.fileno()]
    files = hold_files(wanted.files) if not zygote.is_template else None
    try:
        pid = await zygote.fork(_job(wanted), numbers if files is None else [*numbers, files])
    except OSError:
        life.close()
        control.close()
        raise
    finally:
        their_life.close()
        their_control.close()
        if files is not None:
            os.close(files)
    zygote.users += 1
    processes.go_first(pid)
    reader, writer = await asyncio.open_connection(sock=control, limit=LINE_BYTES)
    child = Child(zygote, pid, life, control, reader, writer, wanted.limits)
    groups = cgroups.delegated()
    child.group = groups.make(pid, wanted.limits.memory_mb, bounds.PROCESSES) if groups is not None else None
    await _wait_ready(child)
    child.watcher = asyncio.create_task(child.watch())
    return child


async def _wait_ready(child: Child) -> None:
    try:
        ready = await asyncio.wait_for(child.reader.readline(), START_SECONDS)
    except (TimeoutError, OSError, ValueError):
        ready = b""
    if ready:
        return
    with contextlib.suppress(TimeoutError, OSError):
        said = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(child.life, 1000), 1)
        child.status = STARTED_BADLY
        await child.close()
        raise SandboxUnavailable(f"评分沙箱没有就绪：{said.decode('utf-8', 'replace')}")
    await child.close()
    raise SandboxUnavailable("评分沙箱没有就绪。")


def _job(wanted: Start) -> dict[str, Any]:
    sizes = {sandbox.WORK: bounds.WORK_MB, sandbox.TEMPORARY: bounds.TEMPORARY_MB, sandbox.SHARED: bounds.SHARED_MB}
    limits = asdict(wanted.limits) | {
        "file_mb": bounds.FILE_MB,
        "processes": bounds.PROCESSES,
        "open_files": bounds.OPEN_FILES,
        "output_bytes": bounds.OUTPUT_BYTES,
        "files": bounds.FILES,
    }
    return {
        "op": "fork",
        "role": wanted.role,
        "kept": sandbox.folders_below(sizes),
        "sizes": sizes | {sandbox.TEMPLATES: bounds.OWN_MODULES_MB},
        "limits": limits,
        "seed": wanted.seed,
        "classes": sorted(wanted.classes),
        "shared": list(wanted.shared),
    }


def _read_reply(answer: Mapping[str, Any]) -> Reply:
    value, line = answer.get("value"), answer.get("line")
    return Reply(
        ok=answer.get("status") == "ok",
        type=plain_text(answer.get("type", ""), 60),
        text=plain_text(answer.get("text", ""), 500),
        name=plain_text(answer.get("name", ""), 100),
        line=line if isinstance(line, int) else None,
        value=value if isinstance(value, float) else None,
        broken=str(answer.get("broken") or ""),
    )


def plain_text(value: object, longest: int) -> str:
    """Shorten a text of unknown origin and replace what no file, database or page could hold."""
    text = str(value)[:longest].encode("utf-8", "replace").decode("utf-8")
    return "".join(sign if sign.isprintable() or sign in "\n\t" else "\ufffd" for sign in text)


def now() -> float:
    """Return a clock for durations."""
    return time.monotonic()


def processors() -> int:
    """Return how many submissions run side by side."""
    return len(os.sched_getaffinity(0))
