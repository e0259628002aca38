"""A file leaves a lab when the strictest rule lets it; what is held waits for a reviewer and leaves as the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client, override_settings
from django.utils import timezone

from labs.datasets.actions import grant_access, register_dataset
from labs.datasets.models.access import MountEvent
from labs.outgoing import actions, lab_api
from labs.outgoing.actions import ask_for, check_outgoing, decide, destroy_ended, set_rule
from labs.outgoing.keeping import held_bytes
from labs.outgoing.knowing import make_missing
from labs.outgoing.models import OutgoingDecision, OutgoingFile, OutgoingRemoval, OutgoingRule, Rule
from labs.outgoing.queries import access_outgoing_for, left_with, reviewers_of, rule_of, strictest_rule, waiting_for
from labs.outgoing.refusals import OutgoingRefused
from portal.audit.models import AuditEvent
from portal.notifications.models import Notice
from portal.users.models import User
from tests.fake_hub import FakeHub
from tests.labs.datasets.desk import make_desk
from tests.labs.outgoing.conftest import Leaving, mount, version_of
from tests.people import Province

NOTEBOOK = json.dumps(
    {"cells": [{"cell_type": "code", "id": "a", "metadata": {}, "source": "1", "outputs": []}], "metadata": {},
     "nbformat": 4, "nbformat_minor": 5}
).encode()  # fmt: skip


def check(leaving: Leaving, content: bytes, *, at: Any = None, name: str = "a.csv") -> OutgoingFile:
    return check_outgoing(user=leaving.trainee, name=name, content=content, route="download", at=at or timezone.now())


def held(leaving: Leaving, *, asked: bool = True) -> OutgoingFile:
    file = check(leaving, leaving.table)
    if asked:
        ask_for(file=file, reason="附在结业报告后", by=leaving.trainee, at=timezone.now())
    return file


def let_leave(leaving: Leaving) -> OutgoingFile:
    """Return a reviewer's grant, given on the portal while a test speaks to the lab API."""
    with override_settings(ROOT_URLCONF="portal.urls"):
        file = held(leaving)
        decide(file=file, granted=True, reason="x", by=leaving.desk.officer, at=timezone.now())
    return file


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(OutgoingRefused) as told:
        yield
    assert told.value.code == code


def test_a_notebook_passes_and_the_table_is_held_with_its_bytes(leaving: Leaving, var: Path) -> None:
    passed, stopped = check(leaving, NOTEBOOK, name="n.ipynb"), check(leaving, leaving.table)

    assert passed.passed and not passed.path and passed.findings == []
    assert not stopped.passed and [each["code"] for each in stopped.findings] == ["copy"]
    assert held_bytes(stopped) == leaving.table
    # Sealed like raw data: what was held may hold a person.
    assert leaving.table not in (var / "raw" / stopped.path).read_bytes()
    assert list(stopped.datasets.all()) == [leaving.desk.dataset]
    events = AuditEvent.objects.filter(event__startswith="outgoing.").order_by("pk").values_list("event", flat=True)
    assert list(events) == ["outgoing.file_passed", "outgoing.file_held"]


def test_a_released_and_granted_version_is_known_by_its_rows(world: Province, var: Path, technician: User) -> None:
    """The whole way once: what is granted counts before it was ever put into the lab."""
    desk = make_desk(world)
    version = desk.release(desk.draft())
    grant_access(
        version=version, user=technician, purpose="实训", start_date=timezone.localdate(), by=desk.steward,
        at=timezone.now(),
    )  # fmt: skip
    make_missing(timezone.now())
    assert len(list((var / "raw/fingerprints").iterdir())) == 1
    table = (var / "datasets/complaints/1/data.csv").read_bytes()

    stopped = check_outgoing(
        user=technician, name="a", content=b"\n".join(table.splitlines()[1:60]), route="download", at=timezone.now()
    )

    assert [(each["code"], each["version"]) for each in stopped.findings] == [("rows", "complaints/1")]


def test_the_same_bytes_are_decided_once_and_other_rules_decide_again(leaving: Leaving) -> None:
    first = check(leaving, NOTEBOOK)

    assert check(leaving, NOTEBOOK).pk == first.pk
    set_rule(
        dataset=leaving.desk.dataset, rule=Rule.REVIEWED, reason="敏感", supersedes=None, by=leaving.desk.officer,
        at=timezone.now(),
    )  # fmt: skip
    again = check(leaving, NOTEBOOK)
    assert again.pk != first.pk and again.rule == "reviewed" and again.passed
    assert not check(leaving, b"42").passed


def test_two_checks_at_once_leave_one_row_and_no_stray_bytes(
    leaving: Leaving, var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = held(leaving, asked=False)
    answers = iter([None, first])
    monkeypatch.setattr(actions, "_decided_before", lambda *_: next(answers))

    assert check(leaving, leaving.table).pk == first.pk
    assert [path.name for path in (var / "raw/outgoing").iterdir()] == [str(first.uuid)]


def test_the_strictest_rule_of_what_the_lab_can_read_counts(leaving: Leaving, world: Province) -> None:
    other = register_dataset(
        code="other", words={"title": "另一个", "description": "x", "source": "x", "license": "x"},
        owner=world.department_a, by=leaving.desk.steward, at=timezone.now(),
    )  # fmt: skip
    for dataset, rule in ((leaving.desk.dataset, Rule.FREE), (other, Rule.REVIEWED)):
        set_rule(dataset=dataset, rule=rule, reason="已定", supersedes=None, by=leaving.desk.steward, at=timezone.now())

    assert strictest_rule([leaving.desk.dataset.pk, other.pk]) == Rule.REVIEWED
    assert strictest_rule([leaving.desk.dataset.pk]) == Rule.FREE
    assert strictest_rule([]) == Rule.SCANNED
    # The lab reads the first alone, so that its file leaves without a look, and is written down.
    assert check(leaving, leaving.table).passed


def test_a_lab_that_once_had_the_data_is_still_looked_at(leaving: Leaving) -> None:
    mount(leaving.version, leaving.trainee, MountEvent.TAKEN_AWAY)

    assert [each["code"] for each in check(leaving, leaving.table).findings] == ["copy"]


def test_the_way_of_a_held_file(leaving: Leaving) -> None:
    file = held(leaving)
    officer = leaving.desk.officer

    assert {notice.user for notice in Notice.objects.filter(kind="outgoing.waits")} == {officer, leaving.desk.steward}
    assert list(waiting_for(officer, timezone.localdate())) == [file]
    decide(file=file, granted=True, reason="已脱敏汇总", by=officer, at=timezone.now())

    assert Notice.objects.get(user=leaving.trainee).kind == "outgoing.granted"
    assert not waiting_for(officer, timezone.localdate()).exists()
    assert check(leaving, leaving.table).pk == file.pk
    assert not check(leaving, leaving.table + b"\n").passed
    assert list(left_with(leaving.desk.dataset)) == [file]


def test_nobody_decides_who_may_not(leaving: Leaving, world: Province, technician: User, outsider: User) -> None:
    file = held(leaving)
    foreign = world.person("zhou.lan", "周岚", world.department_b)
    world.grant(foreign, "data_steward", "organization", world.department_b.uuid)
    auditor = world.person("shen.ji", "沈稽", world.department_a)
    world.grant(auditor, "auditor", "province", world.province.uuid)

    for person in (foreign, auditor, outsider):
        with pytest.raises(PermissionDenied):
            decide(file=file, granted=True, reason="可以", by=person, at=timezone.now())
    world.grant(technician, "privacy_officer", "province", world.province.uuid)
    with refused("own"):
        decide(file=file, granted=True, reason="可以", by=technician, at=timezone.now())
    assert technician not in reviewers_of(file, timezone.localdate())
    today = timezone.localdate()
    assert not access_outgoing_for(foreign, today).exists() and not access_outgoing_for(outsider, today).exists()
    assert list(access_outgoing_for(auditor, today)) == [file]


def test_a_file_of_two_offices_is_for_who_looks_after_both(leaving: Leaving, world: Province, var: Path) -> None:
    other = make_desk(world, "parking-b")
    mount(version_of(other, var), leaving.trainee)
    other.dataset.owner = world.department_b
    other.dataset.save()
    half = world.person("ban.ge", "班格", world.department_a)
    world.grant(half, "privacy_officer", "organization", world.department_a.uuid)
    file = held(leaving)

    assert file.datasets.count() == 2
    assert list(access_outgoing_for(half, timezone.localdate())) == [file]
    with pytest.raises(PermissionDenied):
        decide(file=file, granted=True, reason="可以", by=half, at=timezone.now())
    decide(file=file, granted=True, reason="可以", by=leaving.desk.officer, at=timezone.now())


def test_a_lab_without_data_belongs_to_the_province(leaving: Leaving, official: User) -> None:
    file = check_outgoing(
        user=official, name="x", content="电话 13812345678".encode(), route="download", at=timezone.now()
    )

    assert not file.passed and not file.datasets.exists()
    assert set(reviewers_of(file, timezone.localdate())) == {leaving.desk.steward, leaving.desk.officer}


def test_each_step_wants_its_reason_and_happens_once(leaving: Leaving, official: User) -> None:
    file, officer, now = held(leaving, asked=False), leaving.desk.officer, timezone.now()

    with refused("not_asked"):
        decide(file=file, granted=True, reason="x", by=officer, at=now)
    with pytest.raises(PermissionDenied):
        ask_for(file=file, reason="x", by=official, at=now)
    with refused("no_reason"):
        ask_for(file=file, reason="  ", by=leaving.trainee, at=now)
    ask_for(file=file, reason="x", by=leaving.trainee, at=now)
    with refused("asked"):
        ask_for(file=file, reason="x", by=leaving.trainee, at=now)
    with refused("no_reason"):
        decide(file=file, granted=False, reason="", by=officer, at=now)
    decide(file=file, granted=False, reason="含个人信息", by=officer, at=now)
    with refused("decided"):
        decide(file=file, granted=True, reason="x", by=officer, at=now)
    with refused("passed"):
        ask_for(file=check(leaving, NOTEBOOK), reason="x", by=leaving.trainee, at=now)
    assert check(leaving, leaving.table).pk == file.pk


def test_rules_follow_one_another(leaving: Leaving) -> None:
    dataset, now = leaving.desk.dataset, timezone.now()
    first = set_rule(dataset=dataset, rule=Rule.REVIEWED, reason="a", supersedes=None, by=leaving.desk.officer, at=now)

    for code, seen, rule, reason in (
        ("stale", None, Rule.FREE, "b"), ("same_rule", first, Rule.REVIEWED, "b"), ("no_reason", first, Rule.FREE, " "),
    ):  # fmt: skip
        with refused(code):
            set_rule(dataset=dataset, rule=rule, reason=reason, supersedes=seen, by=leaving.desk.officer, at=now)
    with pytest.raises(PermissionDenied):
        set_rule(dataset=dataset, rule=Rule.FREE, reason="b", supersedes=first, by=leaving.trainee, at=now)
    second = set_rule(dataset=dataset, rule=Rule.FREE, reason="b", supersedes=first, by=leaving.desk.steward, at=now)
    assert rule_of(dataset) == second and OutgoingRule.objects.count() == 2


@pytest.mark.parametrize(
    ("granted", "days_kept"), [(None, 7), (False, 7), (True, 14)], ids=["not asked for", "refused", "granted"]
)
def test_held_bytes_end_with_their_term_and_the_record_stays(
    leaving: Leaving, var: Path, granted: bool | None, days_kept: int
) -> None:
    file = held(leaving, asked=granted is not None)
    if granted is not None:
        decide(file=file, granted=granted, reason="x", by=leaving.desk.officer, at=timezone.now())

    destroy_ended(timezone.now() + timedelta(days=days_kept) - timedelta(minutes=5))
    assert (var / "raw" / file.path).is_file() and not OutgoingRemoval.objects.exists()
    late = timezone.now() + timedelta(days=days_kept + 1)
    for _ in range(2):
        destroy_ended(late)
    assert not (var / "raw" / file.path).exists() and OutgoingRemoval.objects.count() == 1
    again = check(leaving, leaving.table, at=late)
    assert again.pk != file.pk and not again.passed and held_bytes(again) == leaving.table
    assert check(leaving, leaving.table, at=late).pk == again.pk


def test_a_grant_ends_with_its_term_before_anything_is_destroyed(leaving: Leaving) -> None:
    file = held(leaving)
    decide(file=file, granted=True, reason="x", by=leaving.desk.officer, at=timezone.now())

    on_the_last_day = check(leaving, leaving.table, at=timezone.now() + timedelta(days=14))
    after = check(leaving, leaving.table, at=timezone.now() + timedelta(days=15))

    assert on_the_last_day.pk == file.pk
    assert after.pk != file.pk and not after.passed and not hasattr(after, "decision")


def test_a_file_that_waits_is_kept_until_it_is_decided(leaving: Leaving, var: Path) -> None:
    file = held(leaving)

    destroy_ended(timezone.now() + timedelta(days=90))

    assert (var / "raw" / file.path).is_file()


def test_the_database_itself_keeps_the_record(leaving: Leaving) -> None:
    file = held(leaving)
    decide(file=file, granted=True, reason="x", by=leaving.desk.officer, at=timezone.now())

    for table in ("outgoingfile", "outgoingrequest", "outgoingdecision", "outgoingfile_datasets"):
        for statement in (f"DELETE FROM outgoing_{table}", f"UPDATE outgoing_{table} SET id = id"):
            with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
    with pytest.raises(IntegrityError), transaction.atomic():
        OutgoingDecision.objects.create(
            file=check(leaving, b"13812345678"), user=leaving.trainee, granted=False, reason="x", at=timezone.now(),
            by=leaving.trainee,
        )  # fmt: skip


ADDRESS = "/api/lab/outgoing"


def ask(lab: Client, content: bytes, name: str = "结果.csv", route: str = "download") -> Any:
    headers = {"X-File-Name": quote(name), "X-Route": route}
    return lab.post(ADDRESS, content, content_type="application/octet-stream", headers=headers)


def test_the_lab_asks_and_is_told_in_both_languages(lab: Client, leaving: Leaving) -> None:
    rule = lab.get(ADDRESS).json()
    passed, stopped = ask(lab, NOTEBOOK).json(), ask(lab, leaving.table).json()

    assert rule["rule"] == "scanned" and "扫描" in rule["message"] and "scan" in rule["message_en"]
    assert "屏幕" in rule["screen"]["message"] and rule["files"]["held"] == 0
    assert passed["passes"] is True and passed["findings"] == []
    assert stopped["passes"] is False and "complaints/1" in stopped["findings"][0]["message_en"]
    file = OutgoingFile.objects.get(passed=False)
    assert file.name == "结果.csv" and stopped["page"].endswith(f"/labs/outgoing/{file.uuid}/")
    assert stopped["sha256"] == file.sha256
    assert lab.get(ADDRESS).json()["files"] == {"held": 1, "waiting": 0, "granted": 0, "refused": 0}


def test_after_a_grant_exactly_these_bytes_pass(lab: Client, leaving: Leaving) -> None:
    assert ask(lab, leaving.table).json()["passes"] is False
    let_leave(leaving)

    assert ask(lab, leaving.table).json()["passes"] is True
    assert ask(lab, leaving.table + b" ").json()["passes"] is False


def test_another_person_s_grant_is_not_ones_own(
    lab: Client, leaving: Leaving, official: User, fake_hub: FakeHub
) -> None:
    mount(leaving.version, official)
    let_leave(leaving)
    other = Client(headers={"Authorization": f"token {fake_hub.give(official.hub_username, 'o' * 32)}"})

    assert ask(other, leaving.table).json()["passes"] is False


def test_what_is_no_question_is_refused(lab: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask(lab, b"x", route="by hand").status_code == 400
    assert ask(lab, b"x", name="").status_code == 400
    assert ask(lab, bytes((20 << 20) + 1)).status_code == 413
    assert lab.put(ADDRESS).status_code == 405
    assert Client().get(ADDRESS).status_code == 401
    monkeypatch.setattr(lab_api, "HELD_AT_ONCE", 2)
    for number in range(2):
        assert ask(lab, f"1381234567{number}".encode()).status_code == 200
    full = ask(lab, b"13812345679")
    assert full.status_code == 400 and "2" in full.json()["error"]["message"]
    monkeypatch.setattr(lab_api, "CHECKS_PER_MINUTE", 1)
    assert ask(lab, b"x").status_code == 429
