"""Reading audit events."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from .models import SYSTEM, AuditAnchor, AuditCheck, AuditEvent
from .permissions import require_reading


def access_events_for(user: Any, on: date) -> QuerySet[AuditEvent]:
    """Events that the user may read as an auditor. Raises PermissionDenied for everybody else."""
    return AuditEvent.objects.filter(require_reading(user, on)).select_related("actor", "seal", "words")


def access_checks_for(user: Any, on: date) -> QuerySet[AuditCheck]:
    """Verifications of the chain, the newest first, for auditors. Raises PermissionDenied for everybody else."""
    require_reading(user, on)
    return AuditCheck.objects.select_related("asked_by").order_by("-pk")


def access_anchors_for(user: Any, on: date) -> QuerySet[AuditAnchor]:
    """Signed seals, the newest first, for auditors. Raises PermissionDenied for everybody else."""
    require_reading(user, on)
    return AuditAnchor.objects.order_by("-seq")


def has_done(user: Any, events: Collection[str], *, kind: str, uuid: UUID) -> bool:
    """Return whether the user ever did one of the events to the row of the model labelled `kind`."""
    return AuditEvent.objects.filter(actor_id=user.pk, event__in=events, target_kind=kind, target_uuid=uuid).exists()


@dataclass(frozen=True)
class EventFilter:
    """What an auditor looks for; empty fields ask for nothing."""

    who: str = ""
    what: str = ""
    text: str = ""
    first_date: date | None = None
    last_date: date | None = None

    def apply(self, events: QuerySet[AuditEvent]) -> QuerySet[AuditEvent]:
        """Return the events that fit, newest first."""
        if self.who:
            events = events.filter(self._actor())
        if self.what:
            events = events.filter(event=self.what)
        if self.text:
            events = events.filter(self._words())
        if self.first_date:
            events = events.filter(at__gte=_midnight(self.first_date))
        if self.last_date:
            events = events.filter(at__lt=_midnight(self.last_date + timedelta(days=1)))
        return events.order_by("-at", "-pk")

    def told(self) -> dict[str, str]:
        """Return what was asked for, as text."""
        return {key: str(value) for key, value in vars(self).items() if value}

    def _actor(self) -> Q:
        if self.who.lower() in (SYSTEM, _("The system").lower()):
            return Q(actor__isnull=True)
        now = Q(actor__name__icontains=self.who) | Q(actor__username__icontains=self.who)
        return now | Q(old_actor_label__icontains=self.who)

    def _words(self) -> Q:
        """Words as they are written: quotes escaped, and in old events on SQLite every Chinese character too."""
        text, escaped = (json.dumps(self.text, ensure_ascii=ascii_only)[1:-1] for ascii_only in (False, True))
        beside = Q(words__text__icontains=text) | Q(facts__icontains=text) | Q(facts__icontains=escaped)
        return beside | Q(old_target_label__icontains=self.text)


def event_codes(events: QuerySet[AuditEvent]) -> list[str]:
    """Codes that occur among the events, sorted."""
    return sorted(events.order_by().values_list("event", flat=True).distinct())


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
