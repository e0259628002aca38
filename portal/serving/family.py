"""A parent that keeps a number of equal processes alive and ends with them."""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import signal
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

PARENT_DIES = 1
PAUSE_S = 1.0
"""Between two starts of a process that ends at once."""


def keep(count: int, serve: Callable[[], None], stopping_s: float) -> int:
    """Run `serve` in `count` processes, start each again that ends, until SIGTERM or SIGINT; return the exit code."""
    return _Family(count, serve, stopping_s).run()


class _Family:
    def __init__(self, count: int, serve: Callable[[], None], stopping_s: float) -> None:
        self._count, self._serve, self._stopping_s = count, serve, stopping_s
        self._children: set[int] = set()
        self._is_ending = False

    def run(self) -> int:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        gc.freeze()  # what is loaded stays shared between the processes
        while not self._is_ending:
            while len(self._children) < self._count and not self._is_ending:
                self._children.add(self._start())
            self._wait_for_one()
        return self._finish()

    def _start(self) -> int:
        parent = os.getpid()
        child = os.fork()
        if child:
            return child
        code = 1
        try:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.SIG_DFL)
            ctypes.CDLL(None).prctl(PARENT_DIES, signal.SIGTERM, 0, 0, 0)
            if os.getppid() == parent:
                self._serve()
                code = 0
        except BaseException:
            log.exception("a server process failed")
        finally:
            os._exit(code)

    def _wait_for_one(self) -> None:
        began = time.monotonic()
        try:
            child, status = os.waitpid(-1, 0)
        except (InterruptedError, ChildProcessError):
            return
        self._children.discard(child)
        if not self._is_ending:
            log.error("server process %s ended with status %s and is started again", child, status)
            if time.monotonic() - began < PAUSE_S:
                time.sleep(PAUSE_S)

    def _end(self, *_: object) -> None:
        self._is_ending = True
        self._tell(signal.SIGTERM)

    def _tell(self, number: int) -> None:
        for child in self._children:
            try:
                os.kill(child, number)
            except ProcessLookupError:
                continue

    def _finish(self) -> int:
        self._tell(signal.SIGTERM)
        until = time.monotonic() + self._stopping_s + 2
        while self._children and time.monotonic() < until:
            child, _ = os.waitpid(-1, os.WNOHANG)
            self._children.discard(child)
            time.sleep(0.05)
        self._tell(signal.SIGKILL)
        return 0
