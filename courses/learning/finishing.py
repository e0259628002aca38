"""What a learner has got of a run, or what is still to do: told on the page of the lesson or lab that was finished."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum

from .models import CourseCompletion, Enrollment, LearningHours, LessonProgress
from .queries import RunProgress, run_progress, steps_of


@dataclass(frozen=True)
class ToDo:
    """A lesson or a requirement that is still missing, with the way to it."""

    title: str
    url: str
    was_tried: bool = False
    is_requirement: bool = False


@dataclass(frozen=True)
class Finish:
    """A completed course with the hours that it earned, or what is missing of it."""

    place: Enrollment
    title: str
    completion: CourseCompletion | None
    hours: int
    year: int | None
    todo: list[ToDo]


def finish_of(place: Enrollment, language: str, now: datetime) -> Finish:
    """Return how the learner stands in the run at this moment."""
    progress = next(iter(run_progress([place], language, now)))
    completion = CourseCompletion.objects.filter(enrollment=place).select_related("course").first()
    if completion is None:
        return Finish(place, progress.title, None, 0, None, _missing(progress, language))
    entries = LearningHours.objects.filter(source_uuid__in=[completion.uuid, place.uuid])
    hours = entries.aggregate(total=Sum("hours"))["total"] or 0
    first = entries.order_by("pk").first()
    return Finish(place, progress.title, completion, int(hours), first.year if first else None, [])


def _missing(progress: RunProgress, language: str) -> list[ToDo]:
    place = progress.enrollment
    read = LessonProgress.objects.filter(enrollment=place, completed_at__isnull=False).values_list("lesson", flat=True)
    steps = {step.lesson.pk: step for step in steps_of(place.run.course, place, None, language)}
    lessons = place.run.course.lessons.filter(is_required=True).exclude(pk__in=read).order_by("order", "pk")
    todo = [
        ToDo(steps[lesson.pk].title, steps[lesson.pk].url)
        if lesson.pk in steps
        else ToDo(lesson.title_in(language), "")
        for lesson in lessons
    ]
    for requirement, met in progress.requirements:
        if not met:
            todo.append(ToDo(requirement.label, requirement.url, requirement.pk in progress.tried, True))
    return todo
