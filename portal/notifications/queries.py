"""Reads of notices: everybody reads the own ones and no other."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from portal.users.models import User

from .models import Notice


def access_notices_for(user: User | AnonymousUser) -> QuerySet[Notice]:
    """Return the user's own notices, newest first."""
    if user.pk is None:
        return Notice.objects.none()
    return Notice.objects.filter(user_id=user.pk).order_by("-created_at", "-pk")


def unread_count(user: User | AnonymousUser) -> int:
    """Return how many notices the user has not read."""
    return access_notices_for(user).filter(read_at__isnull=True).count() if user.pk is not None else 0
