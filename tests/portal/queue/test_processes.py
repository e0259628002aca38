"""What processes write of themselves, and how many gradings that makes."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.queue import processes
from portal.queue.management.commands.run_worker import _facts, _row_name
from portal.queue.models import RunningProcess
from portal.queue.processes import KEPT, SEEN_WITHIN, forget_gone, grading_places, keep_reporting, report
from portal.queue.registry import LANES
from portal.queue.worker import with_brought

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
GRADING: dict[str, Any] = {"lanes": ["interactive", "check", "batch"]}


def write(monkeypatch: pytest.MonkeyPatch, host: str, name: str = "worker", at: datetime = AT, **facts: Any) -> None:
    monkeypatch.setenv("WORKER_HOST", host)
    report(name=name, started_at=AT, facts=facts, at=at)


@pytest.mark.django_db
def test_a_process_has_one_row_that_it_writes_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    write(monkeypatch, "a", places=2)
    write(monkeypatch, "a", at=AT + timedelta(seconds=10), places=4)
    write(monkeypatch, "b", places=1)

    rows = RunningProcess.objects.order_by("host").values_list("host", "seen_at", "facts")
    assert list(rows) == [("a", AT + timedelta(seconds=10), {"places": 4}), ("b", AT, {"places": 1})]
    assert RunningProcess.objects.filter(version=processes.own_version()).count() == 2


@pytest.mark.django_db
def test_places_are_those_of_all_machines_that_wrote_lately(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.GRADER_PLACES = 3
    assert grading_places(AT) == (1, 2)
    write(monkeypatch, "a", places=2, **GRADING)
    write(monkeypatch, "b", places=8, **GRADING)
    write(monkeypatch, "c", places=16, lanes=["index"])
    write(monkeypatch, "d", at=AT - SEEN_WITHIN - timedelta(seconds=1), places=32, **GRADING)

    assert grading_places(AT) == (3, 7)
    assert grading_places(AT + timedelta(minutes=5)) == (1, 2)


@pytest.mark.django_db
def test_rows_of_processes_that_are_gone_go(monkeypatch: pytest.MonkeyPatch) -> None:
    write(monkeypatch, "a")
    write(monkeypatch, "b", at=AT + KEPT)

    forget_gone(AT + KEPT + timedelta(seconds=1))

    assert RunningProcess.objects.get().host == "b"


@pytest.mark.django_db(transaction=True)
def test_a_worker_writes_its_lanes_its_places_and_its_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKER_HOST", "a")
    stop = threading.Event()
    stop.set()
    lanes = with_brought(LANES)

    keep_reporting(_row_name(lanes), lambda: _facts(lanes, 2), stop)

    row = RunningProcess.objects.get()
    assert (row.host, row.name) == ("a", "worker")
    assert row.facts["places"] == 2 and row.facts["lanes"] == list(LANES)
    assert row.facts["grader"]["limits"]["wall_s"] == 120 and row.facts["grader"]["is_up"] is False
    free, total = row.facts["machine"]["memory_mb"]
    assert 0 < free <= total
    assert _row_name(["interactive", "check"]) == "worker interactive+check"


@pytest.mark.django_db(transaction=True)
def test_a_row_that_cannot_be_written_ends_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stop = threading.Event()
    stop.set()

    def fail() -> dict[str, Any]:
        raise OSError("no /proc")

    keep_reporting("worker", fail, stop)

    assert not RunningProcess.objects.exists()
    assert "no /proc" in caplog.text
