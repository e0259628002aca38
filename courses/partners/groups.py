"""Wagtail groups of a program's authors, derived from grants; they reach the program's pages and no others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from django.contrib.auth.models import Group
from django.db import transaction
from wagtail.models import GroupPagePermission, Page

from portal.users.models import Role, RoleGrant, ScopeKind, User
from portal.users.rights import grants_in_force
from portal.users.wagtail_groups import find_permissions
from search.plugging import Contributions

from .models import PartnerProgram
from .queries import AUTHORS

PREFIX = "program:"
PAGE_ACTIONS = {
    Role.INSTRUCTOR.value: ("change_page", "publish_page", "lock_page", "unlock_page"),
    # A lab author's change of a lesson goes through moderation.
    Role.LAB_AUTHOR.value: ("change_page",),
}

Pages = Callable[[PartnerProgram], Iterable[Page]]

_sources: Contributions[Pages] = Contributions("pages of a program")


def register_pages(source: Pages) -> None:
    """Let a program's authors work on the pages that `source(program)` yields, and below them."""
    _sources.add(source)


def group_name(program: PartnerProgram, role: str) -> str:
    """Name of the group of a program's authors with one role."""
    return f"{PREFIX}{program.code}:{role}"


@transaction.atomic
def sync_program_pages(program: PartnerProgram) -> None:
    """Let the program's groups work on exactly the program's pages."""
    pages = {page.pk for source in _sources for page in source(program)}
    for role, actions in PAGE_ACTIONS.items():
        group, _ = Group.objects.get_or_create(name=group_name(program, role))
        permissions = find_permissions(f"wagtailcore.{action}" for action in actions)
        present = GroupPagePermission.objects.filter(group=group)
        present.exclude(page_id__in=pages).delete()
        for page_id in pages:
            for permission in permissions:
                GroupPagePermission.objects.get_or_create(group=group, page_id=page_id, permission=permission)


@transaction.atomic
def sync_program_groups(user: User, on: date) -> None:
    """Put the user into the groups of exactly the programs in which he or she is an author that day."""
    grants = grants_in_force(user, on).filter(role__in=AUTHORS, scope_kind=ScopeKind.PROGRAM)
    codes = dict(PartnerProgram.objects.filter(uuid__in=grants.values("scope_uuid")).values_list("uuid", "code"))
    held = {f"{PREFIX}{codes[uuid]}:{role}" for uuid, role in grants.values_list("scope_uuid", "role") if uuid in codes}
    present = set(user.groups.filter(name__startswith=PREFIX).values_list("name", flat=True))
    for name in held - present:
        user.groups.add(_group(name))
    user.groups.remove(*Group.objects.filter(name__in=present - held))


def authors_of(program: PartnerProgram) -> Iterable[User]:
    """Everybody with an author's grant for the program, in force or not."""
    grants = RoleGrant.objects.filter(scope_kind=ScopeKind.PROGRAM, scope_uuid=program.uuid, role__in=AUTHORS)
    return User.objects.filter(pk__in=grants.values("user"))


def _group(name: str) -> Group:
    group = Group.objects.filter(name=name).first()
    if group is None:
        sync_program_pages(PartnerProgram.objects.get(code=name.removeprefix(PREFIX).rpartition(":")[0]))
        group = Group.objects.get(name=name)
    return group
