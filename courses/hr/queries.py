"""Reads of personnel: who is in reach, narrowed by filters. Nothing here reaches beyond `access_people_for`."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Collate

from courses.certification.models import Certification, CertificationAward
from courses.certification.queries import current_awards
from courses.learning.models import LearningHours
from portal.organizations.models import JobAssignment, Organization
from portal.organizations.queries import access_organizations_for, access_people_for, organizations_under, people_of
from portal.users.models import User
from portal.users.name_order import by_name
from portal.users.naming import called

from .enums import SORTS, CertificateState

SOON = 90
"""Days before its end from which a certificate counts as expiring, unless the reader says otherwise."""


@dataclass(frozen=True)
class RosterFilter:
    """What the reader narrowed the roster by; every value was checked by the form."""

    q: str = ""
    place: str = ""
    certification: str = ""
    state: str = ""
    days: int | None = None
    closed: bool = False
    """With people whose account is closed, whom no total counts."""
    sort: str = "unit"

    @classmethod
    def from_cleaned(cls, cleaned: Mapping[str, object], sort: str) -> RosterFilter:
        """Return the filter of a valid form and an order that is known."""
        days = cleaned.get("days")
        return cls(
            q=str(cleaned.get("q") or ""),
            place=str(cleaned.get("place") or ""),
            certification=str(cleaned.get("certification") or ""),
            state=str(cleaned.get("state") or ""),
            days=days if isinstance(days, int) else None,
            closed=bool(cleaned.get("closed")),
            sort=sort if sort.removeprefix("-") in SORTS else "unit",
        )

    def details(self) -> dict[str, object]:
        """Return what was asked, for the audit."""
        return {name: value for name, value in vars(self).items() if value not in ("", None, False)}


def units_in_reach(user: User, on: date) -> list[Organization]:
    """Units in the reader's scopes, with their regions."""
    return list(access_organizations_for(user, on).select_related("region").order_by("region__code", "path"))


def certifications() -> list[Certification]:
    """Everything that can be certified."""
    return list(Certification.objects.order_by("code"))


def roster(user: User, on: date, narrowed: RosterFilter) -> QuerySet[User]:
    """People in the reader's scope that fit the filter, in order, with `unit`, `hours` and `expires`."""
    people = access_people_for(user, on)
    if not narrowed.closed:
        people = people.filter(is_active=True)
    if narrowed.place:
        people = people.filter(pk__in=_people_at(narrowed.place, on).values("pk"))
    if narrowed.q:
        people = people.filter(called(narrowed.q))
    people = people.filter(_certificate_condition(narrowed, on))
    return _ordered(_annotated(people, on, narrowed.certification), narrowed.sort)


def closed_left_out(user: User, on: date, narrowed: RosterFilter) -> int:
    """Return how many people with a closed account fit the same filter and are not listed for that alone."""
    return roster(user, on, replace(narrowed, closed=True)).filter(is_active=False).count()


def person_in_reach(user: User, on: date, person_uuid: uuid.UUID) -> User | None:
    """Return the person, if in the reader's scope."""
    return _annotated(access_people_for(user, on), on, "").filter(uuid=person_uuid).first()


def _people_at(place: str, on: date) -> QuerySet[User]:
    kind, _, value = place.partition(":")
    if kind == "region":
        return people_of(Organization.objects.filter(region__code=value), on)
    unit = Organization.objects.filter(uuid=value).first()
    return people_of(organizations_under(unit), on) if unit else User.objects.none()


def _awards(code: str) -> QuerySet[CertificationAward]:
    awards = CertificationAward.objects.filter(user=OuterRef("pk"))
    return awards.filter(certification__code=code) if code else awards


def valid_on(on: date) -> Q:
    """Condition on CertificationAward: it holds on the day."""
    return current_awards() & (Q(expires_date__isnull=True) | Q(expires_date__gte=on))


def _certificate_condition(narrowed: RosterFilter, on: date) -> Q:
    awards = _awards(narrowed.certification)
    valid = Exists(awards.filter(valid_on(on)))
    until = on + timedelta(days=narrowed.days or SOON)
    expiring = Exists(awards.filter(current_awards(), expires_date__gte=on, expires_date__lte=until))
    conditions = {
        CertificateState.VALID.value: Q(valid),
        CertificateState.EXPIRING.value: Q(expiring),
        CertificateState.EXPIRED.value: Q(Exists(awards.filter(current_awards(), expires_date__lt=on))) & ~Q(valid),
        CertificateState.REVOKED.value: Q(Exists(awards.filter(revocation__isnull=False))) & ~Q(valid),
        CertificateState.LACKING.value: ~Q(valid),
        CertificateState.NONE.value: ~Q(Exists(awards)),
    }
    condition = conditions.get(narrowed.state, Q())
    if narrowed.days and narrowed.state != CertificateState.EXPIRING:
        condition &= Q(expiring)
    if narrowed.certification and not narrowed.state:
        condition &= Q(Exists(awards))
    return condition


def _annotated(people: QuerySet[User], on: date, certification: str) -> QuerySet[User]:
    posts = (
        JobAssignment.objects.current(on).filter(user=OuterRef("pk"), is_primary=True).order_by("-start_date", "-pk")
    )
    hours = LearningHours.objects.filter(user=OuterRef("pk"), year=on.year).order_by().values("user")
    valid = _awards(certification).filter(valid_on(on)).order_by().values("user")
    return people.annotate(
        unit=Subquery(posts.values("organization__path")[:1]),
        hours=Coalesce(Subquery(hours.annotate(total=Sum("hours")).values("total")), 0),
        expires=Subquery(valid.annotate(first=Min("expires_date")).values("first")),
    )


def _ordered(people: QuerySet[User], sort: str) -> QuerySet[User]:
    wanted = sort.removeprefix("-")
    field: F | Collate = by_name() if wanted == "name" else F(wanted)
    first = field.desc(nulls_last=True) if sort.startswith("-") else field.asc(nulls_last=True)
    return people.order_by(first, by_name(), "pk")
