"""Groups of Wagtail, derived from role grants by the granting action and never edited.

Every role has a group `role:<role>`; what a group may do in Wagtail is written here, and for models of upper apps
registered by them. The subtree of a partner's pages belongs to `courses.partners`, which listens to `grants_changed`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from search.plugging import Registry

from .models import Role, RoleGrant, User
from .rights import roles_of
from .scopes import ended_scopes

PREFIX = "role:"
WRITERS = (Role.ADMINISTRATOR, Role.POLICY_EDITOR, Role.INSTRUCTOR, Role.LAB_AUTHOR)
"""Roles that enter Wagtail's admin."""

PAGE_ACTIONS = ("add_page", "change_page", "publish_page", "lock_page", "unlock_page", "bulk_delete_page")
FILE_PERMISSIONS = (
    "wagtailimages.add_image",
    "wagtailimages.choose_image",
    "wagtaildocs.add_document",
    "wagtaildocs.choose_document",
)
FILE_OWNER_PERMISSIONS = ("wagtailimages.change_image", "wagtaildocs.change_document")

_OWN: dict[str, set[str]] = {role.value: {"wagtailadmin.access_admin"} for role in WRITERS}
_OWN[Role.ADMINISTRATOR] |= {f"wagtailredirects.{verb}_redirect" for verb in ("add", "change", "delete")}
for keeper in (Role.ADMINISTRATOR, Role.POLICY_EDITOR):
    # The words of the search are kept by those who know what people call things.
    _OWN[keeper] |= {
        f"search.{verb}_{model}"
        for verb in ("add", "change", "delete", "view")
        for model in ("synonym", "bestbet", "polyphone")
    }

_permissions: Registry[tuple[str, str], str] = Registry("permission of a role")
"""What upper apps add, by role and permission."""

_made: ContextVar[Mapping[str, Group]] = ContextVar("groups made once", default={})  # noqa: B039  (never changed)


def register_permissions(role: str, *permissions: str) -> None:
    """Let the role's group do more in Wagtail, e.g. `catalog.change_course`."""
    for permission in permissions:
        _permissions.register((role, permission), permission)


def find_permissions(names: Iterable[str]) -> list[Permission]:
    """Permission rows of `app.codename` names; unknown names are left out."""
    wanted = Q(pk__in=[])
    for name in names:
        app, _, codename = name.partition(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    return list(Permission.objects.filter(wanted))


def ensure_group(role: str) -> Group:
    """Make or complete the role's group and return it."""
    group, _ = Group.objects.get_or_create(name=PREFIX + role)
    added = {permission for holder, permission in _permissions if holder == role}
    group.permissions.set(find_permissions(_OWN.get(role, set()) | added))
    if role not in WRITERS:
        return group
    collection = Collection.objects.filter(depth=1).first()
    names = (*FILE_PERMISSIONS, *(FILE_OWNER_PERMISSIONS if role == Role.ADMINISTRATOR else ()))
    for permission in find_permissions(names) if collection else ():
        GroupCollectionPermission.objects.get_or_create(group=group, collection=collection, permission=permission)
    root = Page.objects.filter(depth=1).first()
    if role == Role.ADMINISTRATOR and root is not None:
        for permission in find_permissions(f"wagtailcore.{action}" for action in PAGE_ACTIONS):
            GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)
    return group


@contextmanager
def groups_made_once() -> Iterator[None]:
    """For loops over people: the groups are made and completed now, and taken as they are until the block ends."""
    with transaction.atomic():
        made = {role.value: ensure_group(role) for role in Role}
    token = _made.set(made)
    try:
        yield
    finally:
        _made.reset(token)


def sync_groups(user: User, on: date) -> None:
    """Put the user into the groups of exactly the roles held on the local day."""
    held = {PREFIX + role: role for role in roles_of(user, on)}
    present = set(user.groups.filter(name__startswith=PREFIX).values_list("name", flat=True))
    for name in sorted(set(held) - present):
        user.groups.add(_made.get().get(held[name]) or ensure_group(held[name]))
    user.groups.remove(*Group.objects.filter(name__in=present - set(held)))


def users_out_of_step(on: date) -> list[tuple[User, bool]]:
    """Users whose groups differ from their roles, because a day has begun or a scope has ended; True: a role is gone."""
    counted = RoleGrant.objects.in_force(on).exclude(ended_scopes(on)).order_by()
    held = {(user_id, PREFIX + role) for user_id, role in counted.values_list("user_id", "role").distinct()}
    rows = User.groups.through.objects.filter(group__name__startswith=PREFIX)
    present = set(rows.values_list("user_id", "group__name"))
    lost = {user_id for user_id, _ in present - held}
    users = User.objects.filter(pk__in={user_id for user_id, _ in present ^ held}).order_by("pk")
    return [(user, user.pk in lost) for user in users]
