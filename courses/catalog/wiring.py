"""What this app tells others at start: the run as a scope, its pages in the search, the pages of a program."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.permissions import register_permission_policy

from courses.partners.authoring import GrantPolicy
from courses.partners.groups import register_pages
from courses.partners.queries import AUTHORS as TEACHING
from portal.audit.details import register_detail_rows, register_fields, register_words
from portal.audit.sentences import register_labels, register_rows
from portal.knowledge.registry import TargetKind, register_target
from portal.pages.findable import Finding, register_findable
from portal.users.models import Role, ScopeKind
from portal.users.scopes import ScopeResolver, register_scope
from search.registry import register_audience

from .audiences import taught_runs_of_reader
from .audit_rows import DETAIL_ROWS, FIELDS, ROWS, WORDS
from .clause_targets import KIND, lesson_choices, refresh_lesson, resolve_lessons
from .event_labels import LABELS, SENTENCES
from .models import Course, CoursePage, CourseRun, Lesson, LessonPage
from .queries import (
    enclosing_program,
    ended_runs,
    own_courses,
    own_lessons,
    own_runs,
    pages_of_program,
    run_choices,
    run_label,
)


def describe_course(page: CoursePage) -> Finding:
    """Return a course."""
    return Finding("course", page.course.uuid)


def describe_lesson(page: LessonPage) -> Finding:
    """Return a lesson, under its course."""
    return Finding("lesson", page.lesson.uuid, page.lesson.course.title_in(page.locale.language_code))


AUTHORS = (Role.ADMINISTRATOR, Role.INSTRUCTOR)
"""Roles that make courses, lessons and runs; a lab author works on the pages alone."""


for model, rows in ((Course, own_courses), (Lesson, own_lessons), (CourseRun, own_runs)):
    register_permission_policy(model, GrantPolicy(model, AUTHORS, rows))
register_scope(
    ScopeKind.RUN,
    ScopeResolver(
        name=_("Course run"),
        roles=TEACHING,
        label=run_label,
        enclosing=enclosing_program,
        ended=ended_runs,
        choices=run_choices,
        lies_anywhere=True,
    ),
)
register_labels(LABELS, SENTENCES)
for kind, describe in ROWS.items():
    register_rows(kind, describe)
register_detail_rows(DETAIL_ROWS)
register_words(WORDS)
for event, described in FIELDS.items():
    register_fields(event, described)
register_findable(CoursePage, describe_course)
register_findable(LessonPage, describe_lesson)
register_pages(pages_of_program)
register_audience("taught runs", taught_runs_of_reader)
register_target(TargetKind(KIND, _("Lesson"), resolve_lessons, lesson_choices, refresh_lesson))
