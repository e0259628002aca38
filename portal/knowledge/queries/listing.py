"""The list of policies as a reader narrows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from portal.knowledge.models import PolicyLevel, PolicyWork

RANKS = [
    PolicyLevel.CONSTITUTION, PolicyLevel.LAW, PolicyLevel.ADMINISTRATIVE_REGULATION, PolicyLevel.JUDICIAL_INTERPRETATION,
    PolicyLevel.DEPARTMENT_RULE, PolicyLevel.LOCAL_REGULATION, PolicyLevel.LOCAL_RULE, PolicyLevel.DOCUMENT,
    PolicyLevel.STANDARD, PolicyLevel.EXPLANATION, PolicyLevel.OTHER,
]  # fmt: skip
"""Levels, the highest first."""


def policies_of(asked: Mapping[str, Any]) -> QuerySet[PolicyWork]:
    """Return published policies that fit: `text` in title, short titles or number, `level`, `theme`,
    `region`, `status`, `year`."""
    found = PolicyWork.objects.published().select_related("theme")
    text = str(asked.get("text") or "").strip()
    if text:
        found = found.filter(Q(title__icontains=text) | Q(aliases__icontains=text) | Q(number__icontains=text))
    for name in ("level", "theme", "region", "status"):
        if asked.get(name):
            found = found.filter(**{name: "" if asked[name] == "000000" else asked[name]})
    if asked.get("year"):
        found = found.filter(issued_date__year=int(asked["year"]))
    rank = Case(
        *(When(level=level, then=Value(place)) for place, level in enumerate(RANKS)),
        default=Value(99),
        output_field=IntegerField(),
    )
    return found.annotate(rank=rank).order_by("rank", "-issued_date", "pk")


def years_of() -> list[int]:
    """Years in which published policies were issued, the newest first."""
    days = PolicyWork.objects.published().filter(issued_date__isnull=False)
    return [day.year for day in days.dates("issued_date", "year", order="DESC")]
