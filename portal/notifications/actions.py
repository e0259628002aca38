"""Writes of notices. `notify` belongs into the transaction of what it tells."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from portal.users.models import User

from .models import Notice
from .registry import is_registered


class UnknownNotice(ValueError):
    """Nobody registered a sentence for this kind of notice."""


def notify(*, user: User, kind: str, params: Mapping[str, Any], url: str = "", at: datetime) -> Notice:
    """Leave a notice for the user. Raises UnknownNotice for a kind without a sentence."""
    if not is_registered(kind):
        raise UnknownNotice(kind)
    return Notice.objects.create(user=user, kind=kind, params=dict(params), url=url, created_at=at)


@transaction.atomic
def renew_notice(*, user: User, kind: str, params: Mapping[str, Any], url: str, at: datetime) -> Notice:
    """Leave a notice in the place of one that the user has not read yet, of the same kind and address: what
    goes on happening is one line with its newest number, not a line each time. Raises UnknownNotice."""
    same = Notice.objects.select_for_update().filter(user=user, kind=kind, url=url, read_at__isnull=True)
    unread = same.order_by("-pk").first()
    if unread is None:
        return notify(user=user, kind=kind, params=params, url=url, at=at)
    unread.params, unread.created_at = dict(params), at
    unread.save(update_fields=["params", "created_at"])
    return unread


@transaction.atomic
def mark_read(*, notice: Notice, at: datetime) -> None:
    """Note that the notice was read; the first time counts."""
    Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=at)


@transaction.atomic
def mark_all_read(*, user: User, at: datetime) -> int:
    """Note that every notice of the user was read."""
    return Notice.objects.filter(user=user, read_at__isnull=True).update(read_at=at)
