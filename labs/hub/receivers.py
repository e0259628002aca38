"""What follows from events of rights: a row that the worker carries out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from portal.users.models import User
from portal.users.signals import access_reduced

from .actions import request_revocation


@receiver(access_reduced)
def revoke_at_hub(user: User, reason: str, at: datetime, **_: Any) -> None:
    """Whoever may do less than before starts anew at the hub."""
    request_revocation(user=user, reason=reason, at=at)
