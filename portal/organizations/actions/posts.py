"""Posts of people: giving one (a transfer), correcting it, taking back a planned one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.audit.actions import record
from portal.organizations.actions.roles import follow_post
from portal.organizations.models import JobAssignment, Organization, Position
from portal.organizations.queries import MANAGING_ROLES, access_organizations_for, newest_post, post_before
from portal.organizations.signals import post_changed
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
    """Give the person a post; an open primary post ends the day before (a transfer).

    The learner's role follows on the first day. Raises PermissionDenied when either unit lies outside the reach of
    `by`, ValidationError for a start before the present post's.
    """
    require_reach(by, organization, at)
    present = newest_post(user) if is_primary else None
    if present is not None and present.end_date is None:
        require_reach(by, present.organization, at)
        has_begun = present.start_date <= timezone.localdate(at)
        if has_begun and (present.organization_id, present.position_id) == (organization.pk, position.pk):
            raise ValidationError(
                _("The person holds this post in this unit already. Choose another unit or position.")
            )
    job = place(
        user=user,
        organization=organization,
        position=position,
        start_date=start_date,
        is_primary=is_primary,
        by=by,
        at=at,
    )
    if present is not None:  # the first post comes with the account and is no news
        post_changed.send(sender=JobAssignment, job=job, change="assigned", before=present, at=at)
    return job


@transaction.atomic
def place(
    *,
    user: User,
    organization: Organization,
    position: Position,
    start_date: date,
    is_primary: bool = True,
    by: User | None,
    at: datetime,
) -> JobAssignment:
    """Give the post without asking whose it is to give: a transfer that both sides agreed to comes here."""
    User.objects.select_for_update().get(pk=user.pk)  # one person's posts change one by one
    if is_primary:
        open_posts = user.job_assignments.filter(is_primary=True, end_date__isnull=True)
        for job in open_posts.select_related("organization"):
            _end(job, start_date - timedelta(days=1), by=by, at=at)
    job = JobAssignment.objects.create(
        user=user, organization=organization, position=position, start_date=start_date, is_primary=is_primary
    )
    record(by=by, at=at, event="organizations.job_assigned", target=user, details=_told(job))
    follow_post(user=user, by=by, at=at)
    return job


@transaction.atomic
def cancel_planned_post(*, job: JobAssignment, by: User | None, at: datetime) -> JobAssignment | None:
    """Take back a post that has not begun; the one before goes on, and is returned. Twice is once.

    Either side may: nothing has begun. Raises PermissionDenied outside the reach of `by`, ValidationError for a post
    that has begun.
    """
    User.objects.select_for_update().get(pk=job.user_id)
    before = post_before(job)
    require_reach(by, [job.organization, *([before.organization] if before is not None else [])], at)
    planned = JobAssignment.objects.filter(pk=job.pk).first()
    if planned is None:
        return before
    if planned.start_date <= timezone.localdate(at):
        raise ValidationError(_("This post has begun. Correct it, or transfer the person back."))
    details = _told(planned)
    planned.delete()
    if before is not None:
        before.end_date = None
        before.save(update_fields=["end_date"])
    record(by=by, at=at, event="organizations.planned_job_cancelled", target=job.user, details=details)
    post_changed.send(sender=JobAssignment, job=job, change="cancelled", before=before, at=at)
    return before


@transaction.atomic
def correct_post(
    *,
    job: JobAssignment,
    organization: Organization,
    position: Position,
    start_date: date,
    reason: str,
    by: User | None,
    at: datetime,
) -> bool:
    """Correct the newest primary post, begun or not, and the last day of the one before; False: no change.

    Raises PermissionDenied when either unit lies outside the reach of `by`, ValidationError for a first day on which
    the post before had not begun, or for a post that others followed.
    """
    User.objects.select_for_update().get(pk=job.user_id)
    job.refresh_from_db()
    require_reach(by, job.organization, at)
    require_reach(by, organization, at)
    newest = newest_post(job.user)
    if newest is None or newest.pk != job.pk:
        raise ValidationError(_("Only the newest post can be corrected."))
    if (job.organization_id, job.position_id, job.start_date) == (organization.pk, position.pk, start_date):
        return False
    before, was, unit = post_before(job), _told(job), job.organization
    if before is not None:
        if start_date <= before.start_date:
            raise ValidationError(
                {"start_date": _("The post before began on %(date)s.") % {"date": _day(before.start_date)}}
            )
        before.end_date = start_date - timedelta(days=1)
        before.save(update_fields=["end_date"])
    job.organization, job.position, job.start_date = organization, position, start_date
    job.save(update_fields=["organization", "position", "start_date"])
    details = {**_told(job), "before": was, "reason": reason}
    record(by=by, at=at, event="organizations.job_corrected", target=job.user, details=details)
    follow_post(user=job.user, mistaken=unit, by=by, at=at)
    post_changed.send(sender=JobAssignment, job=job, change="corrected", before=before, reason=reason, at=at)
    return True


@transaction.atomic
def set_place_of_work(*, job: JobAssignment, room: str, phone: str, by: User | None, at: datetime) -> bool:
    """Say where the holder of the post is found: room and telephone; False: no change.

    Raises PermissionDenied outside the reach of `by`. The audit names what was changed, and no number.
    """
    require_reach(by, job.organization, at)
    job = JobAssignment.objects.select_for_update().get(pk=job.pk)
    asked = {"room": room.strip(), "phone": phone.strip()}
    changed = [name for name, value in asked.items() if getattr(job, name) != value]
    if not changed:
        return False
    for name in changed:
        setattr(job, name, asked[name])
    job.save(update_fields=changed)
    details = {"organization": job.organization.code, "fields": changed}
    record(by=by, at=at, event="organizations.place_of_work_set", target=job.user, details=details)
    return True


def require_reach(by: User | None, organization: Organization | Sequence[Organization], at: datetime) -> None:
    """Raise PermissionDenied unless the unit, or one of them, lies where `by` is personnel officer or administrator."""
    if by is None:
        return
    units = [organization] if isinstance(organization, Organization) else organization
    reach = access_organizations_for(by, timezone.localdate(at), MANAGING_ROLES)
    if not reach.filter(pk__in=[unit.pk for unit in units]).exists():
        raise PermissionDenied


def _end(job: JobAssignment, end_date: date, *, by: User | None, at: datetime) -> None:
    if end_date < job.start_date:
        facts = {"date": _day(job.start_date), "unit": job.organization.name}
        if job.start_date > timezone.localdate(at):
            raise ValidationError(
                _("A transfer to %(unit)s from %(date)s on is registered. Cancel or correct that one first.") % facts
            )
        raise ValidationError(
            _("The present post (%(unit)s) began on %(date)s; the next one begins later. If it is wrong, correct it.")
            % facts
        )
    job.end_date = end_date
    job.save(update_fields=["end_date"])
    details = {"organization": job.organization.code, "to": end_date.isoformat()}
    record(by=by, at=at, event="organizations.job_ended", target=job.user, details=details)


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")


def _told(job: JobAssignment) -> dict[str, str]:
    return {
        "organization": job.organization.code,
        "position": job.position.code,
        "from": job.start_date.isoformat(),
    }
