"""Exports of many rows: made by the worker, for who asked alone, under the right that holds when it is fetched."""

from __future__ import annotations

import io
import stat
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from portal.audit.actions import record
from portal.audit.models import AuditEvent
from portal.exports import actions
from portal.exports.actions import remove_old_files, stored
from portal.exports.models import Export
from portal.notifications.models import Notice
from portal.queue.registry import kinds_of
from portal.queue.worker import work_once
from portal.users.models import RoleGrant, User
from tests.people import AT, Province
from tests.portal.organizations.test_views import browser_of


def make() -> bool:
    """Return what the worker of the lane does."""
    (kind,) = kinds_of("exports")
    return work_once(kind, "test:1")


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("courses.hr.views.LARGEST_AT_ONCE", 0)
    monkeypatch.setattr("portal.audit.views.LARGEST_AT_ONCE", {"xlsx": 0, "csv": 0})


def ask(client: Client, address: str = "/hr/export.xlsx") -> Export:
    leads_to = client.get(address)
    assert leads_to.status_code == 302, leads_to.content
    page = client.get(leads_to.url)
    assert "在后台生成" in page.content.decode()
    asked = client.post(leads_to.url)
    assert asked.status_code == 302, asked.content
    return Export.objects.get(uuid=asked.url.split("/")[2])


def content(response: Any) -> bytes:
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content)


def test_a_roster_is_made_in_the_background_and_fetched(
    world: Province, hr_province: User, official: User, technician: User, outsider: User
) -> None:
    client = browser_of(hr_province)
    export = ask(client, "/hr/export.xlsx?q=李")
    waiting = client.get(f"/exports/{export.uuid}/").content.decode()

    assert make()
    ready = client.get(f"/exports/{export.uuid}/").content.decode()
    answer = client.get(f"/exports/{export.uuid}/file/")
    sheet = load_workbook(io.BytesIO(content(answer))).worksheets[0]
    export.refresh_from_db()

    assert 'http-equiv="refresh"' in waiting and "正在生成文件" in waiting
    assert 'http-equiv="refresh"' not in ready and f"/exports/{export.uuid}/file/" in ready
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == [official.name]
    assert answer["Content-Disposition"].startswith("attachment")
    assert stat.S_IMODE(stored(export.file).stat().st_mode) == 0o600
    made = AuditEvent.objects.get(event="hr.roster_exported")
    assert (made.actor, made.details["people"], made.details["sha256"]) == (hr_province, 1, export.sha256)
    assert AuditEvent.objects.get(event="exports.fetched").actor == hr_province
    assert Notice.objects.get(user=hr_province, kind="exports.ready").url == f"/exports/{export.uuid}/"
    assert "人员培训" in Notice.objects.get(kind="exports.ready").sentence


def test_the_same_is_made_once_and_may_be_cancelled(
    world: Province, hr_province: User, official: User, technician: User
) -> None:
    client = browser_of(hr_province)
    first, second = ask(client), ask(client)

    client.post(f"/exports/{first.uuid}/cancel/")
    first.refresh_from_db()

    assert first.pk == second.pk
    assert first.cancelled_at is not None
    assert not make()
    assert not AuditEvent.objects.filter(event="hr.roster_exported").exists()
    assert "已取消" in client.get(f"/exports/{first.uuid}/").content.decode()
    assert ask(client).pk != first.pk


def test_what_is_cancelled_while_it_is_made_leaves_no_file(
    world: Province, hr_province: User, official: User, technician: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = ask(browser_of(hr_province))
    tell = actions._tell

    def cancel_first(row: Any, done: int) -> None:
        actions.cancel_export(export=export, by=hr_province, at=timezone.now())
        tell(row, done)

    monkeypatch.setattr(actions, "_tell", cancel_first)
    make()
    export.refresh_from_db()

    assert (export.status, export.file) == ("done", "")
    assert not list(stored("").glob(f"{export.uuid}*"))
    assert not Notice.objects.filter(kind="exports.ready").exists()


def test_nobody_else_sees_it(
    world: Province, hr_province: User, hr_county: User, official: User, outsider: User
) -> None:
    export = ask(browser_of(hr_province))
    make()
    other = browser_of(hr_county)

    assert other.get(f"/exports/{export.uuid}/").status_code == 404
    assert other.get(f"/exports/{export.uuid}/file/").status_code == 404
    assert other.post(f"/exports/{export.uuid}/cancel/").status_code == 404
    assert str(export.uuid) not in other.get("/exports/").content.decode()
    assert str(export.uuid) in browser_of(hr_province).get("/exports/").content.decode()


def test_a_right_that_changed_hands_out_nothing(
    world: Province, hr_province: User, official: User, outsider: User
) -> None:
    client = browser_of(hr_province)
    export = ask(client)
    make()

    world.grant(hr_province, "hr", "region", world.county_a.uuid)
    refused = client.get(f"/exports/{export.uuid}/file/")

    assert refused.status_code == 403
    assert "权限有变动" in refused.content.decode()
    assert not AuditEvent.objects.filter(event="exports.fetched").exists()


def test_whoever_lost_the_right_before_it_was_made_gets_nothing(
    world: Province, hr_province: User, official: User, outsider: User
) -> None:
    export = ask(browser_of(hr_province))
    RoleGrant.objects.filter(user=hr_province).update(revoked_at=timezone.now())

    make()
    export.refresh_from_db()

    assert export.file == ""
    assert not AuditEvent.objects.filter(event="hr.roster_exported").exists()


def test_somebody_without_the_role_cannot_ask(world: Province, official: User) -> None:
    assert browser_of(official).get("/exports/new/hr.roster/").status_code == 403
    assert browser_of(official).post("/exports/new/hr.roster/").status_code == 403
    assert browser_of(official).get("/exports/new/nothing/").status_code == 404


def test_a_file_is_removed_after_its_term(world: Province, hr_province: User, official: User, outsider: User) -> None:
    client = browser_of(hr_province)
    export = ask(client)
    make()
    export.refresh_from_db()
    path = stored(export.file)

    remove_old_files(timezone.now() + timedelta(days=2))
    assert path.exists()
    remove_old_files(timezone.now() + timedelta(days=4))

    assert not path.exists()
    assert "已删除" in client.get(f"/exports/{export.uuid}/").content.decode()
    assert client.get(f"/exports/{export.uuid}/file/").status_code == 302


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_auditor_takes_many_events(world: Province, auditor: User, official: User, form: str) -> None:
    for _ in range(3):
        record(by=official, at=AT, event="users.signed_in", target=official)
    record(by=None, at=AT, event="test.other", details={"name": "=HYPERLINK(1)"})
    client = browser_of(auditor)
    export = ask(client, f"/audit/export.{form}?who=li.wei")

    make()
    taken = content(client.get(f"/exports/{export.uuid}/file/"))
    event = AuditEvent.objects.get(event="audit.exported")

    if form == "csv":
        lines = taken.decode("utf-8-sig").splitlines()
    else:
        lines = [str(row) for row in load_workbook(io.BytesIO(taken)).worksheets[0].iter_rows(values_only=True)]
    assert len(lines) == 1 + 3
    assert all("李伟" in line for line in lines[1:])
    assert (event.details["rows"], event.details["form"], event.details["filter"]) == (3, form, {"who": "li.wei"})


def test_a_filter_that_cannot_be_read_leads_back_to_its_page(
    world: Province, hr_province: User, official: User, outsider: User
) -> None:
    answer = browser_of(hr_province).get("/exports/new/hr.roster/?days=-3")

    assert answer.status_code == 302
    assert answer.url.startswith("/hr/?")
