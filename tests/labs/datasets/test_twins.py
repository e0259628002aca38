"""The synthetic twin of a release: a dataset of its own, labelled, signed, mounted, and gone with its original."""

from __future__ import annotations

import json
from pathlib import Path

from django.utils import timezone

from labs.datasets.actions import (
    create_draft,
    destroy_batch,
    grant_access,
    make_twin,
    release_draft,
    withdraw_version,
)
from labs.datasets.deidentification.twins import LABEL_ZH
from labs.datasets.loading import finished_import
from labs.datasets.models import Dataset, DatasetVersion, Import, Outcome, RawBatch, Statement
from labs.datasets.mounts import prepare_mounts
from labs.datasets.progressing import do_now
from labs.datasets.queries import problems_of_version
from labs.datasets.work import IMPORTS
from portal.users.models import User
from tests.labs.datasets.desk import Desk, folder_of_version, refusing


def invented(desk: Desk, version: DatasetVersion) -> RawBatch:
    twin = make_twin(version=version, by=desk.steward, at=timezone.now())
    return finished_import(Import.objects.get(dataset=twin).pk)


def released_twin(desk: Desk, version: DatasetVersion) -> DatasetVersion:
    batch = invented(desk, version)
    draft = create_draft(batch=batch, by=desk.steward, at=timezone.now())
    return Desk(desk.steward, desk.officer, batch.dataset).release(draft)


def test_a_twin_goes_the_way_of_every_dataset_and_says_that_it_is_invented(
    desk: Desk, var: Path, official: User
) -> None:
    version = desk.release(desk.draft())
    twin, now = released_twin(desk, version), timezone.now()

    assert twin.dataset.code == "complaints-twin" and twin.dataset.title.endswith("（合成孪生）")
    assert not twin.dataset.has_persons and twin.rows == version.rows
    assert [column["name"] for column in twin.columns] == [column["name"] for column in version.columns]
    folder = folder_of_version(twin, var)
    risk = json.loads((folder / "RISK.json").read_text("utf-8"))
    assert risk["statement"] == Statement.NO_PERSONS
    assert risk["reason"].startswith(LABEL_ZH) and "complaints/1" in risk["reason"] and "泄露风险" in risk["reason"]
    assert LABEL_ZH in (folder / "datapackage.json").read_text("utf-8")
    original, rows = (
        (folder_of_version(each, var) / "data.csv").read_text("utf-8-sig").splitlines() for each in (version, twin)
    )
    assert original[0] == rows[0] and original[1:] != rows[1:]
    scores = RawBatch.objects.get(dataset=twin.dataset).profile["twin"]
    assert scores["synthetic"] is True and 0 < scores["utility"]["score"] <= 1
    grant_access(
        version=twin, user=official, purpose="练习", start_date=timezone.localdate(now), by=desk.steward, at=now
    )
    assert prepare_mounts(official, at=now) == [twin]


def test_asking_twice_makes_one(desk: Desk, var: Path) -> None:
    version = desk.release(desk.draft())
    first = make_twin(version=version, by=desk.steward, at=timezone.now())
    assert make_twin(version=version, by=desk.steward, at=timezone.now()) == first
    batch = finished_import(Import.objects.get(dataset=first).pk)
    make_twin(version=version, by=desk.steward, at=timezone.now())
    assert Import.objects.filter(dataset=first).count() == 1

    destroy_batch(batch=batch, reason="重做", by=desk.steward, at=timezone.now())
    make_twin(version=version, by=desk.steward, at=timezone.now())
    again = finished_import(Import.objects.filter(dataset=first).latest("pk").pk)
    assert again.sha256 == batch.sha256  # the same release and key give the same bytes


def test_withdrawing_the_original_withdraws_its_twin_and_no_other_is_made(desk: Desk, var: Path) -> None:
    version = desk.release(desk.draft())
    twin = released_twin(desk, version)
    withdraw_version(version=version, reason="口径有误", by=desk.officer, at=timezone.now())

    twin.refresh_from_db()
    assert "口径有误" in twin.withdrawal.reason and not folder_of_version(twin, var).exists()
    with refusing("withdrawn"):
        make_twin(version=version, by=desk.steward, at=timezone.now())


def test_a_twin_that_was_signed_but_not_released_stays_unreleased_when_its_original_goes(desk: Desk, var: Path) -> None:
    version = desk.release(desk.draft())
    batch = invented(desk, version)
    other = Desk(desk.steward, desk.officer, batch.dataset)
    draft = create_draft(batch=batch, by=desk.steward, at=timezone.now())
    other.build(draft)
    other.approve(draft)
    withdraw_version(version=version, reason="口径有误", by=desk.officer, at=timezone.now())

    with refusing("original_withdrawn"):
        release_draft(draft=draft, revision=draft.revision, by=desk.steward, at=timezone.now())


def test_an_original_withdrawn_while_the_twin_waited_is_said(desk: Desk, var: Path) -> None:
    version = desk.release(desk.draft())
    twin = make_twin(version=version, by=desk.steward, at=timezone.now())
    withdraw_version(version=version, reason="口径有误", by=desk.officer, at=timezone.now())
    work = Import.objects.get(dataset=twin)
    do_now(IMPORTS, work)

    work.refresh_from_db()
    assert work.outcome == Outcome.REFUSED and "已撤回" in work.message


def test_a_twin_has_no_twin_and_takes_no_foreign_name(desk: Desk, var: Path) -> None:
    version = desk.release(desk.draft())
    twin = released_twin(desk, version)
    with refusing("twin_of_twin"):
        make_twin(version=twin, by=desk.steward, at=timezone.now())
    assert problems_of_version(twin, var / "datasets") == []
    assert Dataset.objects.count() == 2


def test_too_few_rows_are_refused_with_both_numbers(desk: Desk, var: Path) -> None:
    rows = 12
    Dataset.objects.filter(pk=desk.dataset.pk).update(has_persons=False)
    desk.dataset.refresh_from_db()
    lines = "\n".join(f"{n},{n % 3}" for n in range(rows))
    draft = desk.draft(f"place,count\n{lines}\n".encode(), document={}, statement=Statement.NO_PERSONS, reason="汇总数")
    version = desk.release(draft)
    twin = make_twin(version=version, by=desk.steward, at=timezone.now())
    work = Import.objects.get(dataset=twin)
    do_now(IMPORTS, work)

    work.refresh_from_db()
    assert work.outcome == Outcome.REFUSED and str(rows) in work.message and "20" in work.message
