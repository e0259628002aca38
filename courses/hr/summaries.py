"""Numbers by region and unit, for the reader's scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Q, Sum

from courses.certification.models import CertificationAward
from courses.certification.queries import current_awards
from courses.learning.models import LearningHours
from portal.organizations.models import JobAssignment, Organization
from portal.users.models import User

from .queries import SOON, units_in_reach, valid_on


@dataclass
class Numbers:
    """Counts of people, of whom how many hold which certificate, and their hours this year."""

    people: int = 0
    certified: int = 0
    expiring: int = 0
    expired: int = 0
    hours: int = 0

    def add(self, other: Numbers) -> None:
        """Count the other's people too."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    @property
    def percent(self) -> int:
        """Certified share of the people."""
        return self.certified * 100 // self.people if self.people else 0


@dataclass(frozen=True)
class UnitSummary:
    """A unit with its own people's numbers."""

    unit: Organization
    numbers: Numbers


@dataclass(frozen=True)
class RegionSummary:
    """A region with its units and their sum."""

    code: str
    name: str
    numbers: Numbers
    units: list[UnitSummary]


def summary(user: User, on: date) -> tuple[Numbers, list[RegionSummary]]:
    """The whole, then region by region; a fixed number of queries."""
    units = units_in_reach(user, on)
    numbers = _numbers_by_unit(units, on)
    whole = Numbers()
    regions: dict[str, RegionSummary] = {}
    for unit in units:
        region = regions.setdefault(unit.region.code, RegionSummary(unit.region.code, unit.region.name, Numbers(), []))
        own = numbers.get(unit.pk, Numbers())
        region.units.append(UnitSummary(unit, own))
        region.numbers.add(own)
        whole.add(own)
    return whole, list(regions.values())


def _numbers_by_unit(units: list[Organization], on: date) -> dict[int, Numbers]:
    posts = JobAssignment.objects.current(on).filter(is_primary=True, organization__in=units)
    awards = CertificationAward.objects.filter(user=OuterRef("user"))
    valid = Exists(awards.filter(valid_on(on)))
    soon = on + timedelta(days=SOON)
    counted = (
        posts.order_by()
        .values("organization")
        .annotate(
            people=Count("user", distinct=True),
            certified=Count("user", distinct=True, filter=Q(valid)),
            expiring=Count(
                "user",
                distinct=True,
                filter=Q(Exists(awards.filter(current_awards(), expires_date__gte=on, expires_date__lte=soon))),
            ),
            expired=Count(
                "user",
                distinct=True,
                filter=Q(Exists(awards.filter(current_awards(), expires_date__lt=on))) & ~Q(valid),
            ),
        )
    )
    found = {
        row["organization"]: Numbers(row["people"], row["certified"], row["expiring"], row["expired"])
        for row in counted
    }
    unit_of = dict(posts.order_by("start_date", "pk").values_list("user", "organization"))
    hours = LearningHours.objects.filter(year=on.year, user__in=posts.values("user")).order_by()
    for person, total in hours.values_list("user").annotate(total=Sum("hours")):
        found[unit_of[person]].hours += total
    return found
