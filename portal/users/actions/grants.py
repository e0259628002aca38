"""Giving and taking roles."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.actions import record
from portal.queue.turns import in_turns
from portal.users.models import Role, RoleGrant, User
from portal.users.permissions import can_grant
from portal.users.scopes import Scope, fits, is_scope_kind, scope_exists, scope_label
from portal.users.signals import access_reduced, grants_changed, role_changed


class GrantNotAllowed(ValueError):
    """A role grant that would make no sense; the message says why."""


@transaction.atomic
def grant_role(  # noqa: PLR0913  (a grant has so many parts)
    *,
    user: User,
    role: str,
    scope_kind: str,
    scope_uuid: uuid.UUID,
    start_date: date,
    end_date: date | None = None,
    reason: str = "",
    by: User | None,
    at: datetime,
) -> RoleGrant:
    """Give the role within the scope; the same grant that still holds is returned as it is.

    Raises PermissionDenied when `by` has no right to, GrantNotAllowed for a scope or a time that does not exist.
    """
    if not is_scope_kind(scope_kind):
        raise ValueError(f"nobody registered the kind of scope {scope_kind!r}")
    scope = Scope(str(scope_kind), scope_uuid)
    role = Role(role).value
    if by is not None and not can_grant(by, user, role, scope, timezone.localdate(at)):
        raise PermissionDenied
    _check_term(start_date, end_date, timezone.localdate(at) if by is not None else None)
    if by is not None and not fits(role, scope.kind):
        raise GrantNotAllowed(_("This role means nothing there. Choose a place that fits the role."))
    if not scope_exists(scope.kind, scope.uuid):
        raise GrantNotAllowed(_("This scope does not exist."))
    held = {"user": user, "role": role, "scope_kind": scope.kind, "scope_uuid": scope.uuid, "revoked_at": None}
    grant, is_new = RoleGrant.objects.get_or_create(
        **held,
        defaults={
            "start_date": start_date,
            "end_date": end_date,
            "reason": reason[:200],
            "granted_by": by,
            "granted_at": at,
        },
    )
    if is_new:
        record(by=by, at=at, event="users.role_granted", target=user, details=_told(grant))
        grants_changed.send(sender=RoleGrant, user=user, at=at)
        _tell(grant, "granted", reason=reason, by=by, at=at)
    return grant


def _check_term(start_date: date, end_date: date | None, today: date | None) -> None:
    """Raise GrantNotAllowed for a time that does not exist, or that is over where a person (`today`) gives the role."""
    if end_date is None:
        return
    if end_date < start_date:
        raise GrantNotAllowed(_("The last day lies before the first."))
    if today is not None and end_date < today:
        raise GrantNotAllowed(_("The last day is over: the role would never count. Choose a later one."))


@transaction.atomic
def change_term(
    *, grant: RoleGrant, start_date: date, end_date: date | None, reason: str = "", by: User, at: datetime
) -> RoleGrant:
    """Let the role count from one day to another instead; the grant as it was stays on record.

    Returns the grant in force, which is the same one where nothing differs. Raises PermissionDenied when `by` could not
    have given it, GrantNotAllowed for a time that does not exist.
    """
    on = timezone.localdate(at)
    if not can_grant(by, grant.user, grant.role, Scope(grant.scope_kind, grant.scope_uuid), on):
        raise PermissionDenied
    if end_date is not None and end_date < start_date:
        raise GrantNotAllowed(_("The last day lies before the first."))
    if (grant.start_date, grant.end_date) == (start_date, end_date):
        return grant
    if not RoleGrant.objects.filter(pk=grant.pk, revoked_at__isnull=True).update(revoked_at=at, revoked_by=by):
        raise GrantNotAllowed(_("This role was taken away in the meantime."))
    changed = RoleGrant.objects.create(
        user=grant.user,
        role=grant.role,
        scope_kind=grant.scope_kind,
        scope_uuid=grant.scope_uuid,
        start_date=start_date,
        end_date=end_date,
        reason=reason[:200],
        granted_by=by,
        granted_at=at,
    )
    details = {**_told(changed), "before": _told(grant)}
    record(by=by, at=at, event="users.role_term_changed", target=grant.user, details=details)
    grants_changed.send(sender=RoleGrant, user=grant.user, at=at)
    if not start_date <= on <= (end_date or on):
        access_reduced.send(sender=RoleGrant, user=grant.user, reason="role_ended", at=at)
    _tell(changed, "term_changed", reason=reason, by=by, at=at)
    return changed


@transaction.atomic
def revoke_grant(*, grant: RoleGrant, reason: str = "", by: User | None, at: datetime) -> None:
    """End the grant now; open sessions lose the right with their next request, labs within seconds.

    Raises PermissionDenied when `by` could not have given it.
    """
    scope = Scope(grant.scope_kind, grant.scope_uuid)
    if by is not None and not can_grant(by, grant.user, grant.role, scope, timezone.localdate(at)):
        raise PermissionDenied
    _end(grant, event="users.role_revoked", reason=reason, cause="role_revoked", by=by, at=at)


@transaction.atomic
def move_grant(
    *, grant: RoleGrant, scope_kind: str, scope_uuid: uuid.UUID, start_date: date, by: User | None, at: datetime
) -> RoleGrant:
    """End the grant and give the same role, for the rest of its time, in another scope.

    For callers that have the right to: the app that knows why the scope changes. Nothing is lost in between, so no
    lab and no sign-in ends.
    """
    moved, _is_new = RoleGrant.objects.get_or_create(
        user=grant.user,
        role=grant.role,
        scope_kind=scope_kind,
        scope_uuid=scope_uuid,
        revoked_at=None,
        defaults={
            "start_date": max(start_date, grant.start_date),
            "end_date": grant.end_date,
            "reason": grant.reason,
            "granted_by": by,
            "granted_at": at,
        },
    )
    RoleGrant.objects.filter(pk=grant.pk, revoked_at__isnull=True).update(revoked_at=at, revoked_by=by)
    details = {**_told(moved), "before": _told(grant)}
    record(by=by, at=at, event="users.role_moved", target=grant.user, details=details)
    grants_changed.send(sender=RoleGrant, user=grant.user, at=at)
    _tell(moved, "moved", reason="", by=by, at=at)
    return moved


def end_grants_out_of_date(*, at: datetime) -> int:
    """Close the grants whose last day is over, one by one, so that what hangs on them ends too; returns how many."""
    over = RoleGrant.objects.filter(revoked_at__isnull=True, end_date__lt=timezone.localdate(at))
    grants = list(over.select_related("user").order_by("pk"))
    for grant in in_turns(grants):
        with transaction.atomic():
            _end(grant, event="users.role_ended", reason="", cause="role_ended", by=None, at=at)
    return len(grants)


def _end(grant: RoleGrant, *, event: str, reason: str, cause: str, by: User | None, at: datetime) -> None:
    ended = RoleGrant.objects.filter(pk=grant.pk, revoked_at__isnull=True).update(revoked_at=at, revoked_by=by)
    if not ended:
        return
    grant.revoked_at, grant.revoked_by = at, by
    record(by=by, at=at, event=event, target=grant.user, details={**_told(grant), "because": reason})
    grants_changed.send(sender=RoleGrant, user=grant.user, at=at)
    access_reduced.send(sender=RoleGrant, user=grant.user, reason=cause, at=at)
    _tell(grant, event.removeprefix("users.role_"), reason=reason, by=by, at=at)


def _tell(grant: RoleGrant, change: str, *, reason: str, by: User | None, at: datetime) -> None:
    role_changed.send(sender=RoleGrant, grant=grant, change=change, reason=reason, by=by, at=at)


def _told(grant: RoleGrant) -> dict[str, str]:
    """Return what the audit event says about a grant."""
    return {
        "role": grant.role,
        "scope_kind": grant.scope_kind,
        "scope_uuid": str(grant.scope_uuid),
        "scope": scope_label(grant.scope_kind, grant.scope_uuid),
        "from": grant.start_date.isoformat(),
        "to": grant.end_date.isoformat() if grant.end_date else "",
        "reason": grant.reason,
    }
