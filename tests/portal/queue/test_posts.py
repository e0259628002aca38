"""Threads of a worker: every place of the grader is used, and a trainee never waits for batch work to end."""

from __future__ import annotations

import pytest

from portal.queue.registry import LANES, Kind
from portal.queue.worker import GRADED, posts, with_checks, work_next


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


def test_a_worker_that_was_told_of_no_checks_takes_them_with_submissions() -> None:
    assert with_checks(("interactive", "batch")) == ["interactive", "check", "batch"]
    assert with_checks(("batch", "other")) == ["batch", "other"]


def test_after_every_batch_row_the_urgent_lane_is_looked_at(monkeypatch: object) -> None:
    waiting = {"interactive": 0, "batch": 2}
    done: list[str] = []

    def once(kind: Kind, worker: str) -> bool:
        if not waiting[kind.lane]:
            return False
        waiting[kind.lane] -= 1
        done.append(kind.lane)
        if len(done) == 1:
            waiting["interactive"] = 1
        return True

    kinds = {lane: Kind(lane, lane, lambda: None, lambda row: None, label=lane) for lane in waiting}  # type: ignore[arg-type,return-value]
    monkeypatch.setattr("portal.queue.worker.work_once", once)  # type: ignore[attr-defined]
    monkeypatch.setattr("portal.queue.worker.kinds_of", lambda lane: [kinds[lane]])  # type: ignore[attr-defined]
    monkeypatch.setattr("portal.queue.worker.drains_of", lambda lane: [])  # type: ignore[attr-defined]

    while work_next(("interactive", "batch"), "w:1"):
        pass

    assert done == ["batch", "interactive", "batch"]
