"""Who may do what with which dataset. A dataset belongs to the scopes in which its responsible unit lies."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Q

from portal.organizations.models import Organization
from portal.organizations.queries import access_organizations_for
from portal.users.models import Role, ScopeKind, User
from portal.users.rights import scopes_of

from .models import Dataset

STEWARD = (Role.DATA_STEWARD.value,)
OFFICER = (Role.PRIVACY_OFFICER.value,)
DESK = (*STEWARD, *OFFICER)
SPEAKING = (Role.HR.value, Role.DATA_STEWARD.value)
"""Who may ask for data in the name of a unit: its personnel officer and its data steward."""
LOOKING = (*DESK, Role.AUDITOR.value)


def in_reach(user: User | AnonymousUser, roles: Iterable[str], on: date) -> Q:
    """Condition on Dataset: those of the scopes in which the user holds one of the roles.

    A dataset without a responsible unit belongs to the province.
    """
    wanted = tuple(roles)
    units = access_organizations_for(user, on, wanted)
    condition = Q(owner__in=units.values("pk"))
    if any(scope.kind == ScopeKind.PROVINCE for scope in scopes_of(user, *wanted, on=on)):
        condition |= Q(owner__isnull=True)
    return condition


def can(user: User | AnonymousUser, dataset: Dataset, roles: Iterable[str], on: date) -> bool:
    """Return whether the user holds one of the roles for the dataset."""
    return Dataset.objects.filter(in_reach(user, roles, on), pk=dataset.pk).exists()


def can_steward(user: User | AnonymousUser, dataset: Dataset, on: date) -> bool:
    """Return whether the user may import, draft, build, release and grant."""
    return can(user, dataset, STEWARD, on)


def can_approve(user: User | AnonymousUser, dataset: Dataset, on: date) -> bool:
    """Return whether the user may approve reports, return drafts and withdraw versions."""
    return can(user, dataset, OFFICER, on)


def can_register(user: User | AnonymousUser, owner: Organization | None, on: date) -> bool:
    """Return whether the user may register a dataset for which the unit is responsible (None: for the province)."""
    if owner is None:
        return any(scope.kind == ScopeKind.PROVINCE for scope in scopes_of(user, *STEWARD, on=on))
    return access_organizations_for(user, on, STEWARD).filter(pk=owner.pk).exists()


def can_speak_for(user: User | AnonymousUser, unit: Organization, on: date) -> bool:
    """Return whether the user may ask for data in the name of the unit."""
    return access_organizations_for(user, on, SPEAKING).filter(pk=unit.pk).exists()


def require(user: User | AnonymousUser | None, dataset: Dataset, roles: Iterable[str], on: date) -> None:
    """Raise PermissionDenied for who holds none of the roles; None is the operator at the command line."""
    if user is not None and not can(user, dataset, roles, on):
        raise PermissionDenied
