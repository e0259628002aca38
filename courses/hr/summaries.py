"""Numbers by region and unit, for the reader's scope."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Q, Sum

from courses.certification.models import CertificationAward
from courses.certification.queries import current_awards
from courses.learning.models import LearningHours
from portal.organizations.models import JobAssignment, Organization, Region
from portal.organizations.queries import VIEWING_ROLES, access_people_for
from portal.users.models import User
from portal.users.rights import scopes_of

from .queries import SOON, units_in_reach, valid_on

SMALLEST_UNIT = 2
"""People from whom on a unit or region has a line of its own. What has none is told together with so much else that no
line can be found by subtracting the others."""


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
    """A region: the units of its own level and their sum, the regions below, and the sum with all of them."""

    code: str
    name: str
    depth: int = 0
    own: Numbers = field(default_factory=Numbers)
    whole: Numbers = field(default_factory=Numbers)
    units: list[UnitSummary] = field(default_factory=list)
    below: list[RegionSummary] = field(default_factory=list)
    has_regions_below: bool = False
    told_together: int = 0
    """Units without a line of their own, those of regions without one included."""
    together: Numbers = field(default_factory=Numbers)
    is_mixed: bool = False
    """Whether units of regions below are told together with the own ones."""

    def add_unit(self, unit: Organization, numbers: Numbers) -> None:
        """Count a unit of this level."""
        self.own.add(numbers)
        self.units.append(UnitSummary(unit, numbers))

    @property
    def shows_together(self) -> bool:
        """Whether the units that are told together are more than one person."""
        return self.together.people >= SMALLEST_UNIT

    @property
    def shows_own(self) -> bool:
        """Whether the own level differs from the whole, and is no line from which one person follows."""
        return bool(self.below) and self.own.people >= SMALLEST_UNIT and not self.is_mixed

    @property
    def shows_whole(self) -> bool:
        """Whether the region's line is about more than one person."""
        return self.whole.people != 1

    def fold(self) -> None:
        """Tell small units and regions together, and with them the smallest others until nobody stands alone.

        The lines that stay are a partition of the region in which each part has two people or none: no sum or
        difference of lines is one person's.
        """
        for region in self.below:
            region.fold()
        for small in [one for one in self.units if one.numbers.people < SMALLEST_UNIT]:
            self._tell_together(small)
        for lonely in [one for one in self.below if not one.shows_whole]:
            self._tell_together(lonely)
        while self.together.people == 1 and (others := self._others()):
            self._tell_together(others[0])

    def unit_count(self) -> int:
        """Return how many units it has, with all below."""
        return len(self.units) + self.told_together + sum(region.unit_count() for region in self.below)

    def lines(self) -> Iterator[RegionSummary]:
        """Yield the region and those below that have a line, in the order of the tree."""
        yield self
        for region in self.below:
            yield from region.lines()

    def _others(self) -> list[UnitSummary | RegionSummary]:
        """Return what has a line and people, own units before regions, small before large."""
        units = sorted(self.units, key=lambda one: one.numbers.people)
        return [*units, *sorted((one for one in self.below if one.whole.people), key=lambda one: one.whole.people)]

    def _tell_together(self, part: UnitSummary | RegionSummary) -> None:
        if isinstance(part, UnitSummary):
            self.units.remove(part)
            self.told_together += 1
            self.together.add(part.numbers)
            return
        self.below.remove(part)
        self.told_together += part.unit_count()
        self.together.add(part.whole)
        self.is_mixed = True


@dataclass(frozen=True)
class Summary:
    """The whole, the lines of the tree of regions, and what of the uppermost regions has no line of its own."""

    whole: Numbers
    regions: list[RegionSummary]
    top: RegionSummary


def deactivated_in(user: User, on: date) -> int:
    """Return how many people in the reader's scope have a closed account: no number counts them."""
    return access_people_for(user, on).filter(is_active=False).count()


def summary(user: User, on: date, certification: str = "") -> Summary:
    """Return the reader's scope by region and unit, each region with what lies below it; a fixed number of queries.

    With the code of a certification, certificates of that one alone are counted.
    """
    units = units_in_reach(user, on)
    numbers = _numbers_by_unit(units, on, certification)
    top = RegionSummary("", "")
    places = _regions_of(user, units, on)
    regions = {place.pk: RegionSummary(place.code, place.name) for place in places.values()}
    for unit in units:
        own = numbers.get(unit.pk, Numbers())
        regions[unit.region_id].add_unit(unit, own)
        top.whole.add(own)
        above: int | None = unit.region_id
        while above in places:
            regions[above].whole.add(own)
            above = places[above].parent_id
    for pk, place in places.items():
        upper = regions.get(place.parent_id or 0, top)
        upper.has_regions_below = True
        regions[pk].depth = upper.depth + 1 if upper is not top else 0
        upper.below.append(regions[pk])
    top.fold()
    return Summary(top.whole, [line for region in top.below for line in region.lines()], top)


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
