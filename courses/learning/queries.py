"""Reading enrollments, progress and hours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from courses.catalog.models import Course, CourseRun, Lesson, LessonPage
from courses.catalog.queries import lesson_pages, lesson_pages_of, pages_of_courses
from portal.pages.queries import address_of
from portal.users.models import Role, RoleGrant, ScopeKind, User
from portal.users.rights import has_role
from portal.users.scopes import ended_scopes

from .attempts import Asked, Trying, details_of, tried_requirements
from .models import Enrollment, EnrollmentStatus, LearningHours, LessonProgress, RequirementMet, RunRequirement


def access_enrollments_for(user: User | AnonymousUser) -> QuerySet[Enrollment]:
    """Return the user's own places in runs, withdrawn ones left out."""
    if user.pk is None:
        return Enrollment.objects.none()
    own = Enrollment.objects.present().filter(user_id=user.pk)
    return own.select_related("run__course", "last_lesson")


def active_enrollment(user: User, run: CourseRun) -> Enrollment | None:
    """Return the user's place in the run, completed or not; None for others and the withdrawn."""
    return access_enrollments_for(user).filter(run=run).first()


def enrollment_for_lesson(user: User | AnonymousUser, course: Course) -> Enrollment | None:
    """Return the place in which reading the course counts: one that is still being learned in, else the latest."""
    places = list(access_enrollments_for(user).filter(run__course=course).order_by("-enrolled_at", "-pk"))
    return next((place for place in places if place.status == EnrollmentStatus.ACTIVE), places[0] if places else None)


def hours_of(user: User, year: int) -> int:
    """Learning hours of a person in a local year, in hundredths, reversals counted."""
    total: int | None = LearningHours.objects.filter(user=user, year=year).aggregate(total=Sum("hours"))["total"]
    return total or 0


def may_enroll(user: User | AnonymousUser, on: date) -> bool:
    """Return whether the person learns here at all."""
    return has_role(user, Role.LEARNER, on=on)


def run_groups(user: User, on: date) -> list[str]:
    """Return groups that the hub is told: the runs in which the person has a place."""
    codes = access_enrollments_for(user).order_by("run__code").values_list("run__code", flat=True)
    return [f"run-{code}" for code in codes]


@dataclass(frozen=True)
class LessonStep:
    """A lesson as one step on the learner's way."""

    lesson: Lesson
    url: str
    title: str
    is_done: bool = False
    is_current: bool = False


@dataclass(frozen=True)
class RunProgress:
    """How far a learner is in one run."""

    enrollment: Enrollment
    title: str
    course_url: str
    resume_url: str
    resume_title: str
    has_begun: bool
    lessons_done: int
    lessons: int
    requirements: tuple[tuple[RunRequirement, bool], ...]
    now: datetime
    tried: frozenset[int] = frozenset()
    """Ids of the requirements that the learner has tried."""
    details: Mapping[int, Trying] = field(default_factory=dict)
    """How the learner stands towards the requirements, by their ids, as far as anybody knows."""

    @property
    def asked(self) -> list[Asked]:
        """What the run requires, each with all that is known of it."""
        return [Asked(one, is_met, one.pk in self.tried, self.details.get(one.pk)) for one, is_met in self.requirements]

    @property
    def last_at(self) -> datetime | None:
        """When the learner was last seen at work, reading or practicing."""
        seen = [self.enrollment.last_active_at, *(one.last_at for one in self.details.values())]
        return max((each for each in seen if each is not None), default=None)

    @property
    def percent(self) -> int:
        """Done share of all steps, 100 only when nothing is missing."""
        steps = self.lessons + len(self.requirements)
        done = self.lessons_done + sum(met for _, met in self.requirements)
        return done * 100 // steps if steps else 0

    @property
    def is_completed(self) -> bool:
        """Whether the run is completed."""
        return self.enrollment.status == EnrollmentStatus.COMPLETED

    @property
    def is_over(self) -> bool:
        """Whether nothing can be learned in the run any more."""
        return self.enrollment.run.ends_at <= self.now

    @property
    def is_to_come(self) -> bool:
        """Whether the teaching has not begun."""
        return self.enrollment.run.starts_at > self.now


def run_progress(enrollments: Iterable[Enrollment], language: str, now: datetime) -> list[RunProgress]:
    """Progress in each run; the number of queries does not depend on how many runs there are."""
    rows = list(enrollments)
    courses = {row.run.course_id for row in rows}
    lessons: dict[int, list[Lesson]] = {course: [] for course in courses}
    for lesson in Lesson.objects.filter(course__in=courses).order_by("order", "pk"):
        lessons[lesson.course_id].append(lesson)
    pages = lesson_pages([one for several in lessons.values() for one in several], language)
    course_pages = pages_of_courses([row.run.course for row in rows], language)
    completed = LessonProgress.objects.filter(enrollment__in=rows, completed_at__isnull=False)
    done = set(completed.values_list("enrollment", "lesson"))
    requirements = list(RunRequirement.objects.in_force().filter(run__in=[row.run_id for row in rows]).order_by("pk"))
    met = set(RequirementMet.objects.filter(enrollment__in=rows).values_list("enrollment", "requirement"))
    people = {row.user_id for row in rows}
    tried, details = tried_requirements(people, requirements), details_of(people, requirements)
    result = []
    for row in rows:
        own = lessons[row.run.course_id]
        asked = tuple((one, (row.pk, one.pk) in met) for one in requirements if one.run_id == row.run_id)
        url, title = _resume(row, own, pages, {lesson for place, lesson in done if place == row.pk}, asked)
        course_page = course_pages.get(row.run.course_id)
        result.append(
            RunProgress(
                enrollment=row,
                title=row.run.course.title_in(language),
                course_url=address_of(course_page) if course_page else "",
                resume_url=url or (address_of(course_page) if course_page else ""),
                resume_title=title,
                has_begun=row.last_lesson_id is not None,
                lessons_done=sum((row.pk, lesson.pk) in done for lesson in own),
                lessons=len(own),
                requirements=asked,
                now=now,
                tried=frozenset(requirement for person, requirement in tried if person == row.user_id),
                details={one: details[row.user_id, one] for _, one in details if (row.user_id, one) in details},
            )
        )
    return result


def _resume(
    enrollment: Enrollment,
    lessons: list[Lesson],
    pages: dict[int, LessonPage],
    done: set[int],
    asked: Iterable[tuple[RunRequirement, bool]],
) -> tuple[str, str]:
    """Return where to go on: the block at which the learner stopped,
    else the first lesson that is not completed, else what the
    run asks beyond the lessons. A completed run is read again from its beginning."""
    if enrollment.status == EnrollmentStatus.COMPLETED:
        first = next((pages[one.pk] for one in lessons if one.pk in pages), None)
        return (address_of(first), first.title) if first else ("", "")
    if all(one.pk in done for one in lessons):
        left = next((one for one, is_met in asked if not is_met and one.url), None)
        if left is not None:
            return left.url, left.label
    last = enrollment.last_lesson_id
    target = last if last in pages and last not in done else None
    if target is None:
        target = next(
            (one.pk for one in lessons if one.pk not in done and one.pk in pages), last if last in pages else None
        )
    if target is None:
        return "", ""
    page = pages[target]
    anchor = f"#b-{enrollment.last_block}" if target == last and enrollment.last_block else ""
    return address_of(page) + anchor, page.title


def steps_of(course: Course, enrollment: Enrollment | None, current: Lesson | None, language: str) -> list[LessonStep]:
    """Return the published lessons of a course in order, as this learner sees them."""
    done: set[int] = set()
    if enrollment is not None:
        completed = LessonProgress.objects.filter(enrollment=enrollment, completed_at__isnull=False)
        done = set(completed.values_list("lesson", flat=True))
    return [
        LessonStep(
            lesson=page.lesson,
            url=address_of(page),
            title=page.title,
            is_done=page.lesson_id in done,
            is_current=current is not None and page.lesson_id == current.pk,
        )
        for page in lesson_pages_of(course, language)
    ]


@dataclass(frozen=True)
class RunOffer:
    """A run as a course page offers it to this reader."""

    run: CourseRun
    enrollment: Enrollment | None
    taken: int
    is_signed_in: bool
    is_learner: bool
    now: datetime

    @property
    def state(self) -> str:
        """enrolled · completed · full · not_open · closed · open: what the button says."""
        if self.enrollment is not None:
            return "completed" if self.enrollment.status == EnrollmentStatus.COMPLETED else "enrolled"
        if self.now < self.run.enroll_opens_at:
            return "not_open"
        if self.now >= self.run.enroll_closes_at:
            return "closed"
        return "full" if self.run.capacity is not None and self.taken >= self.run.capacity else "open"

    @property
    def is_open(self) -> bool:
        """Whether somebody may enroll now."""
        return self.state == "open"

    @property
    def is_enrolled(self) -> bool:
        """Whether the reader has a place."""
        return self.enrollment is not None

    @property
    def is_completed(self) -> bool:
        """Whether the reader completed the run."""
        return self.state == "completed"

    @property
    def places_left(self) -> int | None:
        """How many places are left; None where there is no limit."""
        return None if self.run.capacity is None else max(0, self.run.capacity - self.taken)


def offers_of(course: Course, user: User | AnonymousUser, now: datetime, limit: int = 6) -> list[RunOffer]:
    """Return the runs of a course as this reader may enter them, the latest first;
    runs long over only to their learners."""
    present = Enrollment.present_at("enrollments")
    counted = course.runs.annotate(taken=Count("enrollments", filter=present))
    runs = list(counted.order_by("-starts_at", "-pk")[:limit])
    taken = {run.pk: int(getattr(run, "taken", 0)) for run in runs}
    own = {row.run_id: row for row in access_enrollments_for(user).filter(run__in=runs)}
    is_learner = user.pk is not None and may_enroll(user, timezone.localdate(now))
    return [
        RunOffer(run, own.get(run.pk), taken[run.pk], user.pk is not None, is_learner, now)
        for run in runs
        if run.ends_at > now or run.pk in own
    ]


def lacking_nothing(places: QuerySet[Enrollment]) -> list[Enrollment]:
    """Those of the places that are still open though every required lesson is completed and every requirement met."""
    done = LessonProgress.objects.filter(
        enrollment=OuterRef(OuterRef("pk")), lesson=OuterRef("pk"), completed_at__isnull=False
    )
    required = Lesson.objects.filter(course=OuterRef("run__course"), is_required=True)
    asked = RunRequirement.objects.in_force().filter(run=OuterRef("run"))
    met = RequirementMet.objects.filter(enrollment=OuterRef(OuterRef("pk")), requirement=OuterRef("pk"))
    waiting = places.filter(
        Exists(required) | Exists(asked),
        ~Exists(required.filter(~Exists(done))),
        ~Exists(asked.filter(~Exists(met))),
        status=EnrollmentStatus.ACTIVE,
    )
    return list(waiting.order_by("pk"))


def teachers_of(run: CourseRun, on: date) -> QuerySet[User]:
    """Instructors of the run, by run or by program."""
    scopes = Q(scope_kind=ScopeKind.RUN, scope_uuid=run.uuid)
    if run.course.program is not None:
        scopes |= Q(scope_kind=ScopeKind.PROGRAM, scope_uuid=run.course.program.uuid)
    grants = RoleGrant.objects.in_force(on).filter(scopes, role=Role.INSTRUCTOR).exclude(ended_scopes(on))
    return User.objects.filter(pk__in=grants.values("user"), is_active=True).order_by("pk")
