"""No line of the summary is one person's, and no sum or difference of lines either."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from typing import Any, cast

import pytest

from courses.hr.summaries import Numbers, RegionSummary


def region(name: str, units: list[int], below: list[RegionSummary] | None = None) -> RegionSummary:
    """Return a region with units of so many people and regions below."""
    made = RegionSummary(name, name)
    for number, people in enumerate(units):
        made.add_unit(cast(Any, f"{name}-{number}"), Numbers(people=people))
    made.below = list(below or [])
    made.whole.add(made.own)
    for one in made.below:
        made.whole.add(one.whole)
    return made


def parts(one: RegionSummary) -> Iterator[int]:
    """Yield the lines into which the region falls apart: people of each."""
    yield from (unit.numbers.people for unit in one.units)
    if one.told_together:
        yield one.together.people
    for lower in one.below:
        yield from parts(lower)


def shown_sums(one: RegionSummary) -> Iterator[tuple[int, int]]:
    """Every sum on the page with the sum of the lines of which it consists, down the tree."""
    for line in one.lines():
        yield line.whole.people, sum(parts(line))
        if line.shows_own:
            yield line.own.people, sum(unit.numbers.people for unit in line.units) + line.together.people


def test_one_person_is_told_together_with_the_smallest_other_unit() -> None:
    county = region("county", [1, 5, 3])

    county.fold()

    assert [unit.numbers.people for unit in county.units] == [5]
    assert (county.together.people, county.told_together, county.shows_together) == (4, 2, True)


def test_two_small_units_are_enough_for_each_other() -> None:
    county = region("county", [1, 1, 5])

    county.fold()

    assert [unit.numbers.people for unit in county.units] == [5]
    assert county.together.people == 2


def test_a_region_of_one_person_has_no_line_and_takes_another_with_it() -> None:
    city = region("city", [], [region("a", [1]), region("b", [4]), region("c", [9])])

    city.fold()

    assert [one.name for one in city.below] == ["c"]
    assert city.together.people == 5 and city.is_mixed and not city.shows_own


def test_an_own_level_of_one_person_hides_a_region_below() -> None:
    city = region("city", [1], [region("a", [2]), region("b", [6, 2])])

    city.fold()

    assert [one.name for one in city.below] == ["b"]
    assert not city.shows_own


def test_units_without_people_hide_nothing() -> None:
    county = region("county", [0, 5])

    county.fold()

    assert [unit.numbers.people for unit in county.units] == [5]
    assert county.together.people == 0


@pytest.mark.parametrize("seed", range(40))
def test_nobody_can_be_found_by_subtraction(seed: int) -> None:
    chance = random.Random(seed)

    def grown(depth: int) -> RegionSummary:
        units = [chance.choice((0, 1, 1, 2, 3, 7)) for _ in range(chance.randint(0, 4))]
        lower = [grown(depth - 1) for _ in range(chance.randint(0, 3))] if depth else []
        return region(f"r{chance.random()}", units, lower)

    top = grown(3)
    everybody = top.whole.people
    top.fold()

    found = list(parts(top))
    assert sum(found) == everybody
    if everybody != 1:
        assert 1 not in found
    if len(found) <= 10:
        sums = {sum(some) for size in range(len(found) + 1) for some in itertools.combinations(found, size)}
        assert 1 not in sums or everybody == 1
    assert all(shown == told for shown, told in shown_sums(top))


def test_a_share_is_a_whole_only_when_nobody_is_missing() -> None:
    assert Numbers(people=2500, certified=2499).percent == 99
    assert Numbers(people=2500, certified=2500).percent == 100
    assert Numbers(people=300, certified=1).percent == 0
