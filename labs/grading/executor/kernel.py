"""The trusted end of one sandboxed runner: sends cells, bounds them, and says why one of them ended it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from . import limits as bounds
from . import processes, sandbox
from .errors import SandboxUnavailable
from .limits import Limits

LINE_BYTES = 64 * 1024
START_SECONDS = 60.0
WATCH_SECONDS = 0.25
GRACE_SECONDS = 2.0

Death = Literal["timeout", "memory", "crashed"]


class KernelDied(Exception):
    """The sandbox is gone or was ended; `reason` is the verdict for the cell that did it."""

    def __init__(self, reason: Death) -> None:
        super().__init__(reason)
        self.reason: Death = reason


@dataclass(frozen=True)
class Reply:
    """How a cell ended, in the words of a process that the trainee's code shares: plain values, checked types."""

    ok: bool
    type: str = ""
    text: str = ""
    name: str = ""
    line: int | None = None
    value: float | None = None


@dataclass
class Usage:
    """What a submission has cost so far."""

    cpu_s: float = 0.0
    peak_mb: float = 0.0


@dataclass
class Kernel:
    """One running sandbox."""

    box: sandbox.Sandbox
    limits: Limits
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    usage: Usage = field(default_factory=Usage)
    watcher: asyncio.Task[None] | None = None
    ended_for: Death | None = None

    async def run(self, code: str, *, is_test: bool, seconds: float) -> Reply:
        """Run one cell; raises KernelDied when the cell takes the process with it."""
        nonce = secrets.token_hex(16)
        request = {
            "op": "test" if is_test else "cell",
            "code": code,
            "nonce": nonce,
            "seconds": seconds,
        }
        try:
            self.writer.write((json.dumps(request) + "\n").encode())
            await self.writer.drain()
            answer = await asyncio.wait_for(self._answer(nonce), seconds + GRACE_SECONDS)
        except TimeoutError:
            raise await self._died("timeout") from None
        except (ConnectionError, ValueError, RecursionError):
            raise await self._died("crashed") from None
        return answer

    async def _answer(self, nonce: str) -> Reply:
        """Read the one line that answers; a line without the nonce was forged, and its sandbox is at its end."""
        line = await self.reader.readline()
        answer = json.loads(line) if line.endswith(b"\n") else None
        if not isinstance(answer, dict) or answer.get("nonce") != nonce:
            raise ConnectionError
        self._count(answer)
        return _read_reply(answer)

    def _count(self, answer: Mapping[str, Any]) -> None:
        cpu, peak = answer.get("cpu_s"), answer.get("peak_kb")
        if isinstance(cpu, float):
            self.usage.cpu_s = max(self.usage.cpu_s, cpu)
        if isinstance(peak, int):
            self.usage.peak_mb = max(self.usage.peak_mb, peak / 1024)

    async def _died(self, reason: Death) -> KernelDied:
        """Find out why: our own watcher, the kernel's CPU limit (SIGXCPU, then SIGKILL), or the code itself."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.to_thread(self.box.process.wait), 1)
        status = self.box.process.poll()
        out_of_cpu = status in (128 + 24, 128 + 9) and self.usage.cpu_s >= self.limits.cpu_s - 1
        await self.close()
        if self.ended_for is not None:
            return KernelDied(self.ended_for)
        return KernelDied("timeout" if out_of_cpu or status == 128 + 24 else reason)

    async def watch(self) -> None:
        """Sum up memory and CPU of the whole sandbox and end it at its limit; rlimits bound one process only."""
        while self.box.process.poll() is None:
            tree = processes.usage_of_tree(self.box.process.pid)
            self.usage.peak_mb = max(self.usage.peak_mb, tree.memory_mb)
            self.usage.cpu_s = max(self.usage.cpu_s, tree.cpu_s)
            is_full = tree.memory_mb > self.limits.memory_mb
            if not is_full:
                is_full = processes.files_under(tree.newest, sandbox.WRITABLE) > bounds.FILES
            if is_full or tree.cpu_s > self.limits.cpu_s:
                self.ended_for = "memory" if is_full else "timeout"
                self.box.process.kill()
                return
            await asyncio.sleep(WATCH_SECONDS)

    async def close(self) -> None:
        """End the sandbox and everything in it."""
        if self.watcher is not None:
            self.watcher.cancel()
        self.writer.close()
        self.box.end()


async def start(
    place: sandbox.Place,
    files: Mapping[str, bytes],
    limits: Limits,
    *,
    preload: Sequence[str],
    seed: str,
) -> Kernel:
    """Start a sandbox and wait until it can run cells. Raises SandboxUnavailable."""
    box = sandbox.start(place, files)
    reader, writer = await asyncio.open_connection(sock=box.channel, limit=LINE_BYTES)
    kernel = Kernel(box, limits, reader, writer)
    settings = {
        "limits": _runner_limits(limits),
        "preload": list(preload),
        "seed": seed,
    }
    try:
        writer.write((json.dumps(settings) + "\n").encode())
        line = await asyncio.wait_for(reader.readline(), START_SECONDS)
        kernel._count(json.loads(line))
    except (TimeoutError, ConnectionError, ValueError) as problem:
        complaint = box.complaint()
        await kernel.close()
        raise SandboxUnavailable(f"评分沙箱没有就绪：{complaint or type(problem).__name__}") from problem
    kernel.watcher = asyncio.create_task(kernel.watch())
    return kernel


def _runner_limits(limits: Limits) -> dict[str, float]:
    return asdict(limits) | {
        "file_mb": bounds.FILE_MB,
        "processes": bounds.PROCESSES,
        "open_files": bounds.OPEN_FILES,
        "output_bytes": bounds.OUTPUT_BYTES,
    }


def _read_reply(answer: Mapping[str, Any]) -> Reply:
    value, line = answer.get("value"), answer.get("line")
    return Reply(
        ok=answer.get("status") == "ok",
        type=str(answer.get("type", ""))[:60],
        text=str(answer.get("text", ""))[:500],
        name=str(answer.get("name", ""))[:100],
        line=line if isinstance(line, int) else None,
        value=value if isinstance(value, float) else None,
    )


def now() -> float:
    """Return a clock for durations."""
    return time.monotonic()


def processors() -> int:
    """Return how many submissions run side by side."""
    return len(os.sched_getaffinity(0))
