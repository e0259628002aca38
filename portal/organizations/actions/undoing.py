"""Taking back a transfer: before it begins it is cancelled, afterwards its post is taken back; the one before goes on."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.actions import record
from portal.organizations.actions.posts import cancel_planned_post, require_reach
from portal.organizations.actions.roles import follow_post
from portal.organizations.models import JobAssignment, Organization, TransferRequest, TransferState
from portal.organizations.queries import newest_post, post_before
from portal.organizations.signals import post_changed, transfer_answered
from portal.users.models import User


@transaction.atomic
def undo_transfer(*, job: JobAssignment, reason: str = "", by: User | None, at: datetime) -> JobAssignment | None:
    """Undo the transfer that gave the post, begun or not, and return the post that goes on. Twice is once.

    Raises PermissionDenied outside the reach of `by`, ValidationError for a post that others followed or that no
    transfer gave.
    """
    before = post_before(job)
    if job.start_date > timezone.localdate(at):
        before = cancel_planned_post(job=job, by=by, at=at)
    else:
        before = _take_back(job=job, reason=reason, by=by, at=at)
    if before is not None:
        _close_request(job, before.organization, by=by, at=at)
    return before


def _take_back(*, job: JobAssignment, reason: str, by: User | None, at: datetime) -> JobAssignment:
    User.objects.select_for_update().get(pk=job.user_id)
    job = JobAssignment.ever.select_related("organization", "position", "user").get(pk=job.pk)
    require_reach(by, job.organization, at)
    newest, before = newest_post(job.user), post_before(job)
    if job.taken_back_at is not None and newest is not None:
        return newest
    if newest is None or newest.pk != job.pk or before is None:
        raise ValidationError(_("Only the newest transfer can be undone."))
    require_reach(by, before.organization, at)
    job.taken_back_at = at
    job.save(update_fields=["taken_back_at"])
    before.end_date = None
    before.save(update_fields=["end_date"])
    details = {
        "organization": job.organization.code,
        "position": job.position.code,
        "from": job.start_date.isoformat(),
        "goes_on": before.organization.code,
        "reason": reason,
    }
    record(by=by, at=at, event="organizations.job_taken_back", target=job.user, details=details)
    follow_post(user=job.user, mistaken=job.organization, by=by, at=at)
    post_changed.send(sender=JobAssignment, job=job, change="taken_back", before=before, reason=reason, at=at)
    return before


def _close_request(job: JobAssignment, unit: Organization, *, by: User | None, at: datetime) -> None:
    """Let the request that both sides had agreed to say that nothing came of it, and tell both."""
    asked = TransferRequest.objects.filter(user=job.user_id).order_by("-pk").exclude(state=TransferState.WAITING)
    request = asked.select_for_update(of=("self",)).first()
    if request is None or request.state != TransferState.ACCEPTED:
        return
    if (request.organization_id, request.from_organization_id) != (job.organization_id, unit.pk):
        return
    request.state = TransferState.UNDONE
    request.save(update_fields=["state"])
    details = {"request": str(request.uuid), "organization": job.organization.code, "from_organization": unit.code}
    record(by=by, at=at, event="organizations.transfer_undone", target=job.user, details=details)
    transfer_answered.send(sender=TransferRequest, request=request, at=at)
