"""People read which post they get, from when on, and that one was corrected, cancelled or undone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.organizations.models import JobAssignment
from portal.organizations.signals import post_changed

from .actions import notify
from .registry import register_notice
from .roles import day_in_words


def words(params: Mapping[str, Any]) -> dict[str, Any]:
    """The first day in the reader's form."""
    return {**params, "date": day_in_words(params["date"])}


register_notice(
    "organizations.post_assigned", _("You belong to %(unit)s (%(post)s) from %(date)s on. Before: %(before)s."), words
)
register_notice(
    "organizations.post_corrected",
    _("Your post was corrected: you belong to %(unit)s (%(post)s) from %(date)s on. Reason: %(reason)s"),
    words,
)
register_notice(
    "organizations.post_cancelled",
    _("Your transfer to %(unit)s, planned for %(date)s, is cancelled. You stay with %(before)s."),
    words,
)
register_notice(
    "organizations.post_taken_back",
    _("Your transfer to %(unit)s of %(date)s is undone. You stay with %(before)s. Reason: %(reason)s"),
    words,
)


@receiver(post_changed)
def tell_the_person(
    job: JobAssignment, change: str, before: JobAssignment | None, at: datetime, reason: str = "", **_: Any
) -> None:
    """A notice in the transaction of the change."""
    params = {
        "unit": job.organization.name,
        "post": job.position.name,
        "date": job.start_date.isoformat(),
        "before": before.organization.name if before is not None else "—",
        "reason": reason,
    }
    address = reverse("organizations:my_account")
    notify(user=job.user, kind=f"organizations.post_{change}", params=params, url=address, at=at)
