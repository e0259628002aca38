"""Each chore runs with 5,000 rows while somebody else writes every 100 ms: nobody waits, nobody is refused."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.utils import timezone

from portal.queue.registry import chores
from portal.queue.turns import load_addresses
from portal.users.models import User
from tests.faults.writes.harness import LONGEST_WAIT_S, slowness, somebody_writing
from tests.faults.writes.rows import FEW, MANY, people
from tests.people import Province

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

LOOKED_AT_S = 8
"""How long a chore is looked at: one that holds the database does so from its beginning."""


class Enough(Exception):
    """It was looked at for long enough."""


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    def stop(*_: Any) -> None:
        raise Enough

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    except Enough:
        pass
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture
def crowd(world: Province) -> list[User]:
    load_addresses()  # as the worker does when it starts
    return people(world)


def test_every_chore_is_looked_at_or_does_not_grow_with_people() -> None:
    names = {chore.name for chore in chores()} | {"queue.lost jobs"}

    assert names == {*MANY, *FEW}


@pytest.mark.parametrize("name", sorted(MANY))
def test_others_write_while_it_runs(name: str, world: Province, crowd: list[User]) -> None:
    MANY[name](world, crowd)
    (chore,) = [one for one in chores() if one.name == name]
    factor = slowness()

    with somebody_writing() as waits, at_most(LOOKED_AT_S):
        chore.work(timezone.now())

    print(name, vars(waits), round(factor, 2))
    assert waits.refused == 0
    assert waits.writes > 0
    assert waits.longest_s < LONGEST_WAIT_S * factor
