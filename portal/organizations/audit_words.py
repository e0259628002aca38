"""Units and positions in the details of events, which keep them by their codes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from portal.audit.details import detail_name, register_detail_rows, register_fields, register_words
from portal.audit.sentences import Concerned

from .models import JobAssignment, Organization, Position


def units(user: Any, on: date, codes: Sequence[str]) -> dict[str, Concerned]:
    """Units by code."""
    return {row.code: Concerned(row.name) for row in Organization.objects.filter(code__in=codes)}


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
            "goes_on": units,
            "position": positions,
            "organizations.organization_moved.from": paths,
            "organizations.organization_moved.to": paths,
        }
    )
    event = "organizations.place_of_work_set"
    register_fields(event, JobAssignment)
    register_words({f"{event}.fields": lambda field: detail_name(str(field), event)})
