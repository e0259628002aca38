"""Courses, lessons and runs on the authors' screens: forms call actions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.ui.tables import Column

from courses.partners.authoring import OwnEditView, OwnRowsViewSet
from portal.pages.templatetags.chengxue import hours
from portal.users.models import User

from . import actions
from .forms import CourseForm, LessonForm, RunForm
from .models import Course, CourseRun, Lesson


def change_course(row: Course, *, fields: Mapping[str, Any], by: User, at: datetime) -> Course:
    """Change a course from a form."""
    return actions.change_course(course=row, fields=fields, by=by, at=at)


def change_lesson(row: Lesson, *, fields: Mapping[str, Any], by: User, at: datetime) -> Lesson:
    """Change a lesson from a form."""
    return actions.change_lesson(lesson=row, fields=fields, by=by, at=at)


def change_run(row: CourseRun, *, fields: Mapping[str, Any], by: User, at: datetime) -> CourseRun:
    """Change a run from a form."""
    return actions.change_run(run=row, fields=fields, by=by, at=at)


class CourseViewSet(OwnRowsViewSet):
    """Courses."""

    model = Course
    icon = "folder-open-inverse"
    menu_label = _("Courses")
    form_class = CourseForm
    list_display = [
        "title",
        "code",
        "program",
        Column("hours", label=_("learning hours"), accessor=lambda course: hours(course.hours), sort_key="hours"),
    ]
    search_fields = ["title", "title_en", "code"]
    create = actions.create_course
    change = change_course
    add_to_admin_menu = True
    menu_order = 140


class LessonEditView(OwnEditView):
    """The form of a lesson; whom a change of the requirement touches is shown before it is made."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Ask first where the requirement changes, then save."""
        if "is_required" not in form.changed_data or self.request.POST.get("confirmed") == "yes":
            response: HttpResponse = super().form_valid(form)
            return response
        # The form has changed the row in memory; the effects are those on the row as it is kept.
        lesson, is_required = Lesson.objects.get(pk=form.instance.pk), form.cleaned_data["is_required"]
        told = [each for tell in hooks.get_hooks("chengxue_lesson_requirement") for each in tell(lesson, is_required)]
        context = {"lesson": lesson, "form": form, "is_required": is_required, "effects": told}
        return render(self.request, "catalog/lesson_requirement.html", context)


class LessonViewSet(OwnRowsViewSet):
    """Lessons."""

    model = Lesson
    edit_view_class = LessonEditView
    icon = "doc-full"
    menu_label = _("Lessons")
    form_class = LessonForm
    list_display = ["title", "course", "order", "minimum_seconds"]
    search_fields = ["title", "title_en", "code"]
    create = actions.create_lesson
    change = change_lesson
    add_to_admin_menu = True
    menu_order = 150


class RunViewSet(OwnRowsViewSet):
    """Runs."""

    model = CourseRun
    icon = "date"
    menu_label = _("Course runs")
    form_class = RunForm
    list_display = ["name", "code", "course", "starts_at", "ends_at"]
    search_fields = ["name", "code"]
    create = actions.create_run
    change = change_run
    add_to_admin_menu = True
    menu_order = 160
