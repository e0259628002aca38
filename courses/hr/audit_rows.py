"""What an auditor reads of people, their courses and certificates, with the way to the person where that is in reach."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from courses.certification.models import Certification, CertificationAward
from courses.learning.models import CourseCompletion, Enrollment, LearningHours
from portal.audit.details import Find, Words
from portal.audit.sentences import Concerned, Describe, Key, uuids
from portal.organizations.models import Organization, Region
from portal.organizations.queries import access_organizations_for, access_people_for
from portal.users.models import User

from .enums import CertificateState

UUID_LENGTH = 36

Found = Iterable[tuple[Key, str, int]]
"""A row's key, its name, and the number of the person whom it belongs to."""


def _people(keys: Sequence[Key]) -> Found:
    return ((uuid, "", pk) for uuid, pk in User.objects.filter(uuid__in=uuids(keys)).values_list("uuid", "pk"))


def _enrollments(keys: Sequence[Key]) -> Found:
    rows = Enrollment.objects.filter(uuid__in=uuids(keys)).select_related("user", "run")
    return ((row.uuid, f"{row.user}（{row.run}）", row.user_id) for row in rows)


def _completions(keys: Sequence[Key]) -> Found:
    rows = CourseCompletion.objects.filter(uuid__in=uuids(keys)).select_related("enrollment__user", "course")
    return ((row.uuid, f"{row.enrollment.user}（{row.course}）", row.enrollment.user_id) for row in rows)


def _hours(keys: Sequence[Key]) -> Found:
    rows = LearningHours.objects.filter(uuid__in=uuids(keys)).select_related("user")
    return ((row.uuid, _hours_told(row), row.user_id) for row in rows)


def _hours_told(row: LearningHours) -> str:
    told = {"person": row.user, "hours": f"{row.hours / 100:g}", "year": row.year}
    return _("%(person)s (%(hours)s hours, %(year)s)") % told


def _awards(keys: Sequence[Key]) -> Found:
    rows = CertificationAward.objects.filter(uuid__in=uuids(keys)).select_related("user")
    return ((row.uuid, f"{row.serial}（{row.user}）", row.user_id) for row in rows)


def _described(rows: Callable[[Sequence[Key]], Found]) -> Describe:
    def describe(user: Any, on: date, keys: Sequence[Key]) -> Mapping[Key, Concerned]:
        found = list(rows(keys))
        owners = {owner for _key, _name, owner in found}
        reach = dict(access_people_for(user, on).filter(pk__in=owners).values_list("pk", "uuid"))
        pages = {pk: reverse("hr:person", args=[uuid]) for pk, uuid in reach.items()}
        return {key: Concerned(name, pages.get(owner, "")) for key, name, owner in found}

    return describe


def people_by_login_name(user: Any, on: date, names: Sequence[str]) -> dict[str, Concerned]:
    """People whom details call by their login names."""
    return _as_concerned(user, on, {person.username: person for person in User.objects.filter(username__in=names)})


def people_by_uuid(user: Any, on: date, keys: Sequence[str]) -> dict[str, Concerned]:
    """People whom details call by their uuids."""
    known = [key for key in keys if len(key) == UUID_LENGTH]
    return _as_concerned(user, on, {str(person.uuid): person for person in User.objects.filter(uuid__in=known)})


def _as_concerned(user: Any, on: date, people: Mapping[str, User]) -> dict[str, Concerned]:
    pks = [person.pk for person in people.values()]
    reach = set(access_people_for(user, on).filter(pk__in=pks).values_list("pk", flat=True))
    return {
        key: Concerned(str(person), reverse("hr:person", args=[person.uuid]) if person.pk in reach else "")
        for key, person in people.items()
    }


def places(user: Any, on: date, values: Sequence[str]) -> dict[str, Concerned]:
    """Regions and units as the filter of the roster holds them."""
    parts = [value.partition(":") for value in values]
    regions = Region.objects.filter(code__in=[rest for kind, _sign, rest in parts if kind == "region"])
    asked = [rest for kind, _sign, rest in parts if kind == "unit" and len(rest) == UUID_LENGTH]
    units = Organization.objects.filter(uuid__in=asked)
    found = {f"region:{region.code}": Concerned(region.name) for region in regions}
    return found | {f"unit:{unit.uuid}": Concerned(unit.name) for unit in units}


def units(user: Any, on: date, codes: Sequence[str]) -> dict[str, Concerned]:
    """Units by code, with the way to their people where the reader sees them."""
    rows = list(Organization.objects.filter(code__in=codes))
    reach = set(access_organizations_for(user, on).filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    people = f"{reverse('hr:people')}?place=unit:"
    return {row.code: Concerned(row.name, f"{people}{row.uuid}" if row.pk in reach else "") for row in rows}


def certifications(user: Any, on: date, codes: Sequence[str]) -> dict[str, Concerned]:
    """Certifications by code."""
    return {row.code: Concerned(row.name) for row in Certification.objects.filter(code__in=codes)}


_SORTS: dict[str, str | Promise] = {
    "name": pgettext_lazy("detail of an event", "name"),
    "unit": pgettext_lazy("detail of an event", "unit"),
    "hours": pgettext_lazy("detail of an event", "hours"),
    "expires": pgettext_lazy("detail of an event", "valid until"),
}
ROWS: dict[str, Describe] = {
    model._meta.label_lower: _described(rows)
    for model, rows in (
        (User, _people),
        (Enrollment, _enrollments),
        (CourseCompletion, _completions),
        (LearningHours, _hours),
        (CertificationAward, _awards),
    )
}
DETAIL_ROWS: dict[str, str | Find] = {
    "learning.user": people_by_login_name,
    "grading.taken_over.from": people_by_login_name,
    "assignments.user": people_by_uuid,
    "hr.place": places,
    "organization": units,
    "from_organization": units,
    "goes_on": units,
    "hr.certification": certifications,
}
WORDS: dict[str, Words] = {
    "hr.state": dict(CertificateState.choices),
    "hr.sort": lambda sort: str(_SORTS.get(str(sort).removeprefix("-"), sort)),
}
