"""Leases: one worker per row, lost leases are taken again, and after three a person must look."""

from __future__ import annotations

import multiprocessing
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models import QuerySet

from labs.hub.models import HubRevocation
from portal.queue import worker
from portal.queue.actions import MAX_ATTEMPTS, finish, keep, put_back, release_of_dead_worker, take
from portal.queue.models import Schedule, WorkStatus
from portal.queue.registry import Chore, Kind, _chores, _kinds, register_chore, register_kind
from portal.users.models import User

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LEASE = timedelta(seconds=30)


def rows() -> QuerySet[HubRevocation]:
    return HubRevocation.objects.order_by("created_at", "pk")


@pytest.fixture
def person(db: None) -> User:
    return User.objects.create_user("wang.fang", name="王芳", created_at=AT)


def add(person: User, count: int = 1, not_before: datetime = AT) -> list[HubRevocation]:
    return [
        HubRevocation.objects.create(user=person, reason=f"{n}", created_at=AT, not_before=not_before)
        for n in range(count)
    ]


def take_one(who: str = "host:1", at: datetime = AT) -> HubRevocation | None:
    return take(rows(), worker=who, at=at, lease=LEASE)


def test_rows_are_taken_in_order_and_once(person: User) -> None:
    first, second = add(person, 2)

    assert [take_one(), take_one(), take_one()] == [first, second, None]


def test_row_is_not_taken_before_its_time(person: User) -> None:
    add(person, not_before=AT + timedelta(minutes=1))

    assert take_one() is None
    assert take_one(at=AT + timedelta(minutes=1)) is not None


def test_lost_lease_is_taken_again_and_the_first_worker_cannot_finish(person: User) -> None:
    add(person)
    first = take_one("host:1")
    second = take_one("host:2", at=AT + LEASE + timedelta(seconds=1))

    assert first
    assert second
    assert second.attempts == 2
    assert not keep(first, at=AT, lease=LEASE)
    assert not finish(first, at=AT)
    assert not put_back(first, at=AT, delay=LEASE, error="late")
    assert finish(second, at=AT)
    second.refresh_from_db()
    assert second.status == WorkStatus.DONE


def test_kept_lease_is_not_lost(person: User) -> None:
    add(person)
    row = take_one()
    assert row

    for beat in range(1, 6):
        at = AT + beat * timedelta(seconds=25)
        assert keep(row, at=at, lease=LEASE)
        assert take_one("host:2", at=at + timedelta(seconds=29)) is None


def test_after_three_lost_leases_a_person_must_look(person: User) -> None:
    add(person)
    at = AT

    for _ in range(MAX_ATTEMPTS):
        assert take_one(at=at)
        at += LEASE + timedelta(seconds=1)

    assert take_one(at=at) is None
    assert HubRevocation.objects.get().status == WorkStatus.NEEDS_PERSON


def test_failed_work_comes_back_later_and_then_needs_a_person(person: User) -> None:
    add(person)
    at = AT

    for _ in range(MAX_ATTEMPTS):
        row = take_one(at=at)
        assert row
        assert put_back(row, at=at, delay=timedelta(minutes=1), error="x" * 5000)
        assert take_one(at=at + timedelta(seconds=59)) is None
        at += timedelta(minutes=1)

    row = HubRevocation.objects.get()
    assert row.status == WorkStatus.NEEDS_PERSON
    assert len(row.error) == 2000


def test_forgiven_attempts_are_not_counted(person: User) -> None:
    add(person)
    at = AT

    for _ in range(MAX_ATTEMPTS + 3):
        row = take_one(at=at)
        assert row
        put_back(row, at=at, delay=timedelta(0), error="hub is away", counts=False)
        at += timedelta(seconds=1)

    assert HubRevocation.objects.get().status == WorkStatus.QUEUED


def test_dead_worker_of_this_host_is_freed_at_once(person: User) -> None:
    add(person, 2)
    take_one("host:1")
    held = take_one("host:2")

    assert release_of_dead_worker(rows(), worker="host:1", at=AT) == 1
    taken = take_one("host:3")
    assert taken
    assert held
    assert taken != held


def test_dead_process_is_recognized(person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    process = multiprocessing.get_context("spawn").Process(target=int)
    process.start()
    process.join()
    monkeypatch.setattr(socket, "gethostname", lambda: "host")
    add(person)
    with _kinds.temporarily():
        register_kind(Kind("test.rows", "other", rows, lambda row: None, label="rows"))
        take_one(f"host:{process.pid}")
        worker.free_what_dead_workers_hold(AT)

    assert take_one("host:1") is not None


def test_worker_puts_failed_work_back(person: User) -> None:
    add(person)

    def fail(row: Any) -> None:
        raise RuntimeError("hub is away")

    assert worker.work_once(Kind("test.rows", "other", rows, fail, label="rows"), "host:1")

    row = HubRevocation.objects.get()
    assert row.status == WorkStatus.QUEUED
    assert row.error == "RuntimeError: hub is away"


def test_missed_chore_is_caught_up_once(db: None) -> None:
    ran: list[datetime] = []
    with _chores.temporarily():
        register_chore(Chore("test.chore", timedelta(hours=1), ran.append))
        for minutes in (0, 30, 60 * 24, 60 * 24 + 1):
            worker.run_due_chores(AT + timedelta(minutes=minutes))

    assert ran == [AT, AT + timedelta(days=1)]


def test_failing_chore_says_so_and_runs_again(db: None) -> None:
    def fail(at: datetime) -> None:
        raise RuntimeError("no disk")

    with _chores.temporarily():
        register_chore(Chore("test.chore", timedelta(hours=1), fail))
        worker.run_due_chores(AT)

    assert Schedule.objects.get(name="test.chore").last_error == "RuntimeError: no disk"


@pytest.mark.django_db(transaction=True)
def test_many_workers_take_every_row_exactly_once() -> None:
    person = User.objects.create_user("wang.fang", name="王芳", created_at=AT)
    add(person, 60)
    start = threading.Barrier(6)

    def work(number: int) -> list[int]:
        taken = []
        start.wait()
        try:
            while row := take_one(f"host:{number}"):
                taken.append(row.pk)
                assert finish(row, at=AT)
        finally:
            connections.close_all()
        return taken

    with ThreadPoolExecutor(6) as pool:
        taken = [pk for share in pool.map(work, range(6)) for pk in share]

    assert len(taken) == 60
    assert len(set(taken)) == 60
    assert set(rows().values_list("status", "attempts")) == {(WorkStatus.DONE, 1)}
    connection.close()
