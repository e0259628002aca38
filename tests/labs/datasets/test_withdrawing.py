"""A steward who sees that a version gives somebody away ends it at once, and nothing that was issued changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from labs.datasets.actions import grant_access
from labs.datasets.models import AccessGrant, DatasetVersion, RiskReport, Withdrawal
from labs.datasets.mounts import prepare_mounts
from portal.audit.models import AuditEvent
from portal.notifications.models import Notice
from portal.users.models import User
from search.models.entries import SearchEntry
from tests.labs.datasets.desk import Desk
from tests.labs.datasets.test_desk_pages import as_person, page
from tests.people import Province


@pytest.fixture(autouse=True)
def no_second_factor(settings: Any) -> None:
    """Signing in is not what is tested here."""
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "SecondFactor" not in name]


def test_the_steward_withdraws_at_once(desk: Desk, var: Path, official: User, world: Province) -> None:
    version, now = desk.release(desk.draft()), timezone.now()
    grant_access(
        version=version, user=official, purpose="实训", start_date=timezone.localdate(now), by=desk.steward, at=now
    )
    prepare_mounts(official, at=now)
    mounted = list((var / "mounts").rglob("data.csv"))
    before = DatasetVersion.objects.values().get(), RiskReport.objects.values().get()
    paper = (var / "datasets" / desk.dataset.code / "1" / "data.csv").read_bytes()
    address, steward = f"/datasets/desk/versions/{version.uuid}/", as_person(desk.steward)
    assert page(steward, address).select_one(f'form[action="{address}withdraw/"]') is not None and mounted

    assert "撤回这个版本" in steward.post(f"{address}withdraw/", {"reason": "有姓名"}).content.decode()
    steward.post(f"{address}withdraw/", {"reason": " ", "confirmed": "yes"})
    assert not Withdrawal.objects.exists()
    steward.post(f"{address}withdraw/", {"reason": "有姓名", "confirmed": "yes"})

    grant = AccessGrant.objects.get()
    assert grant.revoked_at is not None and "有姓名" in grant.revoked_because
    assert not any(path.exists() for path in mounted)
    assert Notice.objects.filter(user=desk.officer, kind="datasets.version_withdrawn").count() == 1
    assert not Notice.objects.filter(user=desk.steward, kind="datasets.version_withdrawn").exists()
    assert AuditEvent.objects.filter(event="datasets.version_withdrawn", actor_id=desk.steward.pk).count() == 1
    assert not SearchEntry.objects.filter(key__startswith=f"dataset:{desk.dataset.uuid}").exists()
    assert (DatasetVersion.objects.values().get(), RiskReport.objects.values().get()) == before
    assert (var / "raw" / "withdrawn" / f"{desk.dataset.code}-1" / "data.csv").read_bytes() == paper
    assert "有姓名" in page(as_person(official), f"/datasets/{desk.dataset.code}/").get_text()
    stranger = world.person("stranger", "生人", world.department_b)
    world.grant(stranger, "data_steward", "region", world.county_b.uuid)
    assert as_person(stranger).post(f"{address}withdraw/", {"reason": "x", "confirmed": "yes"}).status_code == 404
