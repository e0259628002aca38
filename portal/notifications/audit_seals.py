"""Auditors hear of the seal of the day, and of a chain that no longer holds what was signed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone

from portal.audit.models import AuditAnchor
from portal.audit.signals import anchored, chain_broken
from portal.users.models import Role, RoleGrant, User

from .actions import renew_notice

SEAL_OF_THE_DAY = "audit.seal_of_the_day"
CHAIN_BROKEN = "audit.chain_broken"


def auditors(at: datetime) -> list[User]:
    """Everybody who audits, wherever."""
    grants = RoleGrant.objects.in_force(timezone.localdate(at)).filter(role=Role.AUDITOR)
    return list(User.objects.filter(pk__in=grants.values("user")).order_by("pk"))


@receiver(anchored, dispatch_uid="notifications.audit_anchored")
def tell_of_seal(sender: Any, *, anchor: AuditAnchor, at: datetime, **rest: Any) -> None:
    """Leave the seal with every auditor, in place of one not read yet."""
    params = {"seal": f"{anchor.seq}:{anchor.hash}"}
    for auditor in auditors(at):
        renew_notice(user=auditor, kind=SEAL_OF_THE_DAY, params=params, url=reverse("audit:chain"), at=at)


@receiver(chain_broken, dispatch_uid="notifications.audit_chain_broken")
def tell_of_break(sender: Any, *, seq: int, at: datetime, **rest: Any) -> None:
    """Warn every auditor."""
    for auditor in auditors(at):
        renew_notice(user=auditor, kind=CHAIN_BROKEN, params={"seq": seq}, url=reverse("audit:chain"), at=at)
