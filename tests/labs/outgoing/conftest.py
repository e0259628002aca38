"""Fixtures of outgoing files: a desk, and a trainee in whose lab a released version of it lies."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from labs.datasets.layout import version_digest
from labs.datasets.models import DatasetVersion, MountLog
from labs.datasets.models.access import MountEvent
from portal.users.models import User
from tests.fake_hub import FakeHub
from tests.labs.datasets.desk import Desk, make_desk
from tests.laying import described, lay_out
from tests.people import Province


@pytest.fixture
def var(tmp_path: Path, settings: Any) -> Path:
    """Return a state folder of the test's own, in which held bytes are sealed."""
    settings.PATHS = dataclasses.replace(settings.PATHS, var=tmp_path)
    settings.RAW_DATA_KEY = "a key of the tests"
    return tmp_path


TABLE = "age,ward,status\n" + "\n".join(
    f"{20 + n % 40},W{n % 4},{'open' if n % 3 else 'closed'}-{n}" for n in range(80)
)


@dataclass
class Leaving:
    """A trainee who may read a version, the desk that gave it, and the version's table."""

    trainee: User
    desk: Desk
    version: DatasetVersion
    table: bytes


def version_of(desk: Desk, var: Path) -> DatasetVersion:
    """Return a version whose table lies on the disk; the whole way of a release takes a minute and
    is tested elsewhere."""
    content = TABLE.encode()
    files = described({"data.csv": content})
    lay_out(var / "datasets", desk.dataset.code, 1, {"data.csv": content})
    return DatasetVersion.objects.create(
        dataset=desk.dataset, number=1, importer="test", source_sha256="0" * 64, sha256=version_digest(files),
        files=[file.as_json() for file in files], columns=[], rows=80, released_at=timezone.now(),
        released_by=desk.steward,
    )  # fmt: skip


def mount(version: DatasetVersion, user: User, event: MountEvent = MountEvent.MOUNTED) -> None:
    """Note that the version was put before the user's lab, or taken away."""
    MountLog.objects.create(version=version, user=user, event=event, because="test", at=timezone.now())


@pytest.fixture
def leaving(world: Province, var: Path, technician: User) -> Leaving:
    """Everything before a file leaves."""
    cache.clear()
    desk = make_desk(world)
    version = version_of(desk, var)
    mount(version, technician)
    return Leaving(technician, desk, version, TABLE.encode())


@pytest.fixture
def lab(leaving: Leaving, fake_hub: FakeHub, settings: Any) -> Client:
    """Return the trainee's Lab, which calls with its token."""
    settings.ROOT_URLCONF = "portal.lab_api_urls"
    token = fake_hub.give(leaving.trainee.hub_username, "t" * 32)
    return Client(headers={"Authorization": f"token {token}"}, raise_request_exception=False)
