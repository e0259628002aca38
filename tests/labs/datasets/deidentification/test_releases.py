"""Whatever is released satisfies its own claim when somebody else counts, for random tables, recipes and models."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from labs.datasets.deidentification.building import Release, build
from labs.datasets.deidentification.messages import Unreachable
from labs.datasets.deidentification.reading import Table
from labs.datasets.deidentification.recipe import parse_recipe
from tests.labs.datasets.deidentification.naive import grouped, metrics
from tests.labs.datasets.deidentification.tables import KEY, table

AGES, PLACES, ILLNESSES = ["", *map(str, range(18, 42))], ["610102", "610103", "610113", "610402", "620102"], "甲乙丙丁"


@st.composite
def sources(draw: Any) -> Table:
    """Rows with missing values, a person who may have several rows, and an illness."""
    row = st.tuples(
        st.sampled_from(AGES),
        st.sampled_from(PLACES),
        st.sampled_from(ILLNESSES),
        st.integers(0, 30),
        st.integers(0, 9),
    )
    rows = draw(st.lists(row, min_size=12, max_size=70))
    return table(
        person=[f"p{row[3]}" for row in rows],
        age=["20", *[row[0] for row in rows[1:]]],
        place=[row[1] for row in rows],
        illness=[row[2] for row in rows],
        days=[str(row[4]) for row in rows],
    )


def document(data: Any, **changes: Any) -> dict[str, Any]:
    """Return a random recipe over `sources`."""
    wanted: dict[str, Any] = {
        "k": data.draw(st.integers(1, 6)),
        "suppression_max": data.draw(st.sampled_from([0.0, 0.1, 0.5, 1.0])),
        "recoding": data.draw(st.sampled_from(["global", "local"])),
        "suppressed": data.draw(st.sampled_from(["remove", "mask"])),
        "columns": {
            "person": {"role": "direct"},
            "age": {"role": "quasi", "hierarchy": "age", "min_level": data.draw(st.integers(0, 2))},
            "place": {"role": "quasi", "hierarchy": "region"},
            "illness": {"role": "sensitive"},
            "days": {"role": "sensitive", "treatment": "interval", "width": 5, "is_ordered": True},
        },
    }
    if data.draw(st.booleans()):
        wanted["l"] = {"illness": {"distinct": data.draw(st.integers(1, 3)), "entropy": 1.0}}
    if data.draw(st.booleans()):
        wanted["t"] = {data.draw(st.sampled_from(["illness", "days"])): data.draw(st.sampled_from([0.15, 0.3, 0.6]))}
    return {**wanted, **changes}


def made(source: Table, wanted: dict[str, Any]) -> Release | None:
    try:
        return build(source, parse_recipe(wanted), KEY)
    except Unreachable:
        return None


@settings(max_examples=150, deadline=None, derandomize=True)
@given(source=sources(), data=st.data())
def test_claims_hold_when_counted_by_hand(source: Table, data: Any) -> None:
    wanted = document(data)
    release = made(source, wanted)
    if release is None or not release.frame.height:
        return
    report, names = release.report, release.frame.columns
    quasi = [names.index("age"), names.index("place")]
    everything = release.frame.rows()
    kept = [row for row in everything if not (row[quasi[0]] == row[quasi[1]] == "*")]
    is_masked = wanted["suppressed"] == "mask" and report["suppressed_rows"] > 0

    found = metrics(everything, quasi, names.index("illness"))

    assert found["k"] == report["k"]
    assert found["uniques"] == report["uniques"]
    assert abs(found["prosecutor"] - report["risk"]["prosecutor"]) < 1e-12
    assert abs(found["marketer"] - report["risk"]["marketer"]) < 1e-12
    assert abs(found["t"] - report["sensitive"]["illness"]["t"]) < 1e-9
    assert found["l_distinct"] == report["sensitive"]["illness"]["l_distinct"]
    claims = [finding.check for finding in release.findings if finding.check == "claim"]
    if not is_masked:
        assert found["k"] >= wanted["k"]
        assert len(everything) == report["rows"] - report["suppressed_rows"]
        assert claims == [] or wanted["recoding"] == "local"
    if kept and not is_masked and "l" in wanted and not claims:
        assert found["l_distinct"] >= wanted["l"]["illness"]["distinct"]
    for name, most in wanted.get("t", {}).items():
        if not claims:
            assert metrics(everything, quasi, names.index(name))["t"] <= most + 1e-9 or name == "days"
    assert report["suppressed_rows"] <= wanted["suppression_max"] * report["rows"] + 1e-9


@settings(max_examples=60, deadline=None, derandomize=True)
@given(source=sources(), data=st.data())
def test_persons_are_counted_not_rows(source: Table, data: Any) -> None:
    release = made(source, document(data, person="person", suppressed="remove", shuffle_rows=False))
    if release is None or not release.frame.height:
        return

    columns = {name: release.frame[name].to_list() for name in ("age", "place")}
    rows = list(zip(columns["age"], columns["place"], strict=True))
    least = min(len(members) for members in persons_of(source, release, rows).values())

    assert release.report["counts"] == "persons"
    assert release.report["k"] == least


def persons_of(source: Table, release: Release, rows: list[tuple[str, str]]) -> dict[Any, set[str]]:
    """Return who stands in each class: unshuffled rows keep the source's order,
    and suppressed ones are left out in order."""
    known: dict[Any, set[str]] = {}
    illness, days = release.frame["illness"].to_list(), release.frame["days"].to_list()
    place = 0
    for person, sick, age, where in source.frame.select("person", "illness", "age", "place").rows():
        if place < len(rows) and sick == illness[place] and fits(age, where, rows[place]) and days:
            known.setdefault(rows[place], set()).add(person)
            place += 1
    assert place == len(rows)
    return known


def fits(age: str, where: str, shown: tuple[str, str]) -> bool:
    """Return whether a source row can be what is shown."""
    label, region = shown
    if label not in ("*", age):
        if not age or not label.startswith("["):
            return False
        low, high = (float(edge) for edge in label[1:-1].split(","))
        if not low <= float(age) < high:
            return False
    return region == "*" or where.startswith(region.rstrip("0"))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(source=sources(), data=st.data())
def test_population_models_hold_when_counted_by_hand(source: Table, data: Any) -> None:
    extra = data.draw(
        st.lists(st.tuples(st.sampled_from(AGES[1:]), st.sampled_from(PLACES)), min_size=10, max_size=120)
    )
    population = table(
        age=[*source.frame["age"].to_list(), *[age for age, _ in extra]],
        place=[*source.frame["place"].to_list(), *[place for _, place in extra]],
    )
    wanted = document(data, recoding="global", suppressed="remove")
    wanted |= {
        "k": 1,
        "k_map": data.draw(st.integers(1, 8)),
        "delta_presence": data.draw(st.sampled_from([0.3, 0.6, 1.0])),
    }
    try:
        release = build(source, parse_recipe(wanted), KEY, population=population)
    except Unreachable:
        return

    sizes = Counter(release.frame.select("age", "place").rows())
    behind = {cell: sum(fits(*person, cell) for person in population.frame.rows()) for cell in sizes}

    assert release.report["k_map"] == min(behind.values()) >= wanted["k_map"]
    delta = max(sizes[cell] / behind[cell] for cell in sizes)
    assert abs(release.report["delta_presence"] - delta) < 1e-9
    assert delta <= wanted["delta_presence"] + 1e-9
    assert abs(release.report["risk"]["journalist"] - 1 / min(behind.values())) < 1e-12


@settings(max_examples=40, deadline=None, derandomize=True)
@given(source=sources(), data=st.data())
def test_counts_hold_nobody(source: Table, data: Any) -> None:
    release = made(source, document(data, output="counts", suppressed="remove"))
    if release is None:
        return

    assert release.frame.columns == ["age", "place", "count"]
    assert len(grouped(release.frame.rows(), [0, 1])) == release.frame.height
    assert min(map(int, release.frame["count"].to_list())) == release.report["k"]
    assert sum(map(int, release.frame["count"].to_list())) == source.frame.height - release.report["suppressed_rows"]


@settings(max_examples=30, deadline=None, derandomize=True)
@given(source=sources(), data=st.data())
def test_same_input_recipe_and_key_give_the_same_bytes(source: Table, data: Any) -> None:
    wanted = document(data)
    first, second = made(source, wanted), made(Table(source.frame, source.sha256), wanted)

    if first is not None and second is not None:
        assert first.frame.write_csv() == second.frame.write_csv()
        assert {**first.report, "seconds": 0} == {**second.report, "seconds": 0}
