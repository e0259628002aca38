"""Plays the queue with the real functions on the database and a clock of its own: only the grading itself takes no time."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from labs.grading.expecting import told_seconds
from labs.grading.models import GradingRun
from labs.grading.pace import expectations
from portal.queue import registry, worker
from portal.queue.actions import finish
from portal.queue.worker import GRADED, Post, posts, work_next
from portal.users.models import User
from tests.classroom import NOW

Send = Callable[[datetime], GradingRun]


@dataclass
class Told:
    """What a trainee was told at an instant, and what came."""

    run: int
    at: datetime
    place: int
    seconds: float


@dataclass
class Simulation:
    """Workers with their places on some machines, and people who send notebooks at given seconds."""

    posts: list[Post]
    seconds_of: Callable[[GradingRun], float]
    clock: datetime = NOW
    began: dict[int, datetime] = field(default_factory=dict)
    done: dict[int, datetime] = field(default_factory=dict)
    order: list[int] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    _free: set[int] = field(default_factory=set)
    _events: list[tuple[datetime, int, Any]] = field(default_factory=list)
    _made: int = 0

    @classmethod
    def of(
        cls, monkeypatch: pytest.MonkeyPatch, machines: list[int], seconds_of: Callable[[GradingRun], float]
    ) -> Simulation:
        """Return a simulation whose machines have so many places each."""
        found = cls([post for places in machines for post in posts(GRADED, places)], seconds_of)
        found._free = set(range(len(found.posts)))
        monkeypatch.setattr(worker.timezone, "now", lambda: found.clock)
        graded = [kind for lane in GRADED for kind in registry.kinds_of(lane)]
        own = {kind.name: replace(kind, work=found._work, lease=timedelta(days=9)) for kind in graded}
        monkeypatch.setattr(registry, "_kinds", {**registry._kinds, **own})
        return found

    def at(self, seconds: float, send: Send) -> None:
        """Have somebody send a notebook."""
        self._push(NOW + timedelta(seconds=seconds), send)

    def look(self, every: float, until: float) -> None:
        """Note what everybody who waits is told, again and again."""
        for number in range(int(until / every)):
            self._push(NOW + timedelta(seconds=(number + 0.5) * every), self._note)

    def run(self, until: float = 1e9) -> None:
        """Play until nothing happens any more."""
        while self._events:
            self.clock, _, happens = heapq.heappop(self._events)
            if (self.clock - NOW).total_seconds() > until:
                return
            if callable(happens):
                happens(self.clock)
            else:
                self._end(*happens)
            while any(self._take(number) for number in sorted(self._free)):
                pass

    def waited(self, run: GradingRun) -> float:
        """Seconds from sending to the result."""
        return (self.done[run.pk] - run.created_at).total_seconds()

    def _push(self, at: datetime, happens: Any) -> None:
        self._made += 1
        heapq.heappush(self._events, (at, self._made, happens))

    def _take(self, number: int) -> bool:
        before = len(self.order)
        self._number = number
        work_next(self.posts[number].lanes, f"machine:{number}")
        return len(self.order) > before

    def _work(self, row: Any) -> None:
        GradingRun.objects.filter(pk=row.pk).update(started_at=self.clock)
        self.began[row.pk] = self.clock
        self.order.append(row.pk)
        self._free.discard(self._number)
        self._push(self.clock + timedelta(seconds=self.seconds_of(row)), (row, self._number))

    def _end(self, row: GradingRun, number: int) -> None:
        assert finish(row, at=self.clock)
        GradingRun.objects.filter(pk=row.pk).update(wall_ms=round(self.seconds_of(row) * 1000))
        self.done[row.pk] = self.clock
        self._free.add(number)

    def _note(self, now: datetime) -> None:
        for pk, expected in expectations(now).items():
            self.told.append(Told(pk, now, expected.place, told_seconds(expected.seconds)))


def people(world: Any, count: int) -> list[User]:
    """Trainees without a place as yet."""
    return [world.person(f"person.{number}", f"学员{number}", world.department_b) for number in range(count)]
