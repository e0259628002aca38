"""Reading audit events."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from .models import AuditEvent
from .permissions import require_reading


def access_events_for(user: Any, on: date) -> QuerySet[AuditEvent]:
    """Events that the user may read as an auditor. Raises PermissionDenied for everybody else."""
    return AuditEvent.objects.filter(require_reading(user, on)).select_related("actor", "seal")


def has_done(user: Any, events: Collection[str], *, kind: str, uuid: UUID) -> bool:
    """Whether the user ever did one of the events to the row of the model labelled `kind`."""
    return AuditEvent.objects.filter(actor_id=user.pk, event__in=events, target_kind=kind, target_uuid=uuid).exists()


@dataclass(frozen=True)
class EventFilter:
    """What an auditor looks for; empty fields ask for nothing."""

    who: str = ""
    what: str = ""
    target: str = ""
    first_date: date | None = None
    last_date: date | None = None

    def apply(self, events: QuerySet[AuditEvent]) -> QuerySet[AuditEvent]:
        """The events that fit, newest first."""
        if self.who:
            events = events.filter(Q(actor_label__icontains=self.who) | Q(actor__name__icontains=self.who))
        if self.what:
            events = events.filter(event=self.what)
        if self.target:
            events = events.filter(Q(target_label__icontains=self.target) | Q(target_kind__icontains=self.target))
        if self.first_date:
            events = events.filter(at__gte=_midnight(self.first_date))
        if self.last_date:
            events = events.filter(at__lt=_midnight(self.last_date + timedelta(days=1)))
        return events.order_by("-at", "-pk")


def event_codes(events: QuerySet[AuditEvent]) -> list[str]:
    """Codes that occur among the events, sorted."""
    return sorted(events.order_by().values_list("event", flat=True).distinct())


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
