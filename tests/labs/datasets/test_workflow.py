"""From raw data to a withdrawn version: two people, one dict of states, nothing half-released."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from labs.datasets.actions import (
    accept_finding,
    approve_draft,
    approve_renewal,
    change_draft,
    create_draft,
    destroy_batch,
    prepare_renewal,
    release_draft,
    return_draft,
    start_build,
    withdraw_version,
)
from labs.datasets.management.commands.dataset_states import diagram
from labs.datasets.models import DatasetVersion, Draft, DraftEvent, DraftState, Outcome, RiskReport
from labs.datasets.models.states import TRANSITIONS
from labs.datasets.passports import passport_problem
from portal.audit.models import AuditEvent
from portal.notifications.models import Notice
from portal.users.models import User
from tests.labs.datasets.desk import RECIPE, Desk, answers, folder_of_version, people, refusing, table, tomorrow
from tests.people import Province

ROOT = Path(__file__).resolve().parents[3]


def test_from_raw_data_to_a_withdrawn_version(desk: Desk, var: Path) -> None:
    draft = desk.draft()
    version = desk.release(draft)
    folder = folder_of_version(version, var)
    names = {path.name for path in folder.iterdir()}
    risk = json.loads((folder / "RISK.json").read_text("utf-8"))
    assert passport_problem(version, on=tomorrow()) is None
    withdraw_version(version=version, reason="发现错误", by=desk.officer, at=timezone.now())
    draft.refresh_from_db()

    assert names == {
        "data.csv", "data.parquet", "dictionary.json", "datapackage.json", "croissant.json", "dcat.jsonld", "README.md",
        "RISK.json", "LICENSE", "SHA256SUMS",
    }  # fmt: skip
    assert risk["numbers"]["k"] >= 5 and risk["statement"] == "deidentified"
    assert "P0" not in (var / "raw" / "withdrawn" / "complaints-1" / "data.csv").read_text("utf-8-sig")
    assert draft.state == DraftState.WITHDRAWN and not folder.exists()
    assert [event.to_state for event in draft.events.order_by("pk")] == [
        "draft", "assessed", "approved", "released", "withdrawn",
    ]  # fmt: skip
    problem = passport_problem(version, on=tomorrow())
    assert problem is not None and problem.code == "withdrawn" and "发现错误" in problem.message
    assert AuditEvent.objects.filter(event="datasets.version_withdrawn", actor_id=desk.officer.pk).count() == 1


def test_the_same_source_recipe_and_key_give_the_same_bytes(desk: Desk, var: Path) -> None:
    draft = desk.draft()
    first = desk.build(draft)
    return_draft(draft=draft, revision=draft.revision, reason="再来一次", by=desk.steward, at=timezone.now())
    second = desk.build(draft)
    sums = (var / "raw" / second.folder / "SHA256SUMS").read_text("utf-8")

    assert first.uuid != second.uuid and first.sha256 == second.sha256 != ""
    assert first.files == second.files
    for line in sums.splitlines():
        digest, _, name = line.partition("  ")
        assert hashlib.sha256((var / "raw" / second.folder / name).read_bytes()).hexdigest() == digest


def named() -> bytes:
    rows = [
        (*row, name)
        for row, name in zip(people(), ["王秀英", "李建国", "张伟华", "陈丽娜", "刘志强"] * 40, strict=True)
    ]
    return table(rows, ("id", "age", "ward", "status", "负责人"))


def test_a_column_of_names_stops_until_an_officer_who_wrote_nothing_accepts_it(desk: Desk, var: Path) -> None:
    recipe = {**RECIPE, "columns": {**RECIPE["columns"], "负责人": {"role": "sensitive"}}}
    forged = [
        {"check": check, "column": "负责人", "reason": "我说可以", "by": "林涛"}
        for check in ("identifying_column", "identifier")
    ]
    draft = desk.draft(named(), document={**recipe, "accepted": forged})
    build = desk.build(draft)
    assert {stop["check"] for stop in build.stops} == {"identifying_column", "identifier"}
    at = timezone.now()
    with pytest.raises(PermissionDenied):
        accept_finding(draft=draft, check="identifier", column="负责人", reason="可以", by=desk.steward, at=at)
    with refusing("not_acceptable"):
        accept_finding(draft=draft, check="identifying_column", column="age", reason="依法公示", by=desk.officer, at=at)
    for empty in (" ", ".", "同意", "哈哈哈哈哈", "ok ok ok"):
        with refusing("no_reason"):
            accept_finding(draft=draft, check="identifier", column="负责人", reason=empty, by=desk.officer, at=at)
    for check in ("identifying_column", "identifier", "identifier"):
        accept_finding(draft=draft, check=check, column="负责人", reason="依法公示", by=desk.officer, at=at)
    assert AuditEvent.objects.filter(event="datasets.finding_accepted").count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        draft.accepted_findings.update(reason="别的理由")

    return_draft(draft=draft, revision=draft.revision, reason="已接受", by=desk.officer, at=timezone.now())
    build = desk.build(draft)
    assert build.stops == []
    shown = [found for found in build.findings if found["severity"] == "accepted"]
    assert {(found["accepted_by"], found["accepted_reason"]) for found in shown} == {("林涛", "依法公示")}
    desk.approve(draft)
    assert draft.state == DraftState.APPROVED


def test_nobody_approves_alone(desk: Desk, world: Province) -> None:
    world.grant(desk.steward, "privacy_officer", "province", world.province.uuid)
    draft = desk.draft()
    desk.build(draft)
    now = timezone.now()

    with refusing("same_person") as refused:
        approve_draft(
            draft=draft, revision=draft.revision, answers={}, valid_until=tomorrow(9), by=desk.steward, at=now
        )
    assert "另" in str(refused.value) or "else" in str(refused.value)
    report = RiskReport.objects.get(draft=draft)
    with pytest.raises(IntegrityError), transaction.atomic():
        RiskReport.objects.filter(pk=report.pk).update(
            approved_by=desk.steward, approved_at=now, valid_until=tomorrow(9)
        )


def test_whoever_changed_the_draft_does_not_approve_it(desk: Desk, world: Province) -> None:
    draft, now = desk.draft(), timezone.now()
    world.grant(desk.officer, "data_steward", "province", world.province.uuid)
    change_draft(draft=draft, revision=draft.revision, reason="改过", by=desk.officer, at=now)
    desk.build(draft)

    with refusing("same_person"):
        approve_draft(
            draft=draft, revision=draft.revision, answers={}, valid_until=tomorrow(9), by=desk.officer, at=now
        )


def test_only_people_of_the_desk_act(desk: Desk, official: User, world: Province) -> None:
    draft = desk.draft()
    desk.build(draft)
    stranger = world.person("county", "县区", world.department_b)
    world.grant(stranger, "privacy_officer", "region", world.county_b.uuid)
    terms = {"draft": draft, "revision": draft.revision, "at": timezone.now()}

    for outsider in (official, stranger, desk.steward):
        with pytest.raises(PermissionDenied):
            approve_draft(answers={}, valid_until=tomorrow(9), by=outsider, **terms)
    with pytest.raises(PermissionDenied):
        start_build(by=desk.officer, **terms)
    with pytest.raises(PermissionDenied):
        return_draft(reason="x", by=official, **terms)


def test_a_signed_report_cannot_be_changed(desk: Desk) -> None:
    draft = desk.draft()
    desk.build(draft)
    desk.approve(draft)
    report = RiskReport.objects.get(draft=draft)

    for change in (lambda: RiskReport.objects.filter(pk=report.pk).update(reason="x"), report.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    with pytest.raises(IntegrityError), transaction.atomic():
        DraftEvent.objects.filter(draft=draft).update(reason="x")


def test_two_stewards_never_overwrite_each_other_unseen(desk: Desk, world: Province) -> None:
    other = world.person("lu.yi", "陆仪", world.department_a)
    world.grant(other, "data_steward", "province", world.province.uuid)
    draft = desk.draft()
    seen = draft.revision
    mine, theirs = Draft.objects.get(pk=draft.pk), Draft.objects.get(pk=draft.pk)
    change_draft(draft=theirs, revision=seen, by=other, at=timezone.now(), document=RECIPE | {"k": 6})

    with refusing("stale") as refused:
        change_draft(draft=mine, revision=seen, by=desk.steward, at=timezone.now(), document=RECIPE | {"k": 7})
    assert "陆仪" in str(refused.value)
    draft.refresh_from_db()
    assert draft.document["k"] == 6 and draft.changed_by == other


def test_a_change_after_the_build_needs_another_build(desk: Desk) -> None:
    draft = desk.draft()
    desk.build(draft)
    return_draft(draft=draft, revision=draft.revision, reason="换一个 k", by=desk.officer, at=timezone.now())
    change_draft(draft=draft, revision=draft.revision, by=desk.steward, at=timezone.now(), document=RECIPE | {"k": 6})

    with refusing("state"):
        desk.approve(draft)
    assert Notice.objects.filter(user=desk.steward, kind="datasets.draft_returned").count() == 1
    build = desk.build(draft)
    assert build.recipe.number == 2 and draft.state == DraftState.ASSESSED


def test_files_that_were_touched_after_the_checks_are_not_approved(desk: Desk, var: Path) -> None:
    draft = desk.draft()
    build = desk.build(draft)
    file = var / "raw" / build.folder / "data.csv"
    file.chmod(0o600)
    file.write_bytes(file.read_bytes() + b"x")

    with refusing("damaged"):
        desk.approve(draft)


def test_the_same_release_is_not_made_twice(desk: Desk) -> None:
    first = desk.draft()
    desk.release(first)
    again = create_draft(batch=first.batch, by=desk.steward, at=timezone.now())
    desk.build(again)
    desk.approve(again)

    with refusing("same_release"):
        release_draft(draft=again, revision=again.revision, by=desk.steward, at=timezone.now())
    assert DatasetVersion.objects.count() == 1


def test_a_folder_that_a_crash_left_is_replaced(desk: Desk, var: Path) -> None:
    left = var / "datasets" / "complaints" / "1"
    left.mkdir(parents=True)
    (left / "data.csv").write_text("half", "utf-8")
    version = desk.release(desk.draft())

    assert (folder_of_version(version, var) / "data.parquet").is_file()
    assert call_command("verify_datasets") is None


def test_people_are_never_released_as_no_people(desk: Desk) -> None:
    draft = desk.draft(statement="no_persons", reason="没有人")

    with refusing("has_persons"):
        start_build(draft=draft, revision=draft.revision, by=desk.steward, at=timezone.now())


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, "class_small"),
        ({"columns": {"id": {"role": "direct", "treatment": "pseudonym"}}}, "reversible"),
    ],
)
def test_anonymized_is_a_claim_that_must_hold(desk: Desk, change: dict[str, Any], code: str) -> None:
    document = RECIPE | {"columns": RECIPE["columns"] | change.get("columns", {})}
    draft = desk.draft(statement="anonymised", reason="密钥已销毁", document=document)
    desk.build(draft)

    with refusing(code):
        desk.approve(draft)


def test_a_report_is_renewed_by_two_people(desk: Desk) -> None:
    version = desk.release(desk.draft(), days=2)
    later = tomorrow(5)
    assert (problem := passport_problem(version, on=later)) is not None and problem.code == "expired"
    report = prepare_renewal(version=version, by=desk.steward, at=timezone.now())
    approve_renewal(
        report=report, answers=answers(report.draft), valid_until=tomorrow(400), by=desk.officer, at=timezone.now()
    )

    assert passport_problem(version, on=later) is None
    assert version.passports.count() == 2


def test_destroyed_raw_data_is_not_built_again(desk: Desk, var: Path) -> None:
    draft = desk.draft()
    destroy_batch(batch=draft.batch, reason="不再需要", by=desk.steward, at=timezone.now())
    draft.batch.refresh_from_db()

    with refusing("destroyed"):
        start_build(draft=draft, revision=draft.revision, by=desk.steward, at=timezone.now())
    assert not list((var / "raw" / "batches").iterdir())


def test_a_bad_build_leaves_the_draft_and_says_why(desk: Desk, var: Path) -> None:
    draft = desk.draft(document=RECIPE | {"k": 5000})
    build = desk.build(draft)

    assert build.outcome == Outcome.REFUSED and "5000" in build.message and "5000" in build.message_en
    assert draft.state == DraftState.DRAFT and not draft.reports.exists()
    assert not (var / "raw" / build.folder).exists()


def test_every_state_is_in_the_dict_and_the_docs_show_it() -> None:
    page = (ROOT / "docs/reference/data-desk.md").read_text("utf-8")

    assert set(TRANSITIONS) == set(DraftState)
    assert diagram() in page


def test_a_state_without_its_version_is_refused_by_the_database(desk: Desk) -> None:
    draft = desk.draft()

    with pytest.raises(IntegrityError), transaction.atomic():
        Draft.objects.filter(pk=draft.pk).update(state="released")
    assert connection.is_usable()


def test_raw_rows_reach_neither_the_release_nor_the_report(desk: Desk, var: Path) -> None:
    rows = [*people(), ("P999999", 59, "W3", "open")]
    version = desk.release(desk.draft(table(rows)))
    folder = folder_of_version(version, var)

    for path in folder.iterdir():
        assert b"P999999" not in path.read_bytes()
    assert all(b"P999999" not in path.read_bytes() for path in (var / "raw" / "batches").iterdir())
