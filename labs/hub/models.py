"""What the portal asks of the hub and must not forget."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from portal.queue.models import LeasedRow


class HubRevocation(LeasedRow):
    """Ends a person's hub tokens and running lab; written with the change of rights, tried until the hub confirms."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="hub_revocations")
    reason = models.CharField(max_length=80)

    def __str__(self) -> str:
        return f"revocation for {self.user_id}"
