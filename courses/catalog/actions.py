"""Writes of courses, lessons and runs. Their draft pages are made in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from wagtail.models import Locale, Page

from courses.partners.actions import make_partner_page
from courses.partners.groups import sync_program_pages
from courses.partners.models import PartnerProgram
from courses.partners.queries import partner_page
from portal.audit.actions import record
from portal.users.models import User

from .models import Course, CoursePage, CourseRun, Lesson, LessonPage
from .queries import course_index

ENGLISH = "en"
CHINESE = "zh-hans"


@transaction.atomic
def create_course(*, fields: Mapping[str, Any], by: User | None, at: datetime) -> Course:
    """Make a course and its draft pages; the authors of its program may work on them at once."""
    course = Course.objects.create(created_at=at, created_by=by, **fields)
    record(by=by, at=at, event="catalog.course_created", target=course)
    _make_course_page(course)
    if course.program is not None:
        sync_program_pages(course.program)
    return course


@transaction.atomic
def change_course(*, course: Course, fields: Mapping[str, Any], by: User | None, at: datetime) -> Course:
    """Change a course; when it passes to another program, the right to its pages passes too."""
    before = Course.objects.get(pk=course.pk).program
    _set(course, fields)
    record(by=by, at=at, event="catalog.course_changed", target=course, details={"fields": sorted(fields)})
    for program in PartnerProgram.objects.filter(pk__in=[p.pk for p in (before, course.program) if p]):
        sync_program_pages(program)
    return course


@transaction.atomic
def create_lesson(*, fields: Mapping[str, Any], by: User | None, at: datetime) -> Lesson:
    """Make a lesson and its draft pages below the course's."""
    lesson = Lesson.objects.create(**fields)
    record(by=by, at=at, event="catalog.lesson_created", target=lesson)
    parent = CoursePage.objects.filter(course=lesson.course, locale__language_code=CHINESE).order_by("pk").first()
    if parent is not None:
        page = LessonPage(
            title=lesson.title, slug=slugify(lesson.code), lesson=lesson, locale=parent.locale, live=False
        )
        _add_with_twin(parent, page, lesson.title_en)
    return lesson


@transaction.atomic
def change_lesson(*, lesson: Lesson, fields: Mapping[str, Any], by: User | None, at: datetime) -> Lesson:
    """Change a lesson's row; its pages keep their own words."""
    _set(lesson, fields)
    record(by=by, at=at, event="catalog.lesson_changed", target=lesson, details={"fields": sorted(fields)})
    return lesson


@transaction.atomic
def create_run(*, fields: Mapping[str, Any], by: User | None, at: datetime) -> CourseRun:
    """Make a run of a course."""
    run = CourseRun.objects.create(**fields)
    record(by=by, at=at, event="catalog.run_created", target=run, details=_windows(run))
    return run


@transaction.atomic
def change_run(*, run: CourseRun, fields: Mapping[str, Any], by: User | None, at: datetime) -> CourseRun:
    """Change a run's name, windows or places."""
    _set(run, fields)
    record(by=by, at=at, event="catalog.run_changed", target=run, details=_windows(run))
    return run


def _set(row: Any, fields: Mapping[str, Any]) -> None:
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()


def _windows(run: CourseRun) -> dict[str, str]:
    names = ("enroll_opens_at", "enroll_closes_at", "starts_at", "ends_at")
    return {name: getattr(run, name).isoformat() for name in names}


def _make_course_page(course: Course) -> Page | None:
    index = course_index(CHINESE)
    if index is None:
        return None
    parent: Page = index
    if course.program is not None:
        partner = course.program.partner
        parent = partner_page(partner, CHINESE) or make_partner_page(
            partner=partner, index=index, translated_index=course_index(ENGLISH)
        )
    page = CoursePage(title=course.title, slug=slugify(course.code), course=course, locale=parent.locale, live=False)
    return _add_with_twin(parent, page, course.title_en)


def _add_with_twin(parent: Page, page: Page, english_title: str) -> Page:
    """Add a draft below its parent, and its English twin below the parent's, where there is one."""
    parent.add_child(instance=page)
    page.save_revision()
    english = Locale.objects.filter(language_code=ENGLISH).first()
    if english is not None and parent.has_translation(english):
        twin = page.copy_for_translation(english)
        twin.title = twin.draft_title = english_title or page.title
        twin.save()
        twin.save_revision()
    return page
