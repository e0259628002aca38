"""What follows from events of rights: tokens of command lines end, and a row that the worker carries out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from portal.users.models import User
from portal.users.signals import access_reduced

from .actions import end_tokens_of, request_revocation


@receiver(access_reduced)
def revoke_at_hub(user: User, reason: str, at: datetime, **_: Any) -> None:
    """Whoever may do less than before starts anew at the hub and at the command line."""
    end_tokens_of(user=user, at=at)
    request_revocation(user=user, reason=reason, at=at)
