"""What the worker does for an auditor who wants to know: verify the chain and keep the answer."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from portal.queue.actions import finish
from portal.queue.models import LeasedRow

from .actions import record
from .anchors import own_anchors
from .models import AuditCheck
from .verification import verify_chain


def work_on_check(row: LeasedRow) -> None:
    """Verify the chain against this installation's anchors, telling how far it is, and note the outcome."""

    def tell(seq: int) -> None:
        AuditCheck.objects.filter(pk=row.pk).update(checked=seq)

    found = verify_chain(noted=own_anchors(), progress=tell)
    now = timezone.now()
    with transaction.atomic():
        if finish(row, at=now):
            AuditCheck.objects.filter(pk=row.pk).update(result=found.as_json(), checked=found.last_seq)
            details = {"ok": found.is_whole, "sealed": found.sealed, "anchored_seq": found.anchored_seq}
            record(by=None, at=now, event="audit.checked", details=details)


def waiting() -> QuerySet[LeasedRow]:
    """Return the checks that auditors asked for."""
    return AuditCheck.objects.order_by("not_before", "pk")
