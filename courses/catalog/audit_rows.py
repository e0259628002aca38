"""What an auditor reads of courses and lessons: the way to the published page that anybody may open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import get_language

from portal.audit.sentences import Concerned, Key, register_rows, uuids

from .models import CoursePage, LessonPage


def courses(user: Any, on: date, keys: Sequence[Key]) -> dict[Key, Concerned]:
    """Courses by their pages."""
    pages = CoursePage.objects.live().public().filter(course__uuid__in=uuids(keys)).select_related("course", "locale")
    return _nearest([(page.course.uuid, page) for page in pages])


def lessons(user: Any, on: date, keys: Sequence[Key]) -> dict[Key, Concerned]:
    """Lessons by their pages."""
    pages = LessonPage.objects.live().public().filter(lesson__uuid__in=uuids(keys)).select_related("lesson", "locale")
    return _nearest([(page.lesson.uuid, page) for page in pages])


def _nearest(pages: list[tuple[Key, Any]]) -> dict[Key, Concerned]:
    """The page in the reader's language comes last and stays."""
    language = (get_language() or "").lower()
    pages.sort(key=lambda found: found[1].locale.language_code.lower() == language)
    return {key: Concerned(address=page.url or "") for key, page in pages}


def register() -> None:
    """This will link them on the auditor's pages."""
    register_rows("catalog.course", courses)
    register_rows("catalog.lesson", lessons)
