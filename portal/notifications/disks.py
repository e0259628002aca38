"""Administrators hear when the record's disk fills up, and what it has stopped."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from portal.queue.disk import DiskLevel, disk_level, free_octets
from portal.users.models import Role, RoleGrant, User

from .actions import renew_notice
from .models import Notice

EVERY = timedelta(minutes=2)
SAID_AGAIN = timedelta(days=1)
KINDS = {DiskLevel.HOMES: "disk.homes", DiskLevel.LABS: "disk.labs", DiskLevel.CHECKS: "disk.checks"}


def tell_of_full_disk(at: datetime) -> None:
    """Leave a notice with every administrator when the disk stops something, once a day for each step."""
    level = disk_level(settings.PATHS.var, settings.DISK_RESERVE)
    if level == DiskLevel.OPEN:
        return
    kind = KINDS[level]
    grants = RoleGrant.objects.in_force(timezone.localdate(at)).filter(role=Role.ADMINISTRATOR)
    told = Notice.objects.filter(kind=kind, created_at__gt=at - SAID_AGAIN).values("user")
    params = {"free": f"{free_octets(settings.PATHS.var) / (1 << 30):.1f}"}
    for person in User.objects.filter(pk__in=grants.values("user")).exclude(pk__in=told).order_by("pk"):
        renew_notice(user=person, kind=kind, params=params, url="", at=at)
