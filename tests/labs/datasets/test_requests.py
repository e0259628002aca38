"""A unit asks for a dataset and its owner answers; a grant reaches whom a registered kind of receiver reaches."""

from __future__ import annotations

import importlib
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from courses.catalog.models import Course
from labs.datasets import receivers
from labs.datasets.actions import ask_for_dataset, decide_request, grant_access
from labs.datasets.models import AccessGrant, DataRequest, DatasetVersion, RequestDecision
from labs.datasets.queries import access_requests_for, requests_to_decide
from labs.datasets.reaching import versions_of
from labs.datasets.receivers import Receiver, ReceiverKind, register_receiver, with_names
from portal.audit.models import AuditEvent
from portal.notifications.models import Notice
from portal.users.models import User
from tests.classroom import make_run
from tests.labs.datasets.desk import Desk, refusing
from tests.labs.outgoing.conftest import version_of
from tests.people import Province


@pytest.fixture(autouse=True)
def usable(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Every version may be used (the way to a passport takes a minute and is tested elsewhere); no second factor."""
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "SecondFactor" not in name]
    for place in ("reaching.usable_versions", "desk.request_forms.usable_versions"):
        monkeypatch.setattr(f"labs.datasets.{place}", lambda on: DatasetVersion.objects.all())
    monkeypatch.setattr("labs.datasets.actions.granting.passport_problem", lambda version, on: None)


@pytest.fixture
def version(desk: Desk, var: Path) -> DatasetVersion:
    """Return a released version."""
    return version_of(desk, var)


@pytest.fixture
def speaker(world: Province) -> User:
    """Return the personnel officer of another county's department."""
    person = world.person("qin.yue", "秦悦", world.department_b)
    world.grant(person, "hr", "organization", world.department_b.uuid)
    return person


def asked(desk: Desk, speaker: User, world: Province, **more: Any) -> DataRequest:
    today = timezone.localdate()
    terms: dict[str, Any] = {
        "purpose": "热线分析",
        "work": "2026 年接诉即办专项",
        "start_date": today,
        "end_date": today + timedelta(days=30),
    }
    terms |= {"unit": world.department_b} | more
    return ask_for_dataset(dataset=desk.dataset, by=speaker, at=timezone.now(), **terms)


def reached(user: User, on: date | None = None) -> set[int]:
    return set(versions_of([user.pk], on or timezone.localdate())[user.pk])


def test_a_request_granted_reaches_the_unit_until_its_last_day(
    desk: Desk, version: DatasetVersion, speaker: User, outsider: User, technician: User, world: Province
) -> None:
    request = asked(desk, speaker, world)
    assert Notice.objects.get(user=desk.steward).kind == "datasets.request_waits"
    assert list(requests_to_decide(desk.steward, timezone.localdate())) == [request]
    assert not requests_to_decide(desk.officer, timezone.localdate()).exists()

    decision = decide_request(request=request, version=version, reason="用途明确", by=desk.steward, at=timezone.now())

    grant = decision.grant
    assert grant is not None
    assert (grant.receiver_kind, grant.receiver_uuid) == ("unit", world.department_b.uuid)
    assert (grant.purpose, grant.end_date) == ("热线分析", request.end_date)
    assert reached(outsider) == {version.pk} and reached(technician) == set()
    assert reached(outsider, request.end_date) == {version.pk}
    assert reached(outsider, request.end_date + timedelta(days=1)) == set()
    assert Notice.objects.get(user=speaker).kind == "datasets.request_answered_yes"
    events = list(AuditEvent.objects.filter(event__startswith="datasets.request").values_list("event", flat=True))
    assert events == ["datasets.request_granted"]


def test_a_request_refused_says_why_and_grants_nothing(
    desk: Desk, version: DatasetVersion, speaker: User, outsider: User, world: Province
) -> None:
    request = asked(desk, speaker, world)
    decide_request(request=request, version=None, reason="已有公开数据", by=desk.steward, at=timezone.now())

    assert not AccessGrant.objects.exists() and reached(outsider) == set()
    notice = Notice.objects.get(user=speaker)
    assert notice.kind == "datasets.request_answered_no" and notice.params["reason"] == "已有公开数据"
    with refusing("finished"):
        decide_request(request=request, version=version, reason="x", by=desk.steward, at=timezone.now())


def test_only_who_speaks_for_a_unit_asks_and_only_the_owner_answers(
    desk: Desk, version: DatasetVersion, speaker: User, official: User, world: Province
) -> None:
    for person in (official, desk.officer):
        with pytest.raises(PermissionDenied):
            asked(desk, person, world)
    with pytest.raises(PermissionDenied):
        asked(desk, speaker, world, unit=world.department_a)
    with refusing("no_reason"):
        asked(desk, speaker, world, work=" ")
    with refusing("period"):
        asked(desk, speaker, world, end_date=timezone.localdate() - timedelta(days=1))
    request = asked(desk, speaker, world)
    with refusing("asked"):
        asked(desk, speaker, world)
    for person in (speaker, desk.officer, official):
        with pytest.raises(PermissionDenied):
            decide_request(request=request, version=version, reason="x", by=person, at=timezone.now())
    own = asked_by_steward(desk, world)
    with refusing("own_request"):
        decide_request(request=own, version=version, reason="x", by=desk.steward, at=timezone.now())
    today = timezone.localdate()
    assert list(access_requests_for(speaker, today)) == [request]
    assert not access_requests_for(official, today).exists()


def asked_by_steward(desk: Desk, world: Province) -> DataRequest:
    today = timezone.localdate()
    return ask_for_dataset(
        dataset=desk.dataset, unit=world.department_a, purpose="x", work="x", start_date=today, end_date=today,
        by=desk.steward, at=timezone.now(),
    )  # fmt: skip


def test_the_database_keeps_requests_and_answers(
    desk: Desk, version: DatasetVersion, speaker: User, world: Province
) -> None:
    request = asked(desk, speaker, world)
    decide_request(request=request, version=version, reason="x", by=desk.steward, at=timezone.now())

    for table in ("datarequest", "requestdecision"):
        for statement in (f"DELETE FROM datasets_{table}", f"UPDATE datasets_{table} SET id = id"):
            with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
    with pytest.raises(IntegrityError), transaction.atomic():
        RequestDecision.objects.create(
            request=asked(desk, speaker, world, end_date=timezone.localdate()), asked_by=speaker, reason="x",
            at=timezone.now(), by=speaker,
        )  # fmt: skip


@pytest.fixture
def teams(official: User) -> Iterator[uuid.UUID]:
    """Yield a later kind of receiver, with one row."""
    team = uuid.uuid4()
    with receivers._kinds.temporarily():
        register_receiver(
            "team", ReceiverKind("Team", lambda asked: {team: "龙舟队"}, lambda asked, users, on: {team: {official.pk}})
        )
        yield team


def test_a_later_kind_of_receiver_needs_no_new_table(
    desk: Desk, version: DatasetVersion, official: User, technician: User, teams: uuid.UUID
) -> None:
    team = teams
    grant = grant_access(
        version=version, receiver=Receiver("team", team), purpose="x", start_date=timezone.localdate(),
        by=desk.steward, at=timezone.now(),
    )  # fmt: skip

    assert reached(official) == {version.pk} and reached(technician) == set()
    assert with_names([grant])[0].receiver_name == "龙舟队"
    for unknown in (Receiver("team", uuid.uuid4()), Receiver("crew", team)):
        with refusing("receiver"):
            grant_access(
                version=version, receiver=unknown, purpose="x", start_date=timezone.localdate(), by=desk.steward,
                at=timezone.now(),
            )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        AccessGrant.objects.create(
            version=version, receiver_kind="", receiver_uuid=team, purpose="x", start_date=timezone.localdate(),
            granted_at=timezone.now(),
        )  # fmt: skip


def test_pages_from_the_question_to_the_answer(
    desk: Desk, version: DatasetVersion, speaker: User, world: Province, outsider: User
) -> None:
    asking, answering, stranger = Client(), Client(), Client()
    for client, user in ((asking, speaker), (answering, desk.steward), (stranger, outsider)):
        client.force_login(user)
    page = "/datasets/requests/new/complaints/"
    assert page in asking.get("/datasets/complaints/").content.decode()
    assert page not in stranger.get("/datasets/complaints/").content.decode()
    sent = {
        "unit": world.department_b.pk, "purpose": "热线分析", "work": "专项", "start_date": f"{timezone.localdate()}",
        "end_date": f"{timezone.localdate() - timedelta(days=1)}",
    }  # fmt: skip
    early = asking.post(page, sent).content.decode()
    assert not DataRequest.objects.exists() and "id_end_date" in early
    asking.post(page, sent | {"end_date": f"{timezone.localdate()}"})
    one = f"/datasets/requests/{DataRequest.objects.get().uuid}/"
    assert "专项" in answering.get(one).content.decode() and stranger.get(one).status_code == 403
    assert 'name="decision"' not in asking.get(one).content.decode()
    answering.post(one, {"decision": "grant", "version": version.pk, "reason": "用途明确"})
    assert AccessGrant.objects.get().receiver_uuid == world.department_b.uuid
    assert (
        "用途明确" in asking.get(one).content.decode()
        and "新城区数据局" in asking.get("/datasets/requests/").content.decode()
    )
    assert "新城区数据局" in answering.get(f"/datasets/desk/versions/{version.uuid}/").content.decode()


def test_grants_of_before_keep_their_receivers_both_ways(
    desk: Desk, version: DatasetVersion, official: User, world: Province
) -> None:
    """The two functions of the migration, on rows as they stood before it."""
    run = make_run(Course.objects.create(code="data", title="数据", hours=800, created_at=timezone.now()), "data-1")
    expected = {("run", run.uuid): run.pk, ("unit", world.department_a.uuid): world.department_a.pk}
    expected[("person", official.uuid)] = official.pk
    migration = importlib.import_module("labs.datasets.migrations.0010_receivers")
    rows = [OldGrant(run_id=run.pk), OldGrant(cohort_id=world.department_a.pk), OldGrant(user_id=official.pk)]

    migration.name_receivers(OldApps(rows), None)
    assert {(row.receiver_kind, row.receiver_uuid) for row in rows} == set(expected)
    before = [dict(vars(row)) for row in rows]
    for row in rows:
        row.run_id = row.cohort_id = row.user_id = None
    migration.point_at_receivers(OldApps(rows), Editor())
    assert [dict(vars(row)) for row in rows] == before
    rows[0].receiver_kind = "team"
    with pytest.raises(RuntimeError, match="接收方"):
        migration.point_at_receivers(OldApps(rows), Editor())


class OldGrant:
    """A row of the table as it stood before."""

    def __init__(self, **columns: int) -> None:
        self.pk = uuid.uuid4()
        self.run_id = self.cohort_id = self.user_id = None
        self.receiver_kind, self.receiver_uuid = "", None
        vars(self).update(columns)


class Rows(list[OldGrant]):
    """As much of a QuerySet as the migration uses."""

    def filter(self, **wanted: Any) -> Rows:
        ((name, value),) = wanted.items()
        if name.endswith("__isnull"):
            return Rows(row for row in self if getattr(row, f"{name.removesuffix('__isnull')}_id") is not None)
        return Rows(row for row in self if getattr(row, name) == value)

    def exclude(self, receiver_kind__in: list[str]) -> Rows:
        return Rows(row for row in self if row.receiver_kind not in receiver_kind__in)

    def iterator(self) -> Rows:
        return self

    def exists(self) -> bool:
        return bool(self)

    def update(self, **values: Any) -> None:
        for row in self:
            vars(row).update(values)


class OldApps:
    """The apps of the migration, with the table of before."""

    def __init__(self, rows: list[OldGrant]) -> None:
        self.rows = rows

    def get_model(self, app: str, name: str) -> Any:
        return (
            type("AccessGrant", (), {"objects": Rows(self.rows)})
            if name == "AccessGrant"
            else apps.get_model(app, name)
        )


class Editor:
    """The editor of a database that needs no more."""

    connection = connection

    def execute(self, statement: str) -> None:
        """Send a statement, as on PostgreSQL one is sent."""
        with connection.cursor() as cursor:
            cursor.execute(statement)
