"""How the scopes that are places are named and nested: organization, region, province."""

from __future__ import annotations

import uuid

from portal.users.models import ScopeKind
from portal.users.scopes import Scope

from .models import Organization, Region, RegionLevel


def scope_of_region(region: Region) -> Scope:
    """Return the scope that a region is."""
    kind = ScopeKind.PROVINCE if region.level == RegionLevel.PROVINCE else ScopeKind.REGION
    return Scope(kind.value, region.uuid)


def region_label(region_uuid: uuid.UUID) -> str | None:
    """Name of a region."""
    return Region.objects.filter(uuid=region_uuid).values_list("name", flat=True).first()


def province_label(region_uuid: uuid.UUID) -> str | None:
    """Name of a province; other regions are no provinces."""
    provinces = Region.objects.filter(uuid=region_uuid, level=RegionLevel.PROVINCE)
    return provinces.values_list("name", flat=True).first()


def around_region(region_uuid: uuid.UUID) -> list[Scope]:
    """Return the region's parent; a grant that names the province as a region means the province."""
    region = Region.objects.select_related("parent").filter(uuid=region_uuid).first()
    wider = region if region and region.level == RegionLevel.PROVINCE else region and region.parent
    return [scope_of_region(wider)] if wider else []


def organization_label(organization_uuid: uuid.UUID) -> str | None:
    """Name of an organization."""
    return Organization.objects.filter(uuid=organization_uuid).values_list("name", flat=True).first()


def around_organization(organization_uuid: uuid.UUID) -> list[Scope]:
    """Return the organization above, and the region in which this one stands."""
    organization = Organization.objects.select_related("parent", "region").filter(uuid=organization_uuid).first()
    if organization is None:
        return []
    above = [Scope(ScopeKind.ORGANIZATION.value, organization.parent.uuid)] if organization.parent else []
    return [*above, scope_of_region(organization.region)]
