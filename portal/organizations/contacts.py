"""Whom somebody can ask: the own personnel officers; upper apps add others by the hook `chengxue_contacts`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from portal.users.models import Role, RoleGrant, ScopeKind, User
from portal.users.scopes import enclosing_scopes, ended_scopes

from .models import JobAssignment
from .queries import posts_of

MOST = 3


@dataclass(frozen=True)
class Contact:
    """A person to ask, with unit, room and telephone, and what for."""

    name: str
    unit: str
    what_for: str | Promise
    room: str = ""
    phone: str = ""


def contacts_of(user: User, on: date) -> list[Contact]:
    """Personnel officers first, then who the upper apps know."""
    found = personnel_of(user, on)
    for tell in hooks.get_hooks("chengxue_contacts"):
        found.extend(tell(user, on))
    return found


def personnel_of(user: User, on: date) -> list[Contact]:
    """Officers whose scope holds the person's unit: those of the narrowest scope that has any."""
    post = posts_of(user, on).first()
    if post is None:
        return []
    chain = enclosing_scopes(ScopeKind.ORGANIZATION.value, post.organization.uuid)
    place = {(scope.kind, scope.uuid): number for number, scope in enumerate(chain)}
    grants = RoleGrant.objects.in_force(on).filter(role=Role.HR, scope_uuid__in=[scope.uuid for scope in chain])
    near = [
        (place[grant.scope_kind, grant.scope_uuid], grant.user)
        for grant in grants.exclude(user=user).exclude(ended_scopes(on)).select_related("user").order_by("pk")
        if (grant.scope_kind, grant.scope_uuid) in place
    ]
    nearest = min((number for number, _user in near), default=None)
    people = list(dict.fromkeys(officer for number, officer in near if number == nearest))[:MOST]
    return with_units(people, on, _("Account, password, post, certificates"))


def with_units(people: Iterable[User], on: date, what_for: str | Promise) -> list[Contact]:
    """Return the people as contacts, each with unit, room and telephone of the primary post."""
    listed = list(people)
    posts = JobAssignment.objects.current(on).filter(user__in=listed, is_primary=True).select_related("organization")
    found = {post.user_id: post for post in posts}
    return [_contact(person, found.get(person.pk), what_for) for person in listed]


def _contact(person: User, post: JobAssignment | None, what_for: str | Promise) -> Contact:
    if post is None:
        return Contact(person.name, "", what_for)
    return Contact(person.name, post.organization.name, what_for, post.room, post.phone)
