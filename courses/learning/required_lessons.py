"""Whom it touches that a lesson becomes required, or is required no longer: the change is made, looked at and taken back."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from courses.catalog.models import Lesson

from .models import CourseCompletion, Enrollment, EnrollmentStatus, LessonProgress, RunRequirement
from .queries import lacking_nothing

MOST_NAMES = 20


def effects_in_words(lesson: Lesson, *, is_required: bool) -> list[str]:
    """Return a sentence for each effect on the people of the course's runs; everything stays as it is."""
    places = Enrollment.objects.filter(run__course=lesson.course, status=EnrollmentStatus.ACTIVE)
    completed = CourseCompletion.objects.filter(course=lesson.course).count()
    with transaction.atomic():
        was_complete = {place.pk for place in lacking_nothing(places)}
        Lesson.objects.filter(pk=lesson.pk).update(is_required=is_required)
        completing = [place.user.name for place in lacking_nothing(places) if place.pk not in was_complete]
        transaction.set_rollback(True)
    said = [_places(places.count()), _completed(completed)]
    if is_required:
        said.append(_lacking(places.exclude(Exists(_done(lesson))).count()))
    elif completing:
        said.append(_completing(completing))
    if not is_required and _asks_nothing(lesson):
        said.append(_("A run of the course then asks for nothing at all, so nobody can complete it."))
    return said


def _done(lesson: Lesson) -> QuerySet[LessonProgress]:
    return LessonProgress.objects.filter(enrollment=OuterRef("pk"), lesson=lesson, completed_at__isnull=False)


def _asks_nothing(lesson: Lesson) -> bool:
    """Return whether some run would have neither a required lesson nor a requirement of its own."""
    others = lesson.course.lessons.filter(is_required=True).exclude(pk=lesson.pk)
    asked = RunRequirement.objects.in_force().filter(run=OuterRef("pk"))
    return not others.exists() and lesson.course.runs.filter(~Exists(asked)).exists()


def _places(number: int) -> str:
    return ngettext("%(number)d open place is counted anew.", "%(number)d open places are counted anew.", number) % {
        "number": number
    }


def _completed(number: int) -> str:
    return ngettext(
        "%(number)d person has completed the course; that stays.",
        "%(number)d people have completed the course; that stays.",
        number,
    ) % {"number": number}


def _lacking(number: int) -> str:
    return ngettext(
        "%(number)d person still has to complete this lesson.",
        "%(number)d people still have to complete this lesson.",
        number,
    ) % {"number": number}


def _completing(names: list[str]) -> str:
    shown = (", " if get_language() == "en" else "、").join(names[:MOST_NAMES])
    said = ngettext(
        "%(number)d person completes the course by it, with hours and certificate: %(names)s",
        "%(number)d people complete the course by it, with hours and certificate: %(names)s",
        len(names),
    )
    return said % {"number": len(names), "names": shown + ("…" if len(names) > MOST_NAMES else "")}
