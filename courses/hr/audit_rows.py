"""What an auditor reads of people, their courses and certificates, with the way to the person where that is in reach."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from courses.certification.models import CertificationAward
from courses.learning.models import CourseCompletion, Enrollment, LearningHours
from portal.audit.sentences import Concerned, Key, register_rows, uuids
from portal.organizations.queries import access_people_for
from portal.users.models import User

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


def _described(rows: Callable[[Sequence[Key]], Found]) -> Callable[[Any, date, Sequence[Key]], Mapping[Key, Concerned]]:
    def describe(user: Any, on: date, keys: Sequence[Key]) -> Mapping[Key, Concerned]:
        found = list(rows(keys))
        owners = {owner for _key, _name, owner in found}
        reach = dict(access_people_for(user, on).filter(pk__in=owners).values_list("pk", "uuid"))
        pages = {pk: reverse("hr:person", args=[uuid]) for pk, uuid in reach.items()}
        return {key: Concerned(name, pages.get(owner, "")) for key, name, owner in found}

    return describe


def register() -> None:
    """This will name and link them on the auditor's pages."""
    for model, rows in (
        (User, _people),
        (Enrollment, _enrollments),
        (CourseCompletion, _completions),
        (LearningHours, _hours),
        (CertificationAward, _awards),
    ):
        register_rows(model._meta.label_lower, _described(rows))
