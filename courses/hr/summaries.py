"""Numbers by region and unit, for the reader's scope."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Q, Sum

from courses.certification.models import CertificationAward
from courses.certification.queries import current_awards
from courses.learning.models import LearningHours
from portal.organizations.models import JobAssignment, Organization, Region
from portal.organizations.queries import VIEWING_ROLES, access_people_for
from portal.users.models import User
from portal.users.queries import scopes_of

from .queries import SOON, units_in_reach, valid_on

SMALLEST_UNIT = 2
"""People from whom on a unit has a line of its own."""


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


@dataclass
class RegionSummary:
    """A region: the units of its own level and their sum, and the sum with every region below."""

    code: str
    name: str
    depth: int = 0
    has_regions_below: bool = False
    own: Numbers = field(default_factory=Numbers)
    whole: Numbers = field(default_factory=Numbers)
    units: list[UnitSummary] = field(default_factory=list)
    small_units: int = 0
    small: Numbers = field(default_factory=Numbers)

    def add_unit(self, unit: Organization, numbers: Numbers) -> None:
        """Count a unit of this level. Units of one person are told together: their line would be a person's."""
        self.own.add(numbers)
        if numbers.people >= SMALLEST_UNIT:
            self.units.append(UnitSummary(unit, numbers))
        else:
            self.small_units += 1
            self.small.add(numbers)

    @property
    def shows_small(self) -> bool:
        """Whether the small units together are more than one person."""
        return self.small.people >= SMALLEST_UNIT

    @property
    def shows_own(self) -> bool:
        """Whether the own level differs from the whole and is more than one person."""
        return self.has_regions_below and self.own.people >= SMALLEST_UNIT

    @property
    def shows_whole(self) -> bool:
        """Whether the region's line is about more than one person."""
        return self.whole.people != 1


def deactivated_in(user: User, on: date) -> int:
    """How many people in the reader's scope have a closed account: no number counts them."""
    return access_people_for(user, on).filter(is_active=False).count()


def summary(user: User, on: date, certification: str = "") -> tuple[Numbers, list[RegionSummary]]:
    """The whole, then the tree of regions, each with what lies below it; a fixed number of queries.

    With the code of a certification, certificates of that one alone are counted.
    """
    units = units_in_reach(user, on)
    numbers = _numbers_by_unit(units, on, certification)
    whole = Numbers()
    places = _regions_of(user, units, on)
    regions = {place.code: RegionSummary(place.code, place.name) for place in places.values()}
    for unit in units:
        own = numbers.get(unit.pk, Numbers())
        regions[unit.region.code].add_unit(unit, own)
        whole.add(own)
        above: int | None = unit.region_id
        while above in places:
            regions[places[above].code].whole.add(own)
            above = places[above].parent_id
    for place in places.values():
        if place.parent_id in places:
            upper = regions[places[place.parent_id].code]
            upper.has_regions_below = True
            regions[place.code].depth = upper.depth + 1
    return whole, list(regions.values())


def _regions_of(user: User, units: list[Organization], on: date) -> dict[int, Region]:
    """Regions of the units and those above them that lie in the reader's scopes, in the order of the tree.

    A region outside the scopes has no line: its sum would look like the whole and be a part.
    """
    places = {unit.region_id: unit.region for unit in units}
    scopes = [scope.uuid for scope in scopes_of(user, *VIEWING_ROLES, on=on)]
    prefixes = tuple(region.code_prefix for region in Region.objects.filter(uuid__in=scopes))
    upper = {f"{place.code[:digits]}{'0' * (6 - digits)}" for place in places.values() for digits in (2, 4)}
    for region in Region.objects.filter(code__in=upper) if prefixes else ():
        if region.code.startswith(prefixes):
            places.setdefault(region.pk, region)
    return {place.pk: place for place in sorted(places.values(), key=lambda place: place.code)}


def _numbers_by_unit(units: list[Organization], on: date, certification: str) -> dict[int, Numbers]:
    posts = JobAssignment.objects.current(on).filter(is_primary=True, organization__in=units, user__is_active=True)
    awards = CertificationAward.objects.filter(user=OuterRef("user"))
    if certification:
        awards = awards.filter(certification__code=certification)
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
