"""Accounts of people who work somewhere."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from portal.organizations.actions.posts import assign_job
from portal.organizations.models import Organization, Position
from portal.users.actions import create_user, grant_role
from portal.users.models import Role, ScopeKind, User


@transaction.atomic
def open_account(
    *,
    username: str,
    name: str,
    organization: Organization,
    position: Position,
    start_date: date,
    email: str = "",
    by: User | None,
    at: datetime,
) -> User:
    """This will make an account with a post and the learner's role, for somebody inside the reach of `by`.

    Raises PermissionDenied outside it, ValidationError for a login name that is taken or not allowed.
    """
    user = create_user(username=username, name=name, email=email, by=by, at=at)
    assign_job(user=user, organization=organization, position=position, start_date=start_date, by=by, at=at)
    grant_role(
        user=user,
        role=Role.LEARNER,
        scope_kind=ScopeKind.ORGANIZATION,
        scope_uuid=organization.uuid,
        start_date=start_date,
        by=by,
        at=at,
    )
    return user
