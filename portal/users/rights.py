"""Which rights somebody holds, and when: read by permissions and queries alike, so it stands below both."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from .models import STAFF_ROLES, Role, RoleGrant, User
from .scopes import Scope, ended_scopes


def grants_in_force(user: User | AnonymousUser, on: date) -> QuerySet[RoleGrant]:
    """Grants of the user that count on the local day; none for anonymous and deactivated people."""
    if user.pk is None:
        return RoleGrant.objects.none()
    return RoleGrant.objects.in_force(on).filter(user_id=user.pk).exclude(ended_scopes(on))


def roles_of(user: User | AnonymousUser, on: date) -> frozenset[str]:
    """Roles of the user on the local day, whatever their scope."""
    return frozenset(grants_in_force(user, on).values_list("role", flat=True).order_by())


def roles_of_reader(request: HttpRequest) -> frozenset[str]:
    """Roles today of whoever reads the page, asked once for a page: each part of the navigation needs them.

    For what a page shows only; what may be done is asked anew by `has_role`. None for a preview, which has no reader.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return frozenset()
    kept: tuple[int, frozenset[str]] | None = request.__dict__.get("_chengxue_roles")
    if kept is None or kept[0] != user.pk:
        kept = user.pk, roles_of(user, timezone.localdate())
        request.__dict__["_chengxue_roles"] = kept
    return kept[1]


def has_role(user: User | AnonymousUser, *roles: str, on: date) -> bool:
    """Return whether the user holds any of the roles on the local day."""
    return grants_in_force(user, on).filter(role__in=roles).exists()


def scopes_of(user: User | AnonymousUser, *roles: str, on: date) -> list[Scope]:
    """Scopes in which the user holds any of the roles on the local day."""
    pairs = grants_in_force(user, on).filter(role__in=roles).order_by("pk").values_list("scope_kind", "scope_uuid")
    return list(dict.fromkeys(Scope(kind, scope_uuid) for kind, scope_uuid in pairs))


def learners_on(people: Iterable[User], on: date) -> QuerySet[User]:
    """Those of the people who hold the learner's role on the day."""
    grants = RoleGrant.objects.in_force(on).filter(role=Role.LEARNER).exclude(ended_scopes(on))
    return User.objects.filter(pk__in=[person.pk for person in people], grants__in=grants).distinct()


def lacks_second_factor(user: User, on: date) -> bool:
    """Return whether a staff role obliges the user to set up a second factor that is not there yet. One query."""
    grants = RoleGrant.objects.in_force(on).filter(user_id=user.pk, role__in=STAFF_ROLES)
    return grants.exclude(user__authenticator__type__in=["totp", "webauthn"]).exists()
