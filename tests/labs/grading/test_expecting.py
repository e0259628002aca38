"""What a waiting run has to expect; no database."""

from __future__ import annotations

import pytest

from labs.grading.expecting import Busy, Durations, Places, Waiting, expect, told_seconds


def test_told_figures_are_round_seldom_change_and_are_near() -> None:
    told = [told_seconds(tenths / 10) for tenths in range(10, 6000)]

    assert told == sorted(told)
    assert len(set(told[:1190])) < 15
    assert max(max(each / (tenths / 10), tenths / 10 / each) for tenths, each in enumerate(told, 10)) < 1.5
    assert (told_seconds(0.1), told_seconds(26), told_seconds(100), told_seconds(9e9)) == (1, 30, 90, 5400)


def test_places_of_submissions_are_not_given_to_checks() -> None:
    waiting = [Waiting(1, "submit", 2), Waiting(2, "check", 2), Waiting(3, "check", 2), Waiting(4, "batch", 2)]

    found = expect([Busy(9, "check", 50)], waiting, Places(1, 1), in_a_row=8)

    assert {pk: (each.place, each.seconds) for pk, each in found.items()} == {
        9: (0, 50), 1: (1, 2), 2: (2, 52), 3: (3, 54), 4: (4, 56)
    }  # fmt: skip


def test_a_check_has_its_turn_after_submissions_in_a_row() -> None:
    waiting = [Waiting(number, "submit", 1) for number in range(4)] + [Waiting(9, "check", 1)]

    found = expect([], waiting, Places(0, 1), in_a_row=2, begun_in_a_row=1)

    assert [pk for pk, _ in sorted(found.items(), key=lambda item: item[1].place)] == [0, 9, 1, 2, 3]


@pytest.mark.parametrize(("elapsed", "left"), [(0, 10), (4, 6), (20, 20), (100, 20), (130, 0.2)])
def test_what_runs_longer_than_expected_takes_as_long_again_up_to_the_limit(elapsed: float, left: float) -> None:
    assert Durations(limit=120).left(elapsed, 10) == left


def test_ones_own_last_duration_counts_before_the_labs() -> None:
    durations = Durations(limit=120)
    for person, seconds in ((1, 2.0), (2, 100.0), (3, 500.0)):
        durations.learn(7, "check", person, seconds)

    assert durations.of(7, "check", 1) == pytest.approx(2.2)
    assert durations.of(7, "check", 9) == pytest.approx(85.7)
    assert durations.of(7, "submit", 9) == pytest.approx(85.7)
    assert durations.of(8, "check", 1) == pytest.approx(4.2)
