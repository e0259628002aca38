"""Units and positions in the details of events, which keep them by their codes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse

from portal.audit.details import register_detail_rows
from portal.audit.sentences import Concerned

from .models import Organization, Position
from .queries import access_organizations_for


def units(user: Any, on: date, codes: Sequence[str]) -> dict[str, Concerned]:
    """Units by code, with their pages where the reader reaches them."""
    rows = list(Organization.objects.filter(code__in=codes))
    reach = set(access_organizations_for(user, on).filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    return {
        row.code: Concerned(row.name, reverse("organizations:unit", args=[row.uuid]) if row.pk in reach else "")
        for row in rows
    }


def positions(user: Any, on: date, codes: Sequence[str]) -> dict[str, Concerned]:
    """Positions by code."""
    return {row.code: Concerned(row.name) for row in Position.objects.filter(code__in=codes)}


def paths(user: Any, on: date, values: Sequence[str]) -> dict[str, Concerned]:
    """Places in the tree of units, which are kept as the numbers of the units from the top."""
    numbers = {int(part) for value in values for part in value.split("/") if part.isdecimal()}
    names = dict(Organization.objects.filter(pk__in=numbers).values_list("pk", "name"))
    return {
        value: Concerned(" / ".join(names.get(int(part), "—") for part in value.split("/") if part.isdecimal()))
        for value in values
    }


def register() -> None:
    """This will name them on the auditor's pages."""
    register_detail_rows(
        {
            "organization": units,
            "from_organization": units,
            "position": positions,
            "organizations.organization_moved.from": paths,
            "organizations.organization_moved.to": paths,
        }
    )
