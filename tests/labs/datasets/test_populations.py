"""A draft is held against a table of the population: who may choose it, what it changes, what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from labs.datasets.actions import change_draft, destroy_batch, return_draft, start_build
from labs.datasets.desk.drawing import values_of
from labs.datasets.desk.preview import preview_of
from labs.datasets.models import Draft, Outcome, RawBatch
from tests.labs.datasets.desk import RECIPE, Desk, make_desk, people, refusing, table
from tests.people import Province


@pytest.fixture(autouse=True)
def no_second_factor(settings: Any) -> None:
    """Signing in is not what is tested here."""
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "SecondFactor" not in name]


def everybody(times: int = 10) -> bytes:
    """Return a population in which each person of the data stands for several."""
    rows = [(age, ward, times) for _, age, ward, _ in people()]
    return table(rows, ("age", "ward", "people"))


def held(desk: Desk, population: RawBatch, **limits: Any) -> Draft:
    """Return a draft that is held against the population."""
    document = {**RECIPE, "population_count": "people", **limits}
    return desk.draft(document=document, population=population)


def test_a_population_gives_k_map_and_presence(desk: Desk, var: Path) -> None:
    population = desk.batch(everybody(), name="register.csv")
    build = desk.build(held(desk, population, k_map=60, delta_presence=0.1))
    risk = json.loads((var / "raw" / build.folder / "RISK.json").read_text("utf-8"))

    assert build.outcome == Outcome.DONE and build.population == population
    assert build.numbers["k_map"] >= 60 and build.numbers["delta_presence"] <= 0.1
    assert build.numbers["population"] == {"sha256": population.sha256, "people": 2000}
    assert risk["population_sha256"] == population.sha256
    assert build.numbers["risk"]["journalist"] == 1 / build.numbers["k_map"]


def test_without_a_population_its_models_are_refused_at_once(desk: Desk) -> None:
    draft = desk.draft(document={**RECIPE, "k_map": 20})

    with refusing("population_missing"):
        start_build(draft=draft, revision=draft.revision, by=desk.steward, at=timezone.now())


def test_a_destroyed_population_is_refused_until_another_is_chosen(desk: Desk) -> None:
    population, now = desk.batch(everybody()), timezone.now()
    draft = held(desk, population, k_map=20)
    destroy_batch(batch=population, reason="到期", by=desk.steward, at=now)
    draft.refresh_from_db()

    with refusing("population_destroyed"):
        start_build(draft=draft, revision=draft.revision, by=desk.steward, at=now)
    change_draft(draft=draft, revision=draft.revision, population=desk.batch(everybody(9)), by=desk.steward, at=now)
    assert desk.build(draft).outcome == Outcome.DONE


def test_a_steward_takes_no_population_out_of_reach(desk: Desk, world: Province) -> None:
    other = make_desk(world, "elsewhere")
    stranger = world.person("county.steward", "县区", world.department_b)
    world.grant(stranger, "data_steward", "region", world.county_b.uuid)
    draft = desk.draft()
    desk.dataset.owner = world.department_b
    desk.dataset.save(update_fields=["owner"])
    draft.refresh_from_db()

    change_draft(draft=draft, revision=draft.revision, reason="本县", by=stranger, at=timezone.now())

    with pytest.raises(PermissionDenied):
        change_draft(
            draft=draft, revision=draft.revision, population=other.batch(everybody()), by=stranger, at=timezone.now()
        )


def test_a_population_without_the_columns_is_refused_in_words(desk: Desk) -> None:
    build = desk.build(held(desk, desk.batch(table([("20", "W1")], ("age", "district")))))

    assert build.outcome == Outcome.REFUSED
    assert "总体表中没有列 ward" in build.message and "district" in build.message


def test_a_population_that_lacks_people_is_a_finding_for_the_officer(desk: Desk, var: Path) -> None:
    draft = held(desk, desk.batch(table([("20", "W1", "9")], ("age", "ward", "people"))))
    build = desk.build(draft)
    found = [finding for finding in build.findings if finding["check"] == "population"]

    assert [finding["severity"] for finding in found] == ["warn"]
    assert "总体表" in found[0]["message_zh"] and build.numbers["delta_presence"] == 1.0


def test_the_preview_counts_the_population_too(desk: Desk) -> None:
    found = preview_of(held(desk, desk.batch(everybody()), k_map=60))

    assert found.report["k_map"] >= 60


def test_a_hierarchy_is_drawn_over_the_values_of_both(desk: Desk) -> None:
    draft = held(desk, desk.batch(table([("20", "W1", "9"), ("21", "郊区", "9")], ("age", "ward", "people"))))

    assert values_of(draft, "ward") == ["W0", "W1", "W2", "W3", "郊区"]
    assert len(values_of(draft, "status")) == 2


def test_the_page_chooses_a_population_and_drops_it(desk: Desk, var: Path, world: Province) -> None:
    population, draft = desk.batch(everybody(), name="register.csv"), desk.draft()
    elsewhere = make_desk(world, "elsewhere").batch(everybody(), name="other.csv")
    client, address = Client(), f"/datasets/desk/drafts/{draft.uuid}/"
    client.force_login(desk.steward)
    chosen = BeautifulSoup(client.get(address).content, "html.parser").select("select[name=population] option")

    assert {str(population.uuid), str(elsewhere.uuid)} < {str(option["value"]) for option in chosen}
    assert str(draft.batch.uuid) not in {str(option["value"]) for option in chosen}
    sent = {
        "revision": str(draft.revision), "release_class": "lab", "statement": "deidentified", "k": "5",
        "suppression_max": "10", "recoding": "global", "then": "save", "population": str(population.uuid),
        "population_count": "people", "k_map": "50", "delta_presence": "0.2",
    }  # fmt: skip
    client.post(f"{address}save/", sent)
    draft.refresh_from_db()
    assert draft.population == population
    assert (draft.document["k_map"], draft.document["delta_presence"]) == (50, 0.2)

    nothing = dict.fromkeys(("population", "population_count", "k_map", "delta_presence"), "")
    client.post(f"{address}save/", {**sent, **nothing, "revision": str(draft.revision)})
    draft.refresh_from_db()
    assert draft.population is None
    assert not {"k_map", "delta_presence", "population_count"} & set(draft.document)


def test_the_report_tells_of_the_population(desk: Desk, var: Path) -> None:
    draft = held(desk, desk.batch(everybody()), k_map=60)
    desk.build(draft)
    client = Client()
    client.force_login(desk.officer)
    report = draft.reports.get()
    text = client.get(f"/datasets/reports/{report.uuid}/").content.decode()

    assert "k-map" in text and "2000" in text.replace(",", "") and "δ" in text


def test_a_release_without_a_population_is_the_same_bytes_as_before(desk: Desk, var: Path) -> None:
    draft = desk.draft()
    first = desk.build(draft)
    return_draft(draft=draft, revision=draft.revision, reason="再来", by=desk.steward, at=timezone.now())
    population = desk.batch(everybody())
    change_draft(draft=draft, revision=draft.revision, population=population, by=desk.steward, at=timezone.now())
    document = {**draft.document, "population_count": "people"}
    change_draft(draft=draft, revision=draft.revision, document=document, by=desk.steward, at=timezone.now())
    second = desk.build(draft)
    risk = json.loads((var / "raw" / first.folder / "RISK.json").read_text("utf-8"))

    assert "population_sha256" not in risk and "population" not in risk["numbers"]
    assert second.sha256 != first.sha256
