"""People read which post they get, from when on, and that one was corrected, cancelled or undone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.dispatch import receiver
from django.urls import reverse

from portal.organizations.models import JobAssignment
from portal.organizations.signals import post_changed

from .actions import notify
from .roles import day_in_words


def words(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the first day in the reader's form."""
    return {**params, "date": day_in_words(params["date"])}


@receiver(post_changed)
def tell_the_person(
    job: JobAssignment, change: str, before: JobAssignment | None, at: datetime, reason: str = "", **_: Any
) -> None:
    """Write a notice in the transaction of the change."""
    params = {
        "unit": job.organization.name,
        "post": job.position.name,
        "date": job.start_date.isoformat(),
        "before": before.organization.name if before is not None else "—",
        "reason": reason,
    }
    address = reverse("organizations:my_account")
    notify(user=job.user, kind=f"organizations.post_{change}", params=params, url=address, at=at)
