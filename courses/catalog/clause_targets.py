"""Lessons as what may rest on a clause: how they are called, who looks after them, how the search follows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.html import strip_tags

from courses.partners.queries import owners_of_programs
from portal.knowledge.registry import TargetCard, TargetRef
from portal.pages.findable import put_page
from portal.pages.queries import address_of

from .models import Lesson, LessonPage
from .queries import lesson_pages

KIND = "lesson_block"
CHINESE = "zh-hans"
LABEL = 24


def resolve_lessons(refs: Collection[TargetRef], user: Any, language: str) -> dict[TargetRef, TargetCard]:
    """Cards of lessons by reference to one of their blocks."""
    rows = Lesson.objects.filter(uuid__in={ref.uuid for ref in refs}).select_related("course__program")
    lessons = {lesson.uuid: lesson for lesson in rows}
    pages = lesson_pages(lessons.values(), language)
    programs = [lesson.course.program for lesson in lessons.values() if lesson.course.program is not None]
    owners = owners_of_programs(programs, timezone.localdate())
    cards = {}
    for ref in refs:
        lesson = lessons.get(ref.uuid)
        if lesson is None:
            continue
        page = pages.get(lesson.pk)
        anchor = f"#b-{ref.part}" if ref.part else ""
        cards[ref] = TargetCard(
            title=lesson.title_in(language),
            url=f"{address_of(page)}{anchor}" if page is not None else "",
            context=lesson.course.title_in(language),
            owner_ids=owners.get(lesson.course.program_id or 0, ()),
        )
    return cards


def lesson_choices() -> Iterable[tuple[TargetRef, str]]:
    """Every block of every published lesson in Chinese, by its first words."""
    pages = LessonPage.objects.live().filter(locale__language_code=CHINESE).select_related("lesson__course")
    for page in pages.order_by("lesson__course__title", "lesson__order", "pk"):
        yield TargetRef(KIND, page.lesson.uuid), f"{page.lesson.course} › {page.lesson}"
        for block_id, words in _blocks(page):
            yield TargetRef(KIND, page.lesson.uuid, block_id), f"{page.lesson} › {words}"


def refresh_lesson(ref: TargetRef, at: datetime) -> None:
    """Make the search agree with the lesson's pages, in the caller's transaction."""
    for page in LessonPage.objects.live().filter(lesson__uuid=ref.uuid).select_related("locale", "lesson__course"):
        put_page(page, at)


def _blocks(page: LessonPage) -> Iterator[tuple[str, str]]:
    for block in page.body:
        words = " ".join(strip_tags(str(text)) for text in block.block.get_searchable_content(block.value)).strip()
        if block.id and words:
            yield str(block.id), words[:LABEL]
