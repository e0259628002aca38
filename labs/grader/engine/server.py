"""The warm engine behind a unix socket: one JSON line in, heartbeats and one answer out."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import stat
from pathlib import Path
from typing import Any

from ..protocol import Event, RefusalCode
from . import children, doctor, sandbox
from .digests import environment_digest
from .errors import RequestRefused, SandboxUnavailable
from .requests import Place, handling_of, read_request
from .zygotes import Warm

LINE_BYTES = 128 * 1024 * 1024
HEARTBEAT_SECONDS = 1.0
QUIET_SECONDS = 2.0
"""After so long without work, fork servers that have worked much are replaced."""

log = logging.getLogger("chengxue.grader")


class Server:
    """Grades as many submissions at once as there are processors; the others wait in line."""

    def __init__(self, datasets: Path | None, places: int) -> None:
        self.datasets = datasets
        self.warm = Warm()
        self.places = asyncio.Semaphore(places)
        self.trial: asyncio.Task[None] | None = None
        self.rest: asyncio.Task[None] | None = None

    async def boot(self) -> None:
        """Import the libraries, then let a submission's process try what it must not be able to do.

        Raises SandboxUnavailable, which names what this host lacks.
        """
        zygotes = self.warm.zygotes(self.datasets)
        await zygotes.start()
        report = await doctor.examine(zygotes)
        if not report["ok"]:
            raise SandboxUnavailable(f"本机的沙箱达不到要求：{doctor.lacking(report)}")
        log.info(
            "sandbox tried: %d checks held, memory by %s", len(report["checks"]), report["host"]["memory_bounded_by"]
        )

    async def require_sandbox(self) -> None:
        """Wait until the sandbox was tried; a host that failed is tried again by the next request."""
        if self.trial is None or (self.trial.done() and self.trial.exception() is not None):
            self.trial = asyncio.create_task(self.boot())
        try:
            await asyncio.shield(self.trial)
        except SandboxUnavailable as refusal:
            log.error("sandbox unavailable, nothing is graded: %s", refusal.message)  # noqa: TRY400  # no traceback
            raise

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection; a client that went away takes its work with it."""
        try:
            line = await reader.readline()
            if line:
                await self._answer(line, writer)
        except (ConnectionError, asyncio.LimitOverrunError, ValueError) as problem:
            log.info("connection ended: %s", type(problem).__name__)
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _answer(self, line: bytes, writer: asyncio.StreamWriter) -> None:
        stage: dict[str, Any] = {}

        def progress(name: str, done: int, total: int) -> None:
            stage.update(stage=name, done=done, of=total)

        work = asyncio.create_task(self._work(line, Place(self.datasets, self.warm, self.places, progress)))
        try:
            while not work.done():
                await asyncio.wait([work], timeout=HEARTBEAT_SECONDS)
                if not work.done():
                    await _send(writer, {"event": Event.HEARTBEAT, **stage})
            await _send(writer, work.result())
        finally:
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await work
            self._rest_anew()

    async def _rest(self) -> None:
        await asyncio.sleep(QUIET_SECONDS)
        # What has begun is not called off by the next piece of work that ends.
        self.rest = None
        try:
            await self.warm.refresh()
        except SandboxUnavailable as refusal:
            log.error("fork server not replaced: %s", refusal.message)  # noqa: TRY400  # no traceback

    def _rest_anew(self) -> None:
        """Wait for quiet from now on."""
        if self.rest is not None:
            self.rest.cancel()
        self.rest = asyncio.create_task(self._rest())

    async def _work(self, line: bytes, place: Place) -> dict[str, Any]:
        try:
            request = read_request(line)
            identity = {"id": request["id"]} if "id" in request else {}
            handling = handling_of(request)
            if handling.needs_sandbox:
                await self.require_sandbox()
            async with self.places if handling.takes_place else contextlib.nullcontext():
                return {"event": Event.RESULT, "result": await handling.answer(request, place)} | identity
        except RequestRefused as refusal:
            return {"event": Event.ERROR, "code": refusal.code, "message": refusal.message}
        # One request that meets a mistake of ours must not end the service for everybody else.
        except Exception:
            log.exception("request failed")
            return {
                "event": Event.ERROR,
                "code": RefusalCode.INTERNAL,
                "message": "评分程序内部错误，请稍后重试。",
            }


async def _send(writer: asyncio.StreamWriter, event: dict[str, Any]) -> None:
    writer.write((json.dumps(event, ensure_ascii=False) + "\n").encode())
    await writer.drain()


async def run_server(path: Path, *, datasets: Path | None, mode: int, places: int) -> None:
    """Serve until SIGTERM or SIGINT."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    sandbox.end_orphans()
    environment_digest()
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    server = Server(datasets, places)
    booting = asyncio.create_task(server.require_sandbox())
    booting.add_done_callback(lambda task: task.cancelled() or task.exception())
    _remove_stale(path)
    before = os.umask(0o177)
    listener = await asyncio.start_unix_server(server.serve, path=str(path), limit=LINE_BYTES)
    os.umask(before)
    path.chmod(mode)
    log.info("listening on %s, %d at once, uid %d", path, places, os.geteuid())
    await stopping.wait()
    listener.close()
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await task
    server.warm.close()
    path.unlink(missing_ok=True)


def _remove_stale(path: Path) -> None:
    """Remove the socket that a killed server left behind; anything else at this place is not ours to remove."""
    if path.exists() and stat.S_ISSOCK(path.lstat().st_mode):
        path.unlink()


def default_places() -> int:
    """Return how many submissions are graded at once."""
    return max(children.processors(), 1)
