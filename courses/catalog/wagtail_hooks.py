"""What the catalog adds to the screens below: courses on the front page and a partner's page, rows for authors."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSet
from wagtail.models import Page

from courses.partners.models import PartnerPage
from portal.pages.queries import address_of, spoken_language, top_page

from .authoring import CourseViewSet, LessonViewSet, RunViewSet
from .listing import cards_of, featured_courses
from .models import CoursePage, LessonPage
from .queries import course_pages

INDEX = "courseindexpage"


@hooks.register("chengxue_home_actions")
def to_the_courses(request: HttpRequest) -> str:
    """Return the way to the courses, in the hero."""
    index = top_page(request, INDEX)
    context = {"url": address_of(index), "label": _("To the courses")} if index else {}
    return render_to_string("catalog/_home_action.html", context, request) if index else ""


@hooks.register("chengxue_home_sections", order=20)
def featured(request: HttpRequest) -> str:
    """Return the first courses of the catalog."""
    language = spoken_language()
    index = top_page(request, INDEX)
    context = {
        "cards": featured_courses(language, timezone.now(), getattr(request, "user", None)),
        "all_url": address_of(index) if index else "",
    }
    return render_to_string("catalog/_featured.html", context, request) if context["cards"] else ""


@hooks.register("chengxue_partner_sections", order=10)
def courses_of_partner(request: HttpRequest, page: PartnerPage) -> str:
    """Return the courses that a partner is responsible for."""
    language = page.locale.language_code
    pages = course_pages(language, timezone.now()).filter(course__program__partner=page.partner)
    context = {"cards": cards_of(pages, language, getattr(request, "user", None)), "all_url": ""}
    return render_to_string("catalog/_featured.html", context, request) if context["cards"] else ""


@hooks.register("register_admin_viewset")
def screens() -> list[ViewSet]:
    """Screens for administrators and for the instructors of programs."""
    return [CourseViewSet("course"), LessonViewSet("lesson"), RunViewSet("run")]


@hooks.register("before_copy_page")
def refuse_copy(request: HttpRequest, page: Page) -> None:
    """One page per row and language; and the form of a copy would show a stranger's draft."""
    if isinstance(page.specific, CoursePage | LessonPage) or not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied


@hooks.register("before_move_page")
def refuse_move(request: HttpRequest, page: Page, destination: Any) -> None:
    """Keep a lesson below its course; a course moves with its program, not by hand."""
    if isinstance(page.specific, LessonPage):
        raise PermissionDenied
