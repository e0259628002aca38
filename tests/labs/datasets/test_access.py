"""Exactly what is granted lies before a lab, live; every grant and mount is written down; what ends is gone."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.catalog.models import Course, CourseRun
from courses.learning.actions import enroll, withdraw
from labs.datasets.actions import grant_access, revoke_access, withdraw_version
from labs.datasets.models import AccessGrant, DatasetVersion, MountLog
from labs.datasets.mounts import prepare_mounts, prepare_set, sync_mounts
from portal.audit.models import AuditEvent
from portal.users.models import User
from tests.classroom import NOW, make_run
from tests.labs.datasets.desk import Desk, refusing, tomorrow
from tests.people import Province


@pytest.fixture
def version(desk: Desk) -> DatasetVersion:
    """Return a released version."""
    return desk.release(desk.draft())


@pytest.fixture
def run(world: Province) -> CourseRun:
    """Return a run of a course."""
    return make_run(Course.objects.create(code="data", title="数据", hours=800, created_at=timezone.now()), "data-1")


def seen(user: User, var: Path) -> set[str]:
    """Return what the user's lab sees at /srv/datasets."""
    folder = var / "mounts" / "people" / user.hub_username
    return {str(path.relative_to(folder)) for path in folder.glob("*/*") if not path.name.startswith(".")}


def give(desk: Desk, version: DatasetVersion, **receiver: object) -> AccessGrant:
    """Return a grant since today."""
    return grant_access(
        version=version, purpose="实训", start_date=timezone.localdate(), by=desk.steward, at=timezone.now(),
        **receiver,  # type: ignore[arg-type]  # one of run, cohort, user, end_date
    )  # fmt: skip


def test_a_lab_sees_its_persons_grants_and_nothing_else(
    desk: Desk, version: DatasetVersion, official: User, technician: User, var: Path
) -> None:
    give(desk, version, user=official)
    mine = prepare_mounts(official, at=timezone.now())
    others = prepare_mounts(technician, at=timezone.now())

    assert mine == [version] and others == []
    assert seen(official, var) == {"complaints/1"} and seen(technician, var) == set()
    table = var / "mounts/people" / official.hub_username / "complaints/1/data.csv"
    assert table.read_bytes().startswith(b"\xef\xbb\xbfage,ward,status") and table.stat().st_mode & 0o777 == 0o444
    log = MountLog.objects.get(user=official)
    assert log.because.startswith("grant:") and log.event == "mounted"
    assert AuditEvent.objects.filter(event="datasets.access_granted").count() == 1


def test_a_grant_of_a_run_follows_its_places(
    desk: Desk, version: DatasetVersion, official: User, run: CourseRun, var: Path
) -> None:
    give(desk, version, run=run)
    prepare_mounts(official, at=timezone.now())
    before = seen(official, var)
    place = enroll(user=official, run=run, by=official, at=NOW)
    sync_mounts(timezone.now())
    during = seen(official, var)
    withdraw(enrollment=place, by=official, at=timezone.now())
    sync_mounts(timezone.now())

    assert (before, during, seen(official, var)) == (set(), {"complaints/1"}, set())
    assert list(MountLog.objects.order_by("pk").values_list("event", flat=True)) == ["mounted", "taken_away"]


def test_a_grant_of_a_unit_reaches_its_people(
    desk: Desk, version: DatasetVersion, official: User, outsider: User, world: Province, var: Path
) -> None:
    give(desk, version, cohort=world.department_a)
    for user in (official, outsider):
        prepare_mounts(user, at=timezone.now())

    assert seen(official, var) == {"complaints/1"} and seen(outsider, var) == set()


def test_a_revoked_and_an_ended_grant_leave_an_open_lab(
    desk: Desk, version: DatasetVersion, official: User, technician: User, var: Path
) -> None:
    revoked, _ = give(desk, version, user=official), give(desk, version, user=technician, end_date=timezone.localdate())
    for user in (official, technician):
        prepare_mounts(user, at=timezone.now())
    revoke_access(grant=revoked, reason="目的已变", by=desk.officer, at=timezone.now())
    sync_mounts(timezone.now())
    first = seen(official, var), seen(technician, var)
    sync_mounts(timezone.now() + timedelta(days=1))

    assert first == (set(), {"complaints/1"}) and seen(technician, var) == set()
    with refusing("finished"):
        revoke_access(grant=revoked, reason="再次", by=desk.officer, at=timezone.now())


def test_a_withdrawal_empties_open_labs_and_graders_at_once(
    desk: Desk, version: DatasetVersion, official: User, var: Path
) -> None:
    give(desk, version, user=official)
    prepare_mounts(official, at=timezone.now())
    folder = prepare_set([version], reader=version.uuid, because="release:x", at=timezone.now())
    assert (folder / "complaints/1/data.csv").is_file()
    withdraw_version(version=version, reason="错误", by=desk.officer, at=timezone.now())

    assert seen(official, var) == set() and not list(folder.glob("*/*"))
    assert prepare_mounts(official, at=timezone.now()) == []
    assert MountLog.objects.filter(user=official, because="withdrawn").count() == 1


def test_the_clock_empties_labs_when_the_report_ends(desk: Desk, official: User, var: Path) -> None:
    version = desk.release(desk.draft(), days=3)
    give(desk, version, user=official)
    prepare_mounts(official, at=timezone.now())
    sync_mounts(timezone.now() + timedelta(days=3))
    on_the_last_day = seen(official, var)
    sync_mounts(timezone.now() + timedelta(days=4))

    assert on_the_last_day == {"complaints/1"} and seen(official, var) == set()


def test_a_grader_sees_exactly_the_data_of_a_release(desk: Desk, version: DatasetVersion, var: Path) -> None:
    with_data = prepare_set([version], reader=version.uuid, because="release:x", at=timezone.now())
    without = prepare_set([], reader=version.uuid, because="release:y", at=timezone.now())

    assert with_data != without and (with_data / "complaints/1/data.csv").is_file()
    assert not list(without.iterdir())
    assert with_data == prepare_set([version], reader=version.uuid, because="release:x", at=timezone.now())


def test_only_the_steward_grants_and_only_what_may_be_used(desk: Desk, version: DatasetVersion, official: User) -> None:
    terms = {"version": version, "purpose": "实训", "start_date": timezone.localdate(), "at": timezone.now()}

    for outsider in (official, desk.officer):
        with pytest.raises(PermissionDenied):
            grant_access(user=official, by=outsider, **terms)
    with refusing("receiver"):
        grant_access(by=desk.steward, **terms)
    with refusing("period"):
        grant_access(user=official, by=desk.steward, **terms, end_date=timezone.localdate() - timedelta(days=1))
    withdraw_version(version=version, reason="错误", by=desk.officer, at=timezone.now())
    with refusing("unusable"):
        grant_access(user=official, by=desk.steward, **terms)


@override_settings(ROOT_URLCONF="portal.hub_api_urls", HUB_SERVICE_TOKEN="hub's own")
def test_the_hub_alone_asks_for_mounts(desk: Desk, version: DatasetVersion, official: User, client: Client) -> None:
    give(desk, version, user=official)
    address = f"/api/hub/mounts/{official.hub_username}"
    right = {"authorization": "token hub's own"}

    assert client.post(address).status_code == 403
    assert client.post(address, headers={"authorization": "token "}).status_code == 403
    assert client.post(address, headers={"authorization": "token 枢纽".encode().decode("latin-1")}).status_code == 403
    assert client.get(address, headers=right).status_code == 405
    for stranger in ("u999999", "root", "u0", "u1/../u2"):
        assert client.post(f"/api/hub/mounts/{stranger}", headers=right).status_code == 404
    answer = client.post(address, headers=right)
    assert json.loads(answer.content) == {"mounts": ["complaints/1"]}
    official.is_active, official.deactivated_at = False, timezone.now()
    official.save()
    assert client.post(address, headers=right).status_code == 404


def test_syncing_many_people_takes_as_many_queries_as_one(desk: Desk, version: DatasetVersion, world: Province) -> None:
    give(desk, version, cohort=world.department_a)

    def cost(numbers: Iterable[int]) -> int:
        for number in numbers:
            prepare_mounts(world.person(f"p{number}", f"人{number}", world.department_a), at=timezone.now())
        with CaptureQueriesContext(connection) as queries:
            sync_mounts(timezone.now())
        return len(queries)

    assert cost(range(1)) == cost(range(1, 12)) <= 11
    assert tomorrow() > timezone.localdate()
