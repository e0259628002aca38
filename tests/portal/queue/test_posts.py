"""Threads of a worker: every place of the grader is used, and a trainee never waits for batch work to end."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone

from labs.hub.models import HubRevocation
from portal.queue.actions import finish
from portal.queue.models import LeasedRow
from portal.queue.procrastinate_worker import serve
from portal.queue.registry import LANES, Drain, Kind, _drains, _kinds, register_drain, register_kind
from portal.queue.worker import GRADED, posts, rooms, with_brought, work_next
from portal.users.models import User

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(("places", "reserved"), [(2, 1), (3, 1), (7, 1), (8, 2), (16, 4)])
def test_a_share_of_the_places_takes_neither_checks_nor_batch_work(places: int, reserved: int) -> None:
    lanes = [post.lanes for post in posts(LANES, places)]

    assert lanes.count(("interactive",)) == reserved
    assert lanes.count(("interactive", "check", "batch")) == places - reserved
    assert ("index",) in lanes and ("other",) in lanes


def test_a_single_place_serves_all_the_urgent_first() -> None:
    assert [post.lanes for post in posts(GRADED, 1)] == [("interactive", "check", "batch")]


def test_a_worker_of_one_lane_has_all_places() -> None:
    assert [post.lanes for post in posts(("batch",), 2)] == [("batch",), ("batch",)]


def test_a_worker_that_was_told_of_no_later_lane_takes_it_with_the_one_that_brings_it() -> None:
    assert with_brought(("interactive", "batch")) == ["interactive", "check", "batch", "labs"]
    assert with_brought(("batch", "other")) == ["batch", "labs", "other"]


def test_a_lane_without_a_grader_has_one_thread() -> None:
    assert rooms(("index", "batch"), 3) == [(("index",), 1), (("batch",), 3)]
    assert rooms(("other",), 16) == [(("other",), 1)]


class Woken:
    """An app of procrastinate's shape that notes which workers it was asked for."""

    def __init__(self) -> None:
        self.rooms: Counter[tuple[str, ...]] = Counter()

    @asynccontextmanager
    async def open_async(self) -> AsyncIterator[Woken]:
        yield self

    async def run_worker_async(self, *, queues: list[str], concurrency: int, **_: Any) -> None:
        self.rooms[tuple(queues)] += concurrency
        await asyncio.Event().wait()


@pytest.mark.parametrize("places", [1, 2, 7, 16])
@pytest.mark.parametrize("lanes", [LANES, GRADED, ("batch",), ("interactive", "check"), ("index", "other")])
def test_a_worker_that_is_woken_has_as_many_threads_for_the_same_lanes_as_one_that_looks(
    lanes: tuple[str, ...], places: int
) -> None:
    woken, stop = Woken(), threading.Event()
    stop.set()

    asyncio.run(serve(woken, lanes, places, stop))

    assert woken.rooms == Counter(post.lanes for post in posts(lanes, places))


Add = Callable[[str], HubRevocation]


@pytest.fixture
def add(db: None) -> Add:
    """Put a row into a lane."""
    person = User.objects.create_user("wang.fang", name="王芳", created_at=AT)
    return lambda lane: HubRevocation.objects.create(user=person, reason=lane, created_at=AT, not_before=AT)


@pytest.fixture
def own_kinds() -> Iterator[None]:
    """Nothing is registered but what the test registers."""
    with _kinds.temporarily(alone=True), _drains.temporarily(alone=True):
        yield


def register(lane: str, work: Callable[[str], None], is_owed: Callable[[], bool] | None = None) -> None:
    """Register a kind of the lane, whose rows carry the lane's name."""

    def do(row: LeasedRow) -> None:
        work(lane)
        assert finish(row, at=timezone.now())

    register_kind(
        Kind(
            lane,
            lane,
            lambda: HubRevocation.objects.filter(reason=lane).order_by("pk"),
            do,
            is_owed=is_owed,
            label=lane,
        )
    )


def test_after_every_batch_row_the_urgent_lane_is_looked_at(add: Add, own_kinds: None) -> None:
    done: list[str] = []

    def work(lane: str) -> None:
        done.append(lane)
        if len(done) == 1:
            add("interactive")

    for lane in ("interactive", "batch"):
        register(lane, work)
    add("batch")
    add("batch")

    while work_next(("interactive", "batch"), "w:1"):
        pass

    assert done == ["batch", "interactive", "batch"]


def test_a_lane_that_is_owed_goes_first_for_once(add: Add, own_kinds: None) -> None:
    done: list[str] = []
    register("interactive", done.append)
    register("check", done.append, is_owed=lambda: done == ["interactive"])
    for lane in ("interactive", "interactive", "check"):
        add(lane)

    while work_next(("interactive", "check"), "w:1"):
        pass

    assert done == ["interactive", "check", "interactive"]


def test_work_without_rows_is_done_when_no_row_of_its_lane_is_ready(add: Add, own_kinds: None) -> None:
    done: list[str] = []
    register("index", done.append)
    register_drain(Drain("rest", "index", lambda: len(done) == 1 and not done.append("rest")))
    add("index")

    while work_next(("index",), "w:1"):
        pass

    assert done == ["index", "rest"]
