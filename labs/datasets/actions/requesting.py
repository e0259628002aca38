"""Asking for a dataset in the name of a unit, and answering."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from labs.datasets.models import DataRequest, Dataset, DatasetVersion, RequestDecision
from labs.datasets.permissions import STEWARD, can_speak_for, require
from labs.datasets.queries import people_with, requests_to_decide
from labs.datasets.receivers import UNIT, Receiver
from labs.datasets.refusals import DeskRefused
from portal.audit.actions import record
from portal.notifications.actions import notify, renew_notice
from portal.organizations.models import Organization
from portal.users.models import User

from .granting import grant_access


@transaction.atomic
def ask_for_dataset(
    *,
    dataset: Dataset,
    unit: Organization,
    purpose: str,
    work: str,
    start_date: date,
    end_date: date,
    by: User,
    at: datetime,
) -> DataRequest:
    """Ask the dataset's stewards to let a unit use it. Raises PermissionDenied and DeskRefused."""
    on = timezone.localdate(at)
    if not can_speak_for(by, unit, on):
        raise PermissionDenied
    if not purpose.strip() or not work.strip():
        raise DeskRefused("no_reason")
    if end_date < max(start_date, on):
        raise DeskRefused("period")
    same = DataRequest.objects.filter(dataset=dataset, receiver_uuid=unit.uuid, decision__isnull=True)
    if same.exists():
        raise DeskRefused("asked")
    asked = DataRequest.objects.create(
        dataset=dataset, receiver_kind=UNIT, receiver_uuid=unit.uuid, purpose=purpose[:200], work=work[:300],
        start_date=start_date, end_date=end_date, asked_at=at, asked_by=by,
    )  # fmt: skip
    details = {"unit": str(unit.uuid), "purpose": asked.purpose, "work": asked.work, "end_date": end_date.isoformat()}
    record(by=by, at=at, event="datasets.access_asked", target=dataset, details=details)
    for steward in people_with(dataset, STEWARD, on):
        params = {"count": requests_to_decide(steward, on).count()}
        renew_notice(
            user=steward, kind="datasets.request_waits", params=params, url=reverse("datasets:requests"), at=at
        )
    return asked


@transaction.atomic
def decide_request(
    *, request: DataRequest, version: DatasetVersion | None, reason: str, by: User, at: datetime
) -> RequestDecision:
    """Grant a version of the dataset for what was asked, or refuse (None). Raises PermissionDenied, DeskRefused."""
    require(by, request.dataset, STEWARD, timezone.localdate(at))
    if by.pk == request.asked_by_id:
        raise DeskRefused("own_request")
    if not reason.strip():
        raise DeskRefused("no_reason")
    # Two answers at once: the second waits here, and finds the first.
    DataRequest.objects.select_for_update().get(pk=request.pk)
    if RequestDecision.objects.filter(request=request).exists():
        raise DeskRefused("finished")
    grant = None
    if version is not None:
        if version.dataset_id != request.dataset_id:
            raise DeskRefused("receiver")
        grant = grant_access(
            version=version, receiver=Receiver(request.receiver_kind, request.receiver_uuid), purpose=request.purpose,
            start_date=request.start_date, end_date=request.end_date, by=by, at=at,
        )  # fmt: skip
    decision = RequestDecision.objects.create(
        request=request, asked_by=request.asked_by, grant=grant, reason=reason[:500], at=at, by=by
    )
    event = "datasets.request_granted" if grant else "datasets.request_refused"
    details = {"request": str(request.uuid), "grant": str(grant.uuid) if grant else None, "reason": decision.reason}
    record(by=by, at=at, event=event, target=request.dataset, details=details)
    params = {"dataset": request.dataset.title, "reason": decision.reason}
    kind = "datasets.request_answered_yes" if grant else "datasets.request_answered_no"
    notify(user=request.asked_by, kind=kind, params=params, url=reverse("datasets:request", args=[request.uuid]), at=at)
    return decision
