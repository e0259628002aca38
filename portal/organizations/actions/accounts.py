"""Accounts of people who work somewhere."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from portal.organizations.actions.posts import assign_job
from portal.organizations.actions.regions import load_positions, load_regions
from portal.organizations.actions.units import create_organization
from portal.organizations.models import Organization, OrganizationKind, Position, Region, RegionLevel
from portal.organizations.queries import administrators
from portal.users.actions import create_user, grant_role, make_password_slip
from portal.users.models import Role, ScopeKind, User


class AdministratorExists(ValueError):
    """Somebody can let others in already; `names` are the people to ask."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        super().__init__(", ".join(names))


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
    """Make an account with a post and the learner's role, for somebody inside the reach of `by`.

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


@transaction.atomic
def open_first_administrator(
    *, username: str, name: str, region: str, organization: str, organization_name: str, position: str, at: datetime
) -> str:
    """Make the administrator of the province and return the one-time code; missing places are made first.

    `region`, `organization` and `position` are codes. Somebody who never used the code gets a new one. Raises
    AdministratorExists, ValidationError for a login name that is not allowed, Region.DoesNotExist and
    Position.DoesNotExist for codes that nobody has.
    """
    load_regions(by=None, at=at)
    load_positions(by=None, at=at)
    # The lock makes two operators at once one after the other.
    province = Region.objects.select_for_update().get(code=region, level=RegionLevel.PROVINCE)
    on = timezone.localdate(at)
    present = list(administrators(on))
    unused = next((one for one in present if one.username == username and not one.has_usable_password()), None)
    if len(present) > (1 if unused else 0):
        raise AdministratorExists([f"{one.name} ({one.username})" for one in present])
    if unused is not None:
        return make_password_slip(user=unused, by=None, at=at)
    unit = Organization.objects.filter(code=organization).first() or create_organization(
        code=organization, name=organization_name or f"{province.name}平台管理单位",
        kind=OrganizationKind.DEPARTMENT, region=province, by=None, at=at,
    )  # fmt: skip
    user = create_user(username=username, name=name, by=None, at=at)
    post = Position.objects.get(code=position)
    assign_job(user=user, organization=unit, position=post, start_date=on, by=None, at=at)
    grant_role(
        user=user, role=Role.ADMINISTRATOR, scope_kind=ScopeKind.PROVINCE, scope_uuid=province.uuid, start_date=on,
        reason="first administrator", by=None, at=at,
    )  # fmt: skip
    return make_password_slip(user=user, by=None, at=at)
