"""The tree of organizations."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.actions import record
from portal.organizations.models import Organization, OrganizationKind, Region
from portal.organizations.scopes import scope_of_region
from portal.users.models import Role, ScopeKind, User
from portal.users.rights import scopes_of
from portal.users.scopes import Scope, covers


@transaction.atomic
def create_organization(
    *,
    code: str,
    name: str,
    kind: str,
    region: Region,
    parent: Organization | None = None,
    by: User | None,
    at: datetime,
) -> Organization:
    """Add a unit to the tree; `by` is an administrator of its place or the installation.

    Raises ValidationError for a code that is taken or a region that is no place.
    """
    _require_administration(by, _place(region, parent), at)
    if not region.is_selectable:
        raise ValidationError(_("%(name)s is no place of its own. Choose a county or a city.") % {"name": region.name})
    if Organization.objects.filter(code=code).exists():
        raise ValidationError(_("This code is taken. Choose another one."))
    organization = Organization.objects.create(
        code=code, name=name, kind=OrganizationKind(kind), region=region, parent=parent, path="", created_at=at
    )
    organization.path = f"{parent.path if parent else ''}{organization.pk:06d}/"
    organization.save(update_fields=["path"])
    record(by=by, at=at, event="organizations.organization_created", target=organization, details={"code": code})
    return organization


@transaction.atomic
def rename_organization(*, organization: Organization, name: str, by: User | None, at: datetime) -> None:
    """Change the unit's name."""
    _require_administration(by, Scope(ScopeKind.ORGANIZATION.value, organization.uuid), at)
    before, organization.name = organization.name, name
    organization.save(update_fields=["name"])
    details = {"from": before, "to": name}
    record(by=by, at=at, event="organizations.organization_renamed", target=organization, details=details)


@transaction.atomic
def move_organization(
    *, organization: Organization, parent: Organization | None, by: User | None, at: datetime
) -> None:
    """Hang the unit and everything below it under another one (None: at the top).

    Raises ValidationError for a parent inside the unit itself.
    """
    _require_administration(by, Scope(ScopeKind.ORGANIZATION.value, organization.uuid), at)
    _require_administration(by, _place(organization.region, parent), at)
    if parent is not None and parent.path.startswith(organization.path):
        raise ValidationError(_("A unit cannot hang under itself."))
    old, new = organization.path, f"{parent.path if parent else ''}{organization.pk:06d}/"
    Organization.objects.filter(path__startswith=old).update(path=Concat(Value(new), Substr(F("path"), len(old) + 1)))
    organization.parent, organization.path = parent, new
    organization.save(update_fields=["parent", "path"])
    details = {"from": old, "to": new}
    record(by=by, at=at, event="organizations.organization_moved", target=organization, details=details)


def _place(region: Region, parent: Organization | None) -> Scope:
    return Scope(ScopeKind.ORGANIZATION.value, parent.uuid) if parent else scope_of_region(region)


def _require_administration(by: User | None, place: Scope, at: datetime) -> None:
    """Raise PermissionDenied unless `by` administers the place."""
    if by is None:
        return
    own = scopes_of(by, Role.ADMINISTRATOR, on=timezone.localdate(at))
    if not any(covers(scope, place) for scope in own):
        raise PermissionDenied
