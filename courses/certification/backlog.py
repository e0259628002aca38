"""Completions that earn a certificate which nobody has awarded: the certification came later than they did."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import F

from courses.learning.models import CourseCompletion
from portal.organizations.queries import managed_people_for
from portal.users.models import User

from .models import Certification, CertificationAward, IssueRequest


@dataclass(frozen=True)
class Owed:
    """A completion and a certification of its course that was never awarded for it."""

    completion: CourseCompletion
    certification: Certification

    @property
    def key(self) -> str:
        """How a form names it."""
        return f"{self.completion.uuid}.{self.certification.uuid}"


def owed_for(user: User | AnonymousUser, on: date, person: uuid.UUID | None = None) -> list[Owed]:
    """Return what could be awarded to people whom the user looks after, never the own, oldest completion first.

    A completion that waits in the queue of awards is not owed: the worker awards it by itself.
    """
    if user.pk is None:
        return []
    people = managed_people_for(user, on).exclude(pk=user.pk)
    people = people.filter(uuid=person) if person else people
    completions = CourseCompletion.objects.filter(
        enrollment__user__in=people.values("pk"), course__certifications__isnull=False
    ).distinct()
    waiting = IssueRequest.objects.exclude(status="done").values("completion")
    rows = completions.exclude(pk__in=waiting).select_related("course", "enrollment__user", "enrollment__run")
    listed = list(rows.order_by("completed_at", "pk"))
    certifications: dict[int, list[Certification]] = {}
    for one in Certification.objects.filter(course__in=[row.course_id for row in listed]).order_by("pk"):
        certifications.setdefault(one.course_id, []).append(one)
    awarded = set(
        CertificationAward.objects.filter(completion__in=listed).values_list(F("completion"), F("certification"))
    )
    return [
        Owed(row, one)
        for row in listed
        for one in certifications.get(row.course_id, [])
        if (row.pk, one.pk) not in awarded
    ]


def chosen(owed: Iterable[Owed], keys: Iterable[str]) -> list[Owed]:
    """Those that a form named."""
    wanted = set(keys)
    return [one for one in owed if one.key in wanted]
