"""Who may author labs, and who may act for a run."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Q

from courses.catalog.queries import access_runs_for
from portal.users.models import Role, ScopeKind, User
from portal.users.rights import grants_in_force, has_role

from .models import Lab

AUTHOR_ROLES = (Role.INSTRUCTOR.value, Role.LAB_AUTHOR.value)
TEACHING_ROLES = (*AUTHOR_ROLES, Role.ADMINISTRATOR.value)


def labs_in_reach(user: User | AnonymousUser, on: date) -> Q:
    """Condition on Lab: those that the user may author: of a program or of a run's course in their grants."""
    if has_role(user, Role.ADMINISTRATOR, on=on):
        return Q()
    grants = grants_in_force(user, on).filter(role__in=AUTHOR_ROLES)
    programs = grants.filter(scope_kind=ScopeKind.PROGRAM).values("scope_uuid")
    runs = grants.filter(scope_kind=ScopeKind.RUN).values("scope_uuid")
    return (
        Q(program__uuid__in=programs)
        | Q(program__isnull=True, course__program__uuid__in=programs)
        | Q(course__runs__uuid__in=runs)
    )


def can_author(user: User | AnonymousUser, lab: Lab, on: date) -> bool:
    """Return whether the user may release versions of the lab."""
    return Lab.objects.filter(labs_in_reach(user, on), pk=lab.pk).exists()


def require_author(user: User | AnonymousUser, lab: Lab, on: date) -> None:
    """Raise PermissionDenied for anybody who may not author the lab."""
    if not can_author(user, lab, on):
        raise PermissionDenied


def taught_runs(user: User, on: date) -> set[int]:
    """Keys of the runs that the user teaches."""
    return set(access_runs_for(user, on).values_list("pk", flat=True))


def require_teacher(by: User, run_id: int, on: date) -> None:
    """Raise PermissionDenied for anybody who does not teach the run."""
    if not access_runs_for(by, on).filter(pk=run_id).exists():
        raise PermissionDenied
