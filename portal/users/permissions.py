"""Who may enter and who may give rights."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from .models import Role, RoleGrant, User
from .rights import has_role, scopes_of
from .scopes import Scope, covers, is_in_reach

View = Callable[..., HttpResponseBase]

ACCOUNT_ROLES = (Role.HR.value, Role.ADMINISTRATOR.value)
"""Roles that make accounts and hand out slips."""


def signed_in(request: HttpRequest) -> User:
    """Return the person who asks, in a view behind a login. Raises PermissionDenied for nobody."""
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user


def require_role(user: User | AnonymousUser, *roles: str, on: date) -> None:
    """Raise PermissionDenied unless the user holds one of the roles on the local day."""
    if not has_role(user, *roles, on=on):
        raise PermissionDenied


def role_required(*roles: str) -> Callable[[View], View]:
    """Lead anonymous people to the login and refuse everybody without one of the roles (403)."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            require_role(request.user, *roles, on=timezone.localdate())
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def can_grant(by: User, user: User, role: str, scope: Scope, on: date) -> bool:
    """Return whether `by` may give `user` the role: never to oneself, only inside own scopes, only to people in reach.

    Personnel officers give nothing but `learner`; every other role takes an administrator.
    """
    if by.pk == user.pk:
        return False
    roles = ACCOUNT_ROLES if role == Role.LEARNER else (Role.ADMINISTRATOR.value,)
    return any(covers(own, scope) for own in scopes_of(by, *roles, on=on)) and is_in_reach(by, user, on)


def can_manage(by: User, user: User, on: date) -> bool:
    """Return whether `by` may act on the account: another's, in reach, and with no right that `by` could not give.

    Whoever may set a person's password could act as that person.
    """
    if by.pk == user.pk or not is_in_reach(by, user, on):
        return False
    held = RoleGrant.objects.filter(user=user, revoked_at__isnull=True).exclude(role=Role.LEARNER)
    scopes = {Scope(kind, scope_uuid) for kind, scope_uuid in held.values_list("scope_kind", "scope_uuid")}
    own = scopes_of(by, Role.ADMINISTRATOR, on=on) if scopes else []
    return all(any(covers(mine, theirs) for mine in own) for theirs in scopes)
