"""What follows for labs when data may not be used any more: their owners are told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone

from labs.datasets.models import DatasetVersion, RiskReport, Withdrawal
from labs.datasets.signals import passport_ended, version_withdrawn
from portal.notifications.actions import notify
from portal.notifications.models import Notice
from portal.users.models import Role, RoleGrant, ScopeKind, User

from .models import Lab

WITHDRAWN, ENDED = "assignments.data_withdrawn", "assignments.data_expired"


@receiver(version_withdrawn)
def tell_of_withdrawal(version: DatasetVersion, withdrawal: Withdrawal, at: datetime, **_: Any) -> None:
    """Tell the owners of every lab that reads the version that it is frozen, and why."""
    _tell(version, WITHDRAWN, {"reason": withdrawal.reason}, at)


@receiver(passport_ended)
def tell_of_end(version: DatasetVersion, report: RiskReport, at: datetime, **_: Any) -> None:
    """Tell the owners of every lab that reads the version that it is frozen until the data is assessed again."""
    _tell(version, ENDED, {"date": report.valid_until.isoformat() if report.valid_until else ""}, at)


def _tell(version: DatasetVersion, kind: str, more: dict[str, str], at: datetime) -> None:
    labs = Lab.objects.filter(releases__data__version=version).distinct().select_related("course", "program")
    for lab in labs.order_by("pk"):
        params = {"lab": lab.title, "dataset": version.dataset.title, **more}
        for owner in owners_of(lab, at):
            if not Notice.objects.filter(user=owner, kind=kind, params=params).exists():
                url = reverse("assignments:lab", args=[lab.code])
                notify(user=owner, kind=kind, params=params, url=url, at=at)


def owners_of(lab: Lab, at: datetime) -> list[User]:
    """People who author the lab: of its program, of its course's, or of a run of the course."""
    programs = [program.uuid for program in (lab.program, lab.course.program) if program is not None]
    runs = lab.course.runs.values("uuid")
    grants = RoleGrant.objects.in_force(timezone.localdate(at)).filter(
        Q(scope_kind=ScopeKind.PROGRAM, scope_uuid__in=programs) | Q(scope_kind=ScopeKind.RUN, scope_uuid__in=runs),
        role__in=(Role.INSTRUCTOR, Role.LAB_AUTHOR),
    )
    return list(User.objects.filter(pk__in=grants.values("user")).order_by("pk"))
