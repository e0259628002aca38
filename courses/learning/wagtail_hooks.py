"""What learning adds to the screens below: 我的学习 in the navigation, going on from the front page, places and progress."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail import hooks

from courses.catalog.models import CoursePage, Lesson, LessonPage
from portal.organizations.contacts import Contact, with_units
from portal.pages.queries import NavigationItem, spoken_language
from portal.users.models import User
from portal.users.rights import roles_of_reader

from .actions import open_lesson
from .errors import NotTeachingNow
from .finishing import finish_of
from .models import Enrollment, EnrollmentStatus, LessonProgress
from .permissions import READERS
from .queries import (
    LessonStep,
    access_enrollments_for,
    enrollment_for_lesson,
    offers_of,
    run_progress,
    steps_of,
    teachers_of,
)
from .required_lessons import effects_in_words


def _reader(request: HttpRequest) -> Any:
    """Return the signed-in reader, or None; a preview has none."""
    user = getattr(request, "user", None)
    is_real = user is not None and user.is_authenticated and not getattr(request, "is_preview", False)
    return user if is_real else None


def _place_and_steps(request: HttpRequest, page: LessonPage) -> tuple[Enrollment | None, list[LessonStep]]:
    """Return the reader's place and the lessons of the course; asked once for a page, whose parts all need them."""
    kept: dict[int, tuple[Enrollment | None, list[LessonStep]]] = request.__dict__.setdefault("_chengxue_steps", {})
    if page.pk not in kept:
        user, course = _reader(request), page.lesson.course
        place = enrollment_for_lesson(user, course) if user else None
        kept[page.pk] = place, steps_of(course, place, page.lesson, page.locale.language_code)
    return kept[page.pk]


@hooks.register("chengxue_navigation", order=10)
def my_learning(request: HttpRequest) -> list[NavigationItem]:
    """我的学习, for the signed in."""
    return [NavigationItem(_("My learning"), reverse("learning:dashboard"))] if _reader(request) else []


@hooks.register("chengxue_navigation", order=28)
def runs_and_learners(request: HttpRequest) -> list[NavigationItem]:
    """Return the runs and their learners, for those who look after them."""
    if _reader(request) is None or not roles_of_reader(request) & set(READERS):
        return []
    return [NavigationItem(_("Runs and learners"), reverse("learning:runs"), is_work=True)]


@hooks.register("chengxue_home_sections", order=10)
def continue_learning(request: HttpRequest) -> str:
    """Return the run in which the reader learned last, one click away."""
    user = _reader(request)
    if user is None:
        return ""
    places = access_enrollments_for(user).filter(status="active").order_by("-last_active_at", "-enrolled_at", "-pk")
    rows = run_progress(places[:2], spoken_language(), timezone.now())
    return render_to_string("learning/_continue.html", {"rows": rows}, request) if rows else ""


@hooks.register("chengxue_course_panels")
def places(request: HttpRequest, page: CoursePage) -> str:
    """Return the runs of a course with the one action that this reader has."""
    user = getattr(request, "user", None)
    if user is None:
        return ""
    context = {"offers": offers_of(page.course, user, timezone.now())}
    return render_to_string("learning/_offers.html", context, request)


@hooks.register("chengxue_course_lessons")
def course_lessons(request: HttpRequest, page: CoursePage) -> str:
    """Return the lessons of a course, with the reader's own marks."""
    user = _reader(request)
    place = enrollment_for_lesson(user, page.course) if user else None
    context = {
        "steps": steps_of(page.course, place, None, page.locale.language_code),
        "progress": next(iter(run_progress([place], page.locale.language_code, timezone.now())), None)
        if place
        else None,
    }
    return render_to_string("learning/_lessons.html", context, request)


@hooks.register("chengxue_lesson_way")
def way_through(request: HttpRequest, page: LessonPage) -> str:
    """Return the lessons of the course beside the text, this one marked."""
    _, steps = _place_and_steps(request, page)
    return render_to_string("learning/_way.html", {"steps": steps}, request)


@hooks.register("chengxue_lesson_foot")
def progress(request: HttpRequest, page: LessonPage) -> str:
    """Progress of the enrolled: notes that the lesson was served, offers completion, previous and next."""
    user = _reader(request)
    place, steps = _place_and_steps(request, page)
    index = next((number for number, step in enumerate(steps) if step.is_current), 0)
    context: dict[str, Any] = {
        "lesson": page.lesson,
        "place": place,
        "previous": steps[index - 1] if index > 0 else None,
        "next": steps[index + 1] if index + 1 < len(steps) else None,
        "is_signed_in": user is not None,
    }
    if place is not None:
        stopped_at = place.last_block if place.last_lesson_id == page.lesson_id else None
        row: LessonProgress | None
        try:
            row = open_lesson(enrollment=place, lesson=page.lesson, at=timezone.now())
        except NotTeachingNow:
            context["refusal"] = str(NotTeachingNow())
            row = LessonProgress.objects.filter(enrollment=place, lesson=page.lesson).first()
        context |= {
            "progress": row,
            "stopped_at": stopped_at,
            "seconds_left": max(0, page.lesson.minimum_seconds - row.seconds) if row else page.lesson.minimum_seconds,
        }
        if row is not None and row.completed_at is not None:
            context["finish"] = finish_of(place, page.locale.language_code, timezone.now())
    return render_to_string("learning/_progress.html", context, request)


@hooks.register("chengxue_contacts")
def my_instructors(user: User, on: date) -> list[Contact]:
    """Return who teaches the runs in which the person is learning now."""
    places = access_enrollments_for(user).filter(status=EnrollmentStatus.ACTIVE, run__ends_at__gt=timezone.now())
    found = []
    for place in places.select_related("run__course__program").order_by("-pk")[:3]:
        found.extend(with_units(teachers_of(place.run, on)[:2], on, place.run.name))
    return found


@hooks.register("chengxue_lesson_requirement")
def whom_a_requirement_touches(lesson: Lesson, is_required: bool) -> list[str]:
    """Return what it does to people that the lesson is required from now on, or no longer."""
    return effects_in_words(lesson, is_required=is_required)
