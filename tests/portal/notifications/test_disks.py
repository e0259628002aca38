"""Who hears that the record's disk fills up, and how often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hub_config import machine
from portal.notifications.disks import tell_of_full_disk
from portal.notifications.models import Notice
from portal.queue import disk
from portal.queue.disk import DiskLevel, disk_level
from portal.users.models import User

NOW = datetime(2026, 3, 10, 4, tzinfo=UTC)


class Statvfs:
    """A disk of 100 GB with a million files."""

    f_frsize, f_files, f_ffree, f_blocks = 1 << 20, 1_000_000, 500_000, 100_000

    def __init__(self, free_mb: int, files: int = 500_000) -> None:
        self.f_bavail, self.f_bfree, self.f_favail = free_mb, free_mb, files


@pytest.mark.parametrize(
    ("free_mb", "files", "level"),
    [
        (5000, 500_000, DiskLevel.OPEN),
        (4000, 500_000, DiskLevel.HOMES),
        (2000, 500_000, DiskLevel.LABS),
        (500, 500_000, DiskLevel.CHECKS),
        (50_000, 15_000, DiskLevel.HOMES),
        (50_000, 100, DiskLevel.CHECKS),
    ],
)
def test_portal_and_hub_stop_the_same_at_the_same_time(
    monkeypatch: pytest.MonkeyPatch, free_mb: int, files: int, level: DiskLevel
) -> None:
    monkeypatch.setattr("os.statvfs", lambda _: Statvfs(free_mb, files))

    assert disk_level(Path("/"), 4096 << 20) == level
    assert machine.disk_level(Path("/"), 4096 << 20) == level
    assert {one.name: one.value for one in DiskLevel} == {one.name: one.value for one in machine.DiskLevel}


@pytest.mark.django_db
def test_administrators_hear_of_each_step_once_a_day(administrator: User, settings: Any) -> None:
    free = disk.free_octets(settings.PATHS.var)
    tell_of_full_disk(NOW)
    assert not Notice.objects.exists()

    settings.DISK_RESERVE = free + (1 << 30)
    for minutes in (2, 4, 60):
        tell_of_full_disk(NOW + timedelta(minutes=minutes))
    Notice.objects.update(read_at=NOW)
    settings.DISK_RESERVE = 2 * free + (4 << 30)
    tell_of_full_disk(NOW + timedelta(hours=2))
    tell_of_full_disk(NOW + timedelta(hours=26))

    kinds = Notice.objects.filter(user=administrator).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["disk.homes", "disk.labs"]
