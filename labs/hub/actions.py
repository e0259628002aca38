"""Revoking a person's access to the hub, and never forgetting to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from portal.audit.actions import record
from portal.queue.actions import finish, put_back
from portal.users.models import User

from .client import Hub, HubAway, HubClient
from .identity import forget_user
from .models import HubRevocation

RETRY_AFTER = timedelta(seconds=3)
LOOK_AGAIN_AFTER = timedelta(seconds=1)


@transaction.atomic
def request_revocation(*, user: User, reason: str, at: datetime) -> HubRevocation:
    """This will have the hub end the user's tokens and Lab; written in the transaction of what reduced the rights."""
    return HubRevocation.objects.create(user=user, reason=reason[:80], created_at=at, not_before=at)


def carry_out(
    revocation: HubRevocation, *, hub: Hub, at: datetime, clock: Callable[[], datetime] = timezone.now
) -> bool:
    """This will end tokens and Lab; True once the hub has confirmed. A hub that is away is asked again, for ever."""
    user = revocation.user
    forget_user(user.pk, at)
    try:
        for token_id in hub.token_ids(user.hub_username):
            hub.delete_token(user.hub_username, token_id)
        is_stopped = hub.stop_server(user.hub_username)
        is_over = is_stopped and not hub.token_ids(user.hub_username)
    except HubAway as problem:
        put_back(revocation, at=at, delay=RETRY_AFTER, error=str(problem), counts=False)
        return False
    # What was asked while the tokens were deleted may have been remembered.
    forget_user(user.pk, clock())
    if not is_over:
        put_back(revocation, at=at, delay=LOOK_AGAIN_AFTER, error="stopping", counts=False)
        return False
    with transaction.atomic():
        if not finish(revocation, at=at):
            return False
        record(by=None, at=at, event="hub.access_revoked", target=user, details={"reason": revocation.reason})
    return True


def work_on_revocation(row: HubRevocation) -> None:
    """This will carry out one revocation with this installation's hub."""
    carry_out(row, hub=HubClient.from_settings(), at=timezone.now())
