"""The queue played forward on the database: submissions before Checks, fair by person, nobody starved, estimates true."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from courses.learning.actions import enroll
from labs.grading.actions import receive_check, receive_submission, request_regrade
from labs.grading.models import Cause, GradingRun
from labs.grading.turns import SUBMISSIONS_IN_A_ROW
from portal.users.models import User
from tests.classroom import NOW, Classroom, solved

from .simulating import Simulation, people

pytestmark = pytest.mark.django_db(transaction=True)

LIMIT = 112.0
"""What a Check of the worst kind takes, as it was measured."""


@pytest.fixture
def trainees(classroom: Classroom, settings: object) -> list[User]:
    classroom.assignment.max_attempts = None
    classroom.assignment.save()
    found = people(classroom.world, 21)
    for person in found:
        enroll(user=person, run=classroom.run, by=person, at=classroom.place.enrolled_at)
    return found


def checks(classroom: Classroom, user: User) -> Callable[[datetime], GradingRun]:
    return lambda at: receive_check(assignment=classroom.assignment, user=user, content=solved(), at=at).runs.get()


def submits(classroom: Classroom, user: User, kept: list[GradingRun]) -> Callable[[datetime], GradingRun]:
    def send(at: datetime) -> GradingRun:
        kept.append(receive_submission(assignment=classroom.assignment, user=user, content=solved(), at=at).runs.get())
        return kept[-1]

    return send


def by_cause(check: float, submit: float) -> Callable[[GradingRun], float]:
    return lambda run: check if run.cause == Cause.CHECK else submit


@pytest.mark.parametrize(("machines", "most"), [([1], LIMIT + 2), ([2], 2), ([2, 2], 2)])
def test_sleeping_checks_of_twenty_hold_up_a_submission_for_no_more_than_one_of_them(
    classroom: Classroom, trainees: list[User], monkeypatch: pytest.MonkeyPatch, machines: list[int], most: float
) -> None:
    played, kept = Simulation.of(monkeypatch, machines, by_cause(LIMIT, 1.0)), []
    for number, person in enumerate(trainees[:20]):
        played.at(number * 0.1, checks(classroom, person))
        played.at(5 + number * 0.1, checks(classroom, person))
    played.at(30, submits(classroom, trainees[20], kept))

    played.run()

    assert played.waited(kept[0]) < most


def test_no_one_person_is_served_twice_before_everybody_was_served_once(
    classroom: Classroom, trainees: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    played, kept = Simulation.of(monkeypatch, [1], by_cause(5.0, 5.0)), []
    greedy, others = trainees[0], trainees[1:6]
    for number in range(5):
        played.at(number * 0.01, submits(classroom, greedy, kept))
    for number, person in enumerate(others):
        played.at(1 + number, submits(classroom, person, kept))

    played.run()

    served = [next(run.submission.user for run in kept if run.pk == pk) for pk in played.order]
    assert served[0] == greedy
    assert set(served[1:6]) == set(others)
    assert served[6:] == [greedy] * 4


def test_checks_go_on_under_endless_submissions(
    classroom: Classroom, trainees: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    played, kept = Simulation.of(monkeypatch, [1], by_cause(1.0, 1.0)), []
    for number in range(80):
        played.at(number * 0.75, submits(classroom, trainees[number % 15], kept))
    for number in range(3):
        played.at(2.0 + number, checks(classroom, trainees[16 + number]))

    played.run(until=60)

    causes = [GradingRun.objects.get(pk=pk).cause for pk in played.order]
    assert causes.count("check") == 3
    turns = [number for number, cause in enumerate(causes) if cause == "check"]
    assert [after - before for before, after in itertools.pairwise(turns)] == [SUBMISSIONS_IN_A_ROW + 1] * 2


def test_regrades_wait_for_everybody(
    classroom: Classroom, trainees: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    played, kept = Simulation.of(monkeypatch, [2], by_cause(1.0, 1.0)), []
    submission = classroom.submit()
    for number in range(3):
        request_regrade(submission=submission, by=classroom.instructor, at=NOW - timedelta(seconds=number))
    for person in trainees[:4]:
        played.at(0, checks(classroom, person))
        played.at(0, submits(classroom, person, kept))

    played.run()

    causes = [GradingRun.objects.get(pk=pk).cause for pk in played.order]
    assert Counter(causes[-3:]) == {"regrade": 3}


def fits(said: float, came: float) -> bool:
    """Within a factor of two; a second of grace, because a page tells whole seconds."""
    return came / 2 - 1 <= said <= came * 2 + 1


@pytest.mark.parametrize("machines", [[1], [2], [2, 2]])
def test_what_is_promised_comes_true_within_a_factor_of_two(
    classroom: Classroom, trainees: list[User], monkeypatch: pytest.MonkeyPatch, settings: object, machines: list[int]
) -> None:
    monkeypatch.setattr("labs.grading.pace.grading_places", lambda now: places(machines))
    played, kept = Simulation.of(monkeypatch, machines, by_cause(LIMIT, 3.0)), []
    for number, person in enumerate(trainees[:20]):
        played.at(number * 0.1, checks(classroom, person))
    for number, person in enumerate(trainees[:10]):
        played.at(300 + number * 0.2, submits(classroom, person, kept))
    played.look(every=40, until=2000)

    played.run()

    # Before one of the kind was measured in the lab, what is said is a guess.
    cause = dict(GradingRun.objects.values_list("pk", "cause"))
    known = {each: min(at for pk, at in played.done.items() if cause[pk] == each) for each in ("check", "submit")}
    learned = [told for told in played.told if told.at >= known[cause[told.run]]]
    judged = [(told, (played.done[told.run] - told.at).total_seconds()) for told in learned]
    wrong = [(told.place, round(told.seconds), round(came)) for told, came in judged if not fits(told.seconds, came)]
    assert len(judged) > 40
    assert not wrong


@pytest.mark.parametrize("machines", [[1], [2, 2]])
def test_what_is_promised_in_a_rush_of_honest_people_comes_true(
    classroom: Classroom, trainees: list[User], monkeypatch: pytest.MonkeyPatch, machines: list[int]
) -> None:
    monkeypatch.setattr("labs.grading.pace.grading_places", lambda now: places(machines))
    chance = random.Random(3)
    took: dict[int, float] = {}
    played = Simulation.of(monkeypatch, machines, lambda run: took.setdefault(run.pk, chance.uniform(1.5, 3.5)))
    kept: list[GradingRun] = []
    for number, person in enumerate(trainees * 2):
        send = checks(classroom, person) if number % 3 else submits(classroom, person, kept)
        played.at(number * 0.3, send)
    played.look(every=2.5, until=120)

    played.run()

    judged = [
        (told, (played.done[told.run] - told.at).total_seconds())
        for told in played.told
        if told.place > 0 and told.run in played.done and told.at >= sorted(played.done.values())[1]
    ]
    good = [fits(told.seconds, came) for told, came in judged]
    assert len(judged) > 50
    # Whoever sends later and goes first moves the others back: most promises hold, not each of them.
    assert sum(good) / len(good) > 0.9, Counter(good)


def places(machines: list[int]) -> tuple[int, int]:
    from portal.queue.worker import reserved_places

    reserved = sum(reserved_places(number) for number in machines)
    return reserved, sum(machines) - reserved
