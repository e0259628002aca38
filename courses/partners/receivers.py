"""What follows for a program's authors when grants change or a day begins. Receivers only write rows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from portal.pages.signals import authoring_entered
from portal.users.models import User
from portal.users.signals import grants_changed

from .groups import sync_program_groups


@receiver(grants_changed)
def keep_program_groups_in_step(user: User, at: datetime, **_: Any) -> None:
    """Let a program's groups follow the grants in the same transaction."""
    sync_program_groups(user, timezone.localdate(at))


@receiver(authoring_entered)
def program_rights_of_the_day(user: User, on: date, **_: Any) -> None:
    """On a new day the groups are those of that day's programs."""
    sync_program_groups(user, on)
