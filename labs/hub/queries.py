"""How the hub is, and the tokens of a person's command lines."""

from __future__ import annotations

from datetime import datetime

from django.core.cache import cache
from django.db.models import QuerySet

from portal.users.models import User

from .client import Hub, HubClient
from .models import CommandToken

REMEMBERED_S = 5


def hub_is_up(hub: Hub | None = None) -> bool:
    """Return whether the hub answers, asked at most every few seconds so that its absence never slows the pages."""
    known = cache.get("hub-is-up")
    if known is None:
        known = (hub or HubClient.from_settings()).is_up()
        cache.set("hub-is-up", known, REMEMBERED_S)
    return bool(known)


def access_tokens_for(user: User, at: datetime) -> QuerySet[CommandToken]:
    """Return the user's own tokens that still count."""
    return CommandToken.objects.filter(user=user, ended_at__isnull=True, expires_at__gt=at).order_by("scope", "pk")
