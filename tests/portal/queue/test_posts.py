"""Threads of a worker: every place of the grader is used, and a trainee never waits for batch work to end."""

from __future__ import annotations

from portal.queue.registry import LANES, Kind
from portal.queue.worker import posts, work_next


def test_one_place_is_kept_free_of_batch_work() -> None:
    lanes = [post.lanes for post in posts(LANES, 3)]

    assert lanes.count(("interactive",)) == 1
    assert lanes.count(("interactive", "batch")) == 2
    assert ("index",) in lanes and ("other",) in lanes


def test_a_single_place_serves_both_the_urgent_first() -> None:
    assert [post.lanes for post in posts(("interactive", "batch"), 1)] == [("interactive", "batch")]


def test_a_worker_of_one_lane_has_all_places() -> None:
    assert [post.lanes for post in posts(("batch",), 2)] == [("batch",), ("batch",)]


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

    kinds = {lane: Kind(lane, lane, lambda: None, lambda row: None) for lane in waiting}  # type: ignore[arg-type,return-value]
    monkeypatch.setattr("portal.queue.worker.work_once", once)  # type: ignore[attr-defined]
    monkeypatch.setattr("portal.queue.worker.kinds_of", lambda lane: [kinds[lane]])  # type: ignore[attr-defined]
    monkeypatch.setattr("portal.queue.worker.drains_of", lambda lane: [])  # type: ignore[attr-defined]

    while work_next(("interactive", "batch"), "w:1"):
        pass

    assert done == ["batch", "interactive", "batch"]
