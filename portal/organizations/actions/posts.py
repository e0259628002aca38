"""Posts of people."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.actions import record
from portal.organizations.models import JobAssignment, Organization, Position
from portal.organizations.queries import MANAGING_ROLES, access_organizations_for
from portal.users.models import User


@transaction.atomic
def assign_job(
    *,
    user: User,
    organization: Organization,
    position: Position,
    start_date: date,
    is_primary: bool = True,
    by: User | None,
    at: datetime,
) -> JobAssignment:
    """This will give the person a post; an open primary post ends the day before (a transfer).

    Raises PermissionDenied when either unit lies outside the reach of `by`, ValidationError for a start before the
    present post's.
    """
    _require_reach(by, organization, at)
    if is_primary:
        open_posts = user.job_assignments.filter(is_primary=True, end_date__isnull=True)
        for job in open_posts.select_related("organization"):
            end_job(job=job, end_date=start_date - timedelta(days=1), by=by, at=at)
    job = JobAssignment.objects.create(
        user=user, organization=organization, position=position, start_date=start_date, is_primary=is_primary
    )
    details = {"organization": organization.code, "position": position.code, "from": start_date.isoformat()}
    record(by=by, at=at, event="organizations.job_assigned", target=user, details=details)
    return job


@transaction.atomic
def end_job(*, job: JobAssignment, end_date: date, by: User | None, at: datetime) -> None:
    """This will end the post with the given day."""
    _require_reach(by, job.organization, at)
    if end_date < job.start_date:
        raise ValidationError(_("The present post began on %(date)s; it cannot end before.") % {"date": job.start_date})
    job.end_date = end_date
    job.save(update_fields=["end_date"])
    details = {"organization": job.organization.code, "to": end_date.isoformat()}
    record(by=by, at=at, event="organizations.job_ended", target=job.user, details=details)


def _require_reach(by: User | None, organization: Organization, at: datetime) -> None:
    """Raise PermissionDenied unless the unit lies where `by` is personnel officer or administrator."""
    if by is None:
        return
    reach = access_organizations_for(by, timezone.localdate(at), MANAGING_ROLES)
    if not reach.filter(pk=organization.pk).exists():
        raise PermissionDenied
