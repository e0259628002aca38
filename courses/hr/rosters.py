"""Rows of the roster: people with their posts, courses and certificates. The number of queries never depends on how many."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count

from courses.catalog.models import Lesson
from courses.certification.models import CertificationAward
from courses.certification.queries import STANDING, AwardStanding, AwardStatus, standing
from courses.learning.models import Enrollment, LessonProgress, RequirementMet, RunRequirement
from portal.organizations.models import JobAssignment
from portal.users.models import User


@dataclass(frozen=True)
class CoursePlace:
    """A person's place in a run, and how far."""

    enrollment: Enrollment
    percent: int

    @property
    def is_completed(self) -> bool:
        """Whether the course is completed."""
        return self.enrollment.status == "completed"


@dataclass(frozen=True)
class RosterRow:
    """A person as personnel officers see one."""

    person: User
    hours: int
    post: JobAssignment | None
    courses: list[CoursePlace] = field(default_factory=list)
    certificates: list[AwardStanding] = field(default_factory=list)


def roster_rows(people: Sequence[User], on: date) -> list[RosterRow]:
    """Rows of the given people, which come from `queries.roster`."""
    posts = {
        post.user_id: post
        for post in JobAssignment.objects.current(on)
        .filter(user__in=people, is_primary=True)
        .select_related("organization__region", "position")
        .order_by("start_date", "pk")
    }
    courses, certificates = _courses(people), _certificates(people, on)
    return [
        RosterRow(
            person=person,
            hours=getattr(person, "hours", 0),
            post=posts.get(person.pk),
            courses=courses[person.pk],
            certificates=certificates[person.pk],
        )
        for person in people
    ]


def _certificates(people: Iterable[User], on: date) -> dict[int, list[AwardStanding]]:
    """Certificates that count or were revoked; replaced ones stand behind their successors."""
    found: dict[int, list[AwardStanding]] = defaultdict(list)
    awards = CertificationAward.objects.filter(user__in=people).select_related(*STANDING)
    for award in awards.order_by("-awarded_at", "-pk"):
        one = standing(award, on)
        if one.status != AwardStatus.SUPERSEDED:
            found[award.user_id].append(one)
    return found


def _courses(people: Iterable[User]) -> dict[int, list[CoursePlace]]:
    places = list(
        Enrollment.objects.present()
        .filter(user__in=people)
        .select_related("run__course")
        .order_by("-enrolled_at", "-pk")
    )
    lessons = _counted(
        Lesson.objects.filter(course__runs__enrollments__in=places).distinct().values_list("course", "pk")
    )
    asked = _counted(
        RunRequirement.objects.in_force().filter(run__enrollments__in=places).distinct().values_list("run", "pk")
    )
    done = LessonProgress.objects.filter(enrollment__in=places, completed_at__isnull=False)
    steps = Counter(dict(done.order_by().values_list("enrollment").annotate(Count("pk"))))
    steps.update(
        dict(
            RequirementMet.objects.filter(enrollment__in=places, requirement__withdrawn_at__isnull=True)
            .order_by()
            .values_list("enrollment")
            .annotate(Count("pk"))
        )
    )
    found: dict[int, list[CoursePlace]] = defaultdict(list)
    for place in places:
        whole = lessons[place.run.course_id] + asked[place.run_id]
        percent = 100 if place.status == "completed" else (steps[place.pk] * 100 // whole if whole else 0)
        found[place.user_id].append(CoursePlace(enrollment=place, percent=min(percent, 100)))
    return found


def _counted(pairs: Iterable[tuple[int, int]]) -> Counter[int]:
    return Counter(owner for owner, _ in pairs)
