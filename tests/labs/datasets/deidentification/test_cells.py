"""Traces through cells of place and time."""

from __future__ import annotations

import random
from typing import Any

from labs.datasets.deidentification.building import Release, build
from labs.datasets.deidentification.reading import Table
from labs.datasets.deidentification.recipe import parse_recipe
from tests.labs.datasets.deidentification.tables import KEY, table

STOPS = {"role": "geo", "hierarchy": {"builtin": "prefix", "lengths": [1]}}
HOURS = {"role": "time", "hierarchy": {"builtin": "date", "units": ["hour", "period", "day"]}}


def rides(people: int = 300, each: int = 8) -> Table:
    """Each person rides several times between a few stops."""
    draw = random.Random(3)
    rows = [
        (f"{person:06}", f"{draw.choice('甲乙丙')}{draw.randint(1, 4)}", f"2024-05-{draw.randint(1, 3):02} {draw.randint(6, 22):02}:30:00")
        for person in range(people)
        for _ in range(each)
    ]  # fmt: skip
    return table(card=[row[0] for row in rows], stop=[row[1] for row in rows], at=[row[2] for row in rows])


def released(source: Table, **changes: Any) -> Release:
    columns = {"card": {"role": "direct"}, "stop": STOPS, "at": HOURS} | changes.pop("columns", {})
    document = {"k": 5, "tier": "lab", "suppression_max": 0.05, "person": "card", **changes, "columns": columns}
    return build(source, parse_recipe(document), KEY)


def found(release: Release) -> list[tuple[str, str | None]]:
    return [(one.severity, one.column) for one in release.findings if one.check == "trajectory"]


def test_stable_pseudonym_over_cells_is_stopped() -> None:
    assert found(released(rides(), columns={"card": {"role": "direct", "treatment": "pseudonym"}})) == [
        ("stop", "card")
    ]


def test_rotating_pseudonym_is_warned_about_and_none_is_fine() -> None:
    rotated = {"role": "direct", "treatment": "pseudonym", "rotation": {"column": "at", "period": "day"}}

    assert found(released(rides(), columns={"card": rotated})) == [("warn", "card")]
    assert found(released(rides())) == []


def test_one_frequent_rider_is_no_crowd() -> None:
    lonely = table(
        card=["a"] * 20 + [str(index) for index in range(40)],
        stop=["丁1"] * 20 + ["甲1"] * 40,
        at=["2024-05-01 08:30:00"] * 60,
    )
    kept = {"columns": {"stop": {"role": "geo", "treatment": "keep"}}, "suppression_max": 0.5}

    by_rows, by_persons = released(lonely, person=None, **kept), released(lonely, **kept)

    assert "丁1" in by_rows.frame["stop"].to_list()
    assert "丁1" not in by_persons.frame["stop"].to_list()
    assert by_persons.report["suppressed_rows"] == 20


def test_counts_of_cells_replace_traces() -> None:
    release = released(rides(), output="counts", columns={"card": {"role": "direct", "treatment": "pseudonym"}})

    assert release.frame.columns == ["stop", "at", "count", "persons"]
    assert not release.is_stopped
    assert min(map(int, release.frame["persons"].to_list())) == release.report["k"] >= 5


def test_role_of_places_and_times_does_not_hide_a_trace() -> None:
    """Places as plain or sensitive words and moments as anything are the same trace."""
    source = rides()
    pseudonym = {"role": "direct", "treatment": "pseudonym"}
    for place, time in (("plain", "sensitive"), ("sensitive", "plain"), ("quasi", "sensitive")):
        rules = {"card": pseudonym, "stop": {"role": place}, "at": {"role": time}}
        assert found(released(source, columns=rules, k=1)) == [("stop", "card")], (place, time)


def test_pseudonym_without_places_or_without_times_draws_no_trace() -> None:
    pseudonym = {"role": "direct", "treatment": "pseudonym"}
    no_time = {"card": pseudonym, "stop": {"role": "plain"}, "at": {"role": "plain", "treatment": "drop"}}
    no_place = {"card": pseudonym, "stop": {"role": "plain", "treatment": "drop"}, "at": {"role": "plain"}}

    assert found(released(rides(), columns=no_time, k=1)) == found(released(rides(), columns=no_place, k=1)) == []


def test_coarse_places_and_days_of_many_are_no_trace() -> None:
    coarse = {
        "card": {"role": "direct", "treatment": "pseudonym"},
        "stop": {"role": "plain", "treatment": "generalize", "hierarchy": {"builtin": "prefix", "lengths": [1]}, "level": 1},
        "at": {"role": "sensitive", "treatment": "generalize", "hierarchy": {"builtin": "date", "units": ["month"]}, "level": 1},
    }  # fmt: skip

    assert found(released(rides(), columns=coarse, k=1)) == []
