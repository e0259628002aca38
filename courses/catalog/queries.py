"""Reading courses, lessons, runs and their pages."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from wagtail.models import Page

from courses.partners.models import PartnerProgram
from courses.partners.queries import AUTHORS, access_programs_for
from portal.pages.queries import open_to_all
from portal.users.models import Role, ScopeKind, User
from portal.users.rights import grants_in_force, has_role
from portal.users.scopes import Scope

from .labs import lab_count
from .models import Course, CourseIndexPage, CoursePage, CourseRun, Lesson, LessonPage


def access_courses_for(user: User, on: date) -> QuerySet[Course]:
    """Courses that the user authors: those of own programs in force; administrators all."""
    if has_role(user, Role.ADMINISTRATOR, on=on):
        return Course.objects.all()
    return Course.objects.filter(program__in=access_programs_for(user, on))


def access_runs_for(user: User, on: date, *roles: str) -> QuerySet[CourseRun]:
    """Return runs that the user teaches in one of the roles (authors' by default),
    by program or by run, while the program is in force; administrators all."""
    if has_role(user, Role.ADMINISTRATOR, on=on):
        return CourseRun.objects.all()
    grants = grants_in_force(user, on).filter(role__in=roles or AUTHORS)
    own_runs = grants.filter(scope_kind=ScopeKind.RUN).values("scope_uuid")
    programs = access_programs_for(user, on, *roles)
    return CourseRun.objects.filter(Q(course__program__in=programs) | Q(uuid__in=own_runs))


def own_courses(user: User, on: date) -> QuerySet[Course]:
    """Courses whose row an author may change."""
    if has_role(user, Role.ADMINISTRATOR, on=on):
        return Course.objects.all()
    return Course.objects.filter(program__in=access_programs_for(user, on, Role.INSTRUCTOR))


def own_lessons(user: User, on: date) -> QuerySet[Lesson]:
    """Lessons whose row an author may change."""
    return Lesson.objects.filter(course__in=own_courses(user, on))


def own_runs(user: User, on: date) -> QuerySet[CourseRun]:
    """Return runs whose row an author may change; teaching a single run gives no right to its dates."""
    return CourseRun.objects.filter(course__in=own_courses(user, on))


def course_pages(language: str, now: datetime) -> QuerySet[CoursePage]:
    """Return published course pages in a language that everybody may see, with what a card shows:
    lessons, labs, open runs."""
    open_runs = CourseRun.objects.open_for_enrollment(now).filter(course=OuterRef("course"))
    pages = open_to_all(CoursePage.objects.live().filter(locale__language_code=language))
    return (
        pages.select_related("course__program__partner", "locale")
        .annotate(
            lesson_count=Count("course__lessons", distinct=True),
            lab_count=lab_count("course"),
            is_open=Exists(open_runs),
        )
        .order_by("path")
    )


def course_index(language: str) -> CourseIndexPage | None:
    """Return the catalog's page in a language."""
    return CourseIndexPage.objects.filter(locale__language_code=language).order_by("path").first()


def lesson_pages_of(course: Course, language: str) -> list[LessonPage]:
    """Return published lesson pages of a course in order: in the language, Chinese where there is none; one query."""
    found: dict[int, LessonPage] = {}
    pages = LessonPage.objects.live().filter(lesson__course=course, locale__language_code__in={language, "zh-hans"})
    for page in pages.select_related("lesson", "locale").defer("body").order_by("lesson__order", "lesson_id", "pk"):
        if page.locale.language_code == language or page.lesson_id not in found:
            found[page.lesson_id] = page
    return list(found.values())


def lesson_pages(lessons: Iterable[Lesson], language: str) -> dict[int, LessonPage]:
    """Return published pages of lessons by lesson id: in the language, Chinese where there is none; one query."""
    found: dict[int, LessonPage] = {}
    pages = LessonPage.objects.live().filter(lesson__in=list(lessons), locale__language_code__in={language, "zh-hans"})
    for page in pages.select_related("locale").defer("body").order_by("pk"):
        if page.locale.language_code == language or page.lesson_id not in found:
            found[page.lesson_id] = page
    return found


def page_of_course(course: Course, language: str) -> CoursePage | None:
    """Return the published page of a course: in the language, Chinese where there is none."""
    return pages_of_courses([course], language).get(course.pk)


def pages_of_courses(
    courses: Iterable[Course | int], language: str, *, only_open: bool = False
) -> dict[int, CoursePage]:
    """Return published pages of several courses by course id, as `page_of_course`; one query.

    `only_open` leaves out pages that not everybody may see.
    """
    found: dict[int, CoursePage] = {}
    pages = CoursePage.objects.live().filter(course__in=list(courses), locale__language_code__in={language, "zh-hans"})
    for page in (open_to_all(pages) if only_open else pages).select_related("locale").defer("body").order_by("pk"):
        if page.locale.language_code == language or page.course_id not in found:
            found[page.course_id] = page
    return found


def run_label(run_uuid: uuid.UUID) -> str | None:
    """Name of a run, for the scope of a grant."""
    return CourseRun.objects.filter(uuid=run_uuid).values_list("name", flat=True).first()


def run_choices() -> list[tuple[uuid.UUID, str]]:
    """Return runs that a form for grants offers."""
    return list(CourseRun.objects.order_by("name", "pk").values_list("uuid", "name"))


def enclosing_program(run_uuid: uuid.UUID) -> list[Scope]:
    """Return the program that a run belongs to, if it belongs to any."""
    program = CourseRun.objects.filter(uuid=run_uuid).values_list("course__program__uuid", flat=True).first()
    return [Scope(ScopeKind.PROGRAM.value, program)] if program else []


def ended_runs(on: date) -> QuerySet[CourseRun, uuid.UUID]:
    """uuids of runs whose program does not run on the day; grants for them do not count."""
    running = PartnerProgram.objects.in_force(on).values("pk")
    runs = CourseRun.objects.filter(course__program__isnull=False).exclude(course__program__in=running)
    return runs.values_list("uuid", flat=True)


def pages_of_program(program: PartnerProgram) -> QuerySet[Page]:
    """Course pages on which a program's authors work, with the lessons below them."""
    return Page.objects.filter(pk__in=CoursePage.objects.filter(course__program=program).values("pk"))
