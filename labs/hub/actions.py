"""Revoking a person's access to the hub, never forgetting to, and the short tokens of command lines."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from portal.audit.actions import record
from portal.queue.actions import finish, put_back
from portal.users.models import User

from .client import Hub, HubAway, HubClient
from .identity import TOKEN_PREFIX, forget_user
from .models import CommandToken, HubRevocation, Scope
from .permissions import may_publish

RETRY_AFTER = timedelta(seconds=3)
LOOK_AGAIN_AFTER = timedelta(seconds=1)
LIFETIMES = {Scope.WORK: timedelta(minutes=60), Scope.PUBLISH: timedelta(minutes=30)}


class TokenRefused(Exception):
    """The person may not have a token of this kind now."""


@transaction.atomic
def issue_token(*, scope: Scope, has_second_factor: bool, by: User, at: datetime) -> tuple[CommandToken, str]:
    """Give `by` a token in place of the last of its kind; the text is nowhere else. Raises TokenRefused."""
    if scope == Scope.PUBLISH and not (has_second_factor and may_publish(by, timezone.localdate(at))):
        raise TokenRefused(scope)
    # Two at once wait for each other here: only one token of a kind counts.
    User.objects.select_for_update().get(pk=by.pk)
    CommandToken.objects.filter(user=by, scope=scope, ended_at__isnull=True).update(ended_at=at)
    text = TOKEN_PREFIX + secrets.token_urlsafe(24)
    token = CommandToken.objects.create(
        user=by,
        scope=scope,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        created_at=at,
        expires_at=at + LIFETIMES[scope],
    )
    record(by=by, at=at, event="hub.token_issued", target=token, details={"scope": scope.value})
    return token, text


@transaction.atomic
def end_token(*, token: CommandToken, by: User, at: datetime) -> None:
    """Make the token worth nothing; once more changes nothing."""
    if CommandToken.objects.filter(pk=token.pk, ended_at__isnull=True).update(ended_at=at):
        record(by=by, at=at, event="hub.token_ended", target=token, details={"scope": token.scope})


@transaction.atomic
def end_tokens_of(*, user: User, at: datetime) -> None:
    """End the person's tokens in the transaction of what reduced the rights."""
    for token in CommandToken.objects.filter(user=user, ended_at__isnull=True, expires_at__gt=at):
        token.ended_at = at
        token.save(update_fields=["ended_at"])
        record(by=None, at=at, event="hub.token_ended", target=token, details={"scope": token.scope})


@transaction.atomic
def request_revocation(*, user: User, reason: str, at: datetime) -> HubRevocation:
    """Have the hub end the user's tokens and Lab; written in the transaction of what reduced the rights."""
    return HubRevocation.objects.create(user=user, reason=reason[:80], created_at=at, not_before=at)


def carry_out(
    revocation: HubRevocation, *, hub: Hub, at: datetime, clock: Callable[[], datetime] = timezone.now
) -> bool:
    """End tokens and Lab; True once the hub has confirmed. A hub that is away is asked again, for ever."""
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
    """Carry out one revocation with this installation's hub."""
    carry_out(row, hub=HubClient.from_settings(), at=timezone.now())
