"""What would give somebody away is found by the build and stops the approval, each with its own planted case."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from django.utils import timezone

from labs.datasets.actions import create_draft
from labs.datasets.models import Draft
from tests.labs.datasets.desk import COLUMNS, RECIPE, Desk, people, refusing, table


def recipe(**columns: Any) -> dict[str, Any]:
    """Return the recipe with more columns."""
    document = copy.deepcopy(RECIPE)
    document["columns"] |= columns
    return document


def stopped(desk: Desk, draft: Draft) -> set[str]:
    """List checks that stop the draft; whoever tries to approve it is told so in words."""
    build = desk.build(draft)
    with refusing("stops") as refused:
        desk.approve(draft)
    assert len(str(refused.value)) > 20
    draft.refresh_from_db()
    assert draft.state == "assessed" and not draft.reports.filter(approved_at__isnull=False).exists()
    return {str(finding["check"]) for finding in build.stops}


def checksum(body: str) -> str:
    """Return the ID number with its check digit."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def test_a_unique_row_in_a_plain_column(desk: Desk) -> None:
    rows = [(*row, "common" if n else "只此一家") for n, row in enumerate(people())]
    draft = desk.draft(table(rows, (*COLUMNS, "shop")), document=recipe(shop={"role": "plain"}))

    assert "unique_value" in stopped(desk, draft)


def test_a_leaked_index(desk: Desk) -> None:
    rows = [(*row, n) for n, row in enumerate(people())]
    draft = desk.draft(table(rows, (*COLUMNS, "index")), document=recipe(index={"role": "plain"}))

    assert "leaked_index" in stopped(desk, draft)


def test_a_ward_that_gives_away_a_district(desk: Desk) -> None:
    rows = [(*row, f"D{(n * 3) % 4}") for n, row in enumerate(people())]
    document = recipe(district={"role": "plain"}, ward={"role": "geo", "min_level": 1})
    draft = desk.draft(table(rows, (*COLUMNS, "district")), document=document)

    assert "dependency" in stopped(desk, draft)


def test_an_id_number_in_a_label(desk: Desk) -> None:
    number = checksum("61010219900307001")
    rows = [(*row, "正常" if n % 2 else f"转办{number}") for n, row in enumerate(people())]
    draft = desk.draft(table(rows, (*COLUMNS, "label")), document=recipe(label={"role": "plain"}))

    assert "identifier" in stopped(desk, draft)


def test_a_differencing_pair(desk: Desk) -> None:
    rows = people()
    desk.release(desk.draft(table(rows)))
    batch = desk.batch(table([*rows, ("P777777", rows[0][1], rows[0][2], "open")]), "next.csv")
    draft = create_draft(batch=batch, by=desk.steward, at=timezone.now(), document=RECIPE)

    assert "cross_release" in stopped(desk, draft)


@pytest.mark.parametrize(("release_class", "k"), [("partner", 5), ("public", 11)])
def test_a_class_asks_for_its_threshold(desk: Desk, release_class: str, k: int) -> None:
    draft = desk.draft(table(people(60)), release_class=release_class, document=RECIPE | {"k": k})
    found = desk.build(draft)

    assert (found.numbers.get("k") or 0) >= {"partner": 11, "public": 20}[release_class] or "class_size" in {
        str(finding["check"]) for finding in found.stops
    }


def test_identifiers_in_data_without_persons(desk: Desk) -> None:
    desk.dataset.has_persons = False
    desk.dataset.save()
    rows = [("停车场", 100), (f"联系人身份证 {checksum('61010219900307001')}", 50)]
    draft = desk.draft(table(rows, ("place", "spaces")), statement="no_persons", reason="只有车场", document={})

    assert "identifier" in stopped(desk, draft)
