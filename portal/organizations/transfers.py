"""Reads of transfers between places: who asks, who answers, what waits."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from portal.users.identities import named_exactly
from portal.users.models import Role, RoleGrant, User
from portal.users.scopes import enclosing_scopes

from .models import Organization, TransferRequest, TransferSide, TransferState
from .queries import MANAGING_ROLES, access_organizations_for, posts_of


def access_transfers_for(user: User | AnonymousUser, on: date) -> QuerySet[TransferRequest]:
    """Return requests that begin or end in a unit where the user is personnel officer or
    administrator, the newest first."""
    units = access_organizations_for(user, on, MANAGING_ROLES).values("pk")
    ends = Q(from_organization__in=units) | Q(organization__in=units)
    rows = TransferRequest.objects.filter(ends)
    return rows.select_related("user", "from_organization", "organization", "position", "asked_by").order_by("-pk")


def may_answer(user: User, request: TransferRequest, on: date) -> bool:
    """Return whether the user looks after the side that did not ask. Nobody answers about themselves,
    or their own request."""
    side = request.organization if request.side == TransferSide.SENDING else request.from_organization
    if user.pk in (request.user_id, request.asked_by_id):
        return False
    return request.state == TransferState.WAITING and reaches(user, side, on)


def may_withdraw(user: User, request: TransferRequest, on: date) -> bool:
    """Return whether the user looks after the side that asked."""
    side = request.from_organization if request.side == TransferSide.SENDING else request.organization
    return request.state == TransferState.WAITING and reaches(user, side, on)


def reaches(user: User, unit: Organization, on: date) -> bool:
    """Return whether the user is personnel officer or administrator where the unit lies."""
    return access_organizations_for(user, on, MANAGING_ROLES).filter(pk=unit.pk).exists()


def unit_of(user: User, on: date) -> Organization | None:
    """Return the unit of the person's present primary post."""
    post = posts_of(user, on).filter(is_primary=True).first()
    return post.organization if post else None


def person_known_by(username: str, name: str) -> User | None:
    """Return the person with this login name, if called so too: who asks must know both,
    so that nobody is tried through."""
    return named_exactly(username, name)


def officers_to_answer(request: TransferRequest, on: date) -> list[User]:
    """Return who answers: personnel officers of the smallest place around the other side's unit that has any who may.

    Where no officer can, administrators.
    """
    unit = request.organization if request.side == TransferSide.SENDING else request.from_organization
    concerned = (request.user_id, request.asked_by_id)
    for role in (Role.HR, Role.ADMINISTRATOR):
        for scope in enclosing_scopes("organization", unit.uuid):
            grants = RoleGrant.objects.in_force(on).filter(role=role, scope_kind=scope.kind, scope_uuid=scope.uuid)
            found = list(User.objects.filter(pk__in=grants.values("user")).exclude(pk__in=concerned).order_by("pk"))
            if found:
                return found
    return []
