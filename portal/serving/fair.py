"""Threads that work on requests, of which no caller can take all."""

from __future__ import annotations

import threading
from collections import Counter, deque
from typing import Any

from waitress.task import ThreadedTaskDispatcher

from portal.serving.admission import Connection
from portal.serving.callers import Caller


class FairDispatcher(ThreadedTaskDispatcher):
    """Hands each caller's requests on while the caller has fewer than its share under way; the rest wait in order."""

    def __init__(self, threads: int, per_caller: int | None) -> None:
        super().__init__()
        self.queue_logger.setLevel("ERROR")  # a queue that is longer than the threads is no event
        self._per_caller = per_caller
        self._fair = threading.Lock()
        self._under_way: Counter[Caller] = Counter()
        self._waiting: dict[Caller, deque[Connection]] = {}
        self.set_thread_count(threads)

    def add_task(self, task: Connection) -> None:
        """Take a request that is there whole."""
        caller = task.caller
        with self._fair:
            if self._is_spent(caller):
                self._waiting.setdefault(caller, deque()).append(task)
                return
            self._under_way[caller] += 1
        super().add_task(task)

    def done(self, task: Connection) -> None:
        """Note that a request has been answered, and hand on the caller's next."""
        caller = task.caller
        with self._fair:
            waiting = self._waiting.get(caller)
            following = waiting.popleft() if waiting else None
            if not waiting:
                self._waiting.pop(caller, None)
            if following is None:
                self._under_way[caller] -= 1
                self._under_way += Counter()  # forgets those at zero
        if following is not None:
            super().add_task(following)

    def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> Any:
        """End the threads; what still waits is dropped with its connection."""
        with self._fair:
            self._waiting.clear()
        return super().shutdown(cancel_pending, timeout)

    def _is_spent(self, caller: Caller) -> bool:
        if caller is None or self._per_caller is None:
            return False
        return self._under_way[caller] >= self._per_caller
