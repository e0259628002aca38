"""Units and positions in the details of events, which keep them by their codes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import models

from portal.audit.details import Find, Words, detail_name
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


_EVENT = "organizations.place_of_work_set"
DETAIL_ROWS: dict[str, str | Find] = {
    "position": positions,
    "organizations.organization_moved.from": paths,
    "organizations.organization_moved.to": paths,
}
FIELDS: dict[str, type[models.Model]] = {_EVENT: JobAssignment}
WORDS: dict[str, Words] = {f"{_EVENT}.fields": lambda field: detail_name(str(field), _EVENT)}
