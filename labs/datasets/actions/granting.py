"""Letting people use a version, and ending that."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from courses.catalog.models import CourseRun
from labs.datasets.models import AccessGrant, DatasetVersion
from labs.datasets.passports import passport_problem
from labs.datasets.permissions import DESK, STEWARD, require
from labs.datasets.receivers import PERSON, RUN, UNIT, Receiver, is_known
from labs.datasets.refusals import DeskRefused
from portal.audit.actions import record
from portal.organizations.models import Organization
from portal.users.models import User


@transaction.atomic
def grant_access(  # noqa: PLR0913  (whom, what for and for how long)
    *,
    version: DatasetVersion,
    receiver: Receiver | None = None,
    run: CourseRun | None = None,
    cohort: Organization | None = None,
    user: User | None = None,
    purpose: str,
    start_date: date,
    end_date: date | None = None,
    by: User | None,
    at: datetime,
) -> AccessGrant:
    """Let a receiver use the version: of any kind, or a run, a unit's people or one person by name.

    Raises PermissionDenied and DeskRefused.
    """
    today = timezone.localdate(at)
    require(by, version.dataset, STEWARD, today)
    rows = ((RUN, run), (UNIT, cohort), (PERSON, user))
    receivers = [receiver, *(Receiver(kind, row.uuid) if row is not None else None for kind, row in rows)]
    named = [each for each in receivers if each is not None]
    if len(named) != 1 or not is_known(named[0]):
        raise DeskRefused("receiver")
    if not purpose.strip():
        raise DeskRefused("no_reason")
    if end_date is not None and end_date < start_date:
        raise DeskRefused("period")
    if (problem := passport_problem(version, on=today)) is not None:
        raise DeskRefused("unusable", problem=str(problem))
    grant = AccessGrant.objects.create(
        version=version, receiver_kind=named[0].kind, receiver_uuid=named[0].uuid, purpose=purpose[:200],
        start_date=start_date, end_date=end_date, granted_at=at, granted_by=by,
    )  # fmt: skip
    record(by=by, at=at, event="datasets.access_granted", target=version, details=_terms(grant))
    return grant


@transaction.atomic
def revoke_access(*, grant: AccessGrant, reason: str, by: User | None, at: datetime) -> AccessGrant:
    """End a grant; the version leaves open labs within a minute. Raises PermissionDenied and DeskRefused."""
    require(by, grant.version.dataset, DESK, timezone.localdate(at))
    if not reason.strip():
        raise DeskRefused("no_reason")
    same = AccessGrant.objects.filter(pk=grant.pk, revoked_at__isnull=True)
    if not same.update(revoked_at=at, revoked_by=by, revoked_because=reason[:200]):
        raise DeskRefused("finished")
    grant.refresh_from_db()
    details = _terms(grant) | {"reason": reason}
    record(by=by, at=at, event="datasets.access_revoked", target=grant.version, details=details)
    return grant


def _terms(grant: AccessGrant) -> dict[str, str | None]:
    return {
        "grant": str(grant.uuid),
        "version": str(grant.version),
        "receiver_kind": grant.receiver_kind,
        "receiver": str(grant.receiver_uuid),
        "purpose": grant.purpose,
        "start_date": grant.start_date.isoformat(),
        "end_date": grant.end_date.isoformat() if grant.end_date else None,
    }
