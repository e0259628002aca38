"""What the catalogue adds to the screens below: courses on the front page and on a partner's page."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail import hooks

from courses.partners.models import PartnerPage
from portal.pages.queries import address_of, spoken_language

from .listing import cards_of, featured_courses
from .queries import course_index, course_pages


@hooks.register("chengxue_home_actions")
def to_the_courses(request: HttpRequest) -> str:
    """The way to the courses, in the hero."""
    index = course_index(spoken_language())
    context = {"url": address_of(index), "label": _("To the courses")} if index else {}
    return render_to_string("catalog/_home_action.html", context, request) if index else ""


@hooks.register("chengxue_home_sections", order=20)
def featured(request: HttpRequest) -> str:
    """The first courses of the catalogue."""
    language = spoken_language()
    index = course_index(language)
    context = {
        "cards": featured_courses(language, timezone.now()),
        "all_url": address_of(index) if index and index.live else "",
    }
    return render_to_string("catalog/_featured.html", context, request)


@hooks.register("chengxue_partner_sections", order=10)
def courses_of_partner(request: HttpRequest, page: PartnerPage) -> str:
    """The courses that a partner is responsible for."""
    language = page.locale.language_code
    pages = course_pages(language).filter(course__program__partner=page.partner)
    context = {"cards": cards_of(pages, language, timezone.now()), "all_url": ""}
    return render_to_string("catalog/_featured.html", context, request)
