"""What an auditor reads of courses and lessons: the way to the published page that anybody may open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import get_language

from portal.audit.details import Find, Word, detail_name
from portal.audit.sentences import Concerned, Describe, Key, uuids
from portal.pages.queries import spoken_language

from .models import Course, CoursePage, CourseRun, Lesson, LessonPage


def courses(user: Any, on: date, keys: Sequence[Key]) -> dict[Key, Concerned]:
    """Courses by title, with their pages."""
    rows = list(Course.objects.filter(uuid__in=uuids(keys)))
    pages = CoursePage.objects.live().public().filter(course__in=rows).select_related("course", "locale")
    return _named({row.uuid: row for row in rows}, _nearest([(page.course.uuid, page) for page in pages]))


def lessons(user: Any, on: date, keys: Sequence[Key]) -> dict[Key, Concerned]:
    """Lessons by title, with their pages."""
    rows = list(Lesson.objects.filter(uuid__in=uuids(keys)))
    pages = LessonPage.objects.live().public().filter(lesson__in=rows).select_related("lesson", "locale")
    return _named({row.uuid: row for row in rows}, _nearest([(page.lesson.uuid, page) for page in pages]))


def courses_by_code(user: Any, on: date, codes: Sequence[str]) -> dict[str, Concerned]:
    """Return the same for details that hold the code of a course."""
    rows = list(Course.objects.filter(code__in=codes))
    found = courses(user, on, [row.uuid for row in rows])
    return {row.code: found[row.uuid] for row in rows}


def runs_by_code(user: Any, on: date, codes: Sequence[str]) -> dict[str, Concerned]:
    """Return runs by name."""
    return {row.code: Concerned(row.name) for row in CourseRun.objects.filter(code__in=codes)}


def _named(rows: Mapping[Key, Course | Lesson], pages: Mapping[Key, str]) -> dict[Key, Concerned]:
    language = spoken_language()
    return {key: Concerned(row.title_in(language), pages.get(key, "")) for key, row in rows.items()}


def _nearest(pages: list[tuple[Key, Any]]) -> dict[Key, str]:
    """Return the addresses by key; the one in the reader's language comes last and stays."""
    language = (get_language() or "").lower()
    pages.sort(key=lambda found: found[1].locale.language_code.lower() == language)
    return {key: page.url or "" for key, page in pages}


ROWS: dict[str, Describe] = {"catalog.course": courses, "catalog.lesson": lessons}
DETAIL_ROWS: dict[str, str | Find] = {
    "lesson": "catalog.lesson",
    "learning.course_completed.course": courses_by_code,
    "learning.enrolled.run": runs_by_code,
    "learning.withdrawn.run": runs_by_code,
}
FIELDS: dict[str, type[models.Model]] = {"catalog.course_changed": Course, "catalog.lesson_changed": Lesson}
WORDS: dict[str, Word] = {
    "catalog.course_changed.fields": lambda field: detail_name(str(field), "catalog.course_changed"),
    "catalog.lesson_changed.fields": lambda field: detail_name(str(field), "catalog.lesson_changed"),
}
