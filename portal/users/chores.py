"""What happens to users by date."""

from __future__ import annotations

from datetime import datetime

from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from portal.queue.turns import in_turns

from .actions import end_grants_out_of_date
from .models import User
from .signals import access_reduced, grants_changed
from .wagtail_groups import groups_made_once, users_out_of_step


def follow_the_calendar(at: datetime) -> None:
    """End grants whose last day is over, and bring groups in step with roles that began or ended today.

    Person by person: a class whose roles begin on one day must not keep everybody else from writing until it is through.
    """
    end_grants_out_of_date(at=at)
    people = users_out_of_step(timezone.localdate(at))
    if not people:
        return
    with groups_made_once():
        for user, has_lost in in_turns(people):
            with transaction.atomic():
                grants_changed.send(sender=User, user=user, at=at)
                if has_lost:
                    access_reduced.send(sender=User, user=user, reason="role_ended", at=at)


def clear_tokens(at: datetime) -> None:
    """Remove the provider's tokens that are out of date, and sessions too."""
    call_command("oidc_cleartokens")
    call_command("clearsessions")
